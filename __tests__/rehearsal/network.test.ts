import { RehearsalNetwork } from "../../rehearsal/network";

describe("RehearsalNetwork", () => {
  const network = new RehearsalNetwork("other", "10.97.3.0/24");

  it("gives every server an address, a hardware address and an IPv6 address that belong together", () => {
    const [first = ""] = network.serverAddresses;
    expect([first, network.macBeside(first), network.ipv6Beside(first)]).toEqual([
      "10.97.3.11",
      "02:42:0a:61:03:0b",
      "fd0a:6103::b",
    ]);
  });

  it("spells IPv6 addresses as programs print them", () => {
    expect(new RehearsalNetwork("other", "10.97.0.0/24").ipv6Beside("10.97.0.255")).toBe("fd0a:6100::ff");
  });

  it("has IPv6 addresses to reserve, each in a network of its own, that lead nowhere where the kernel has no IPv6", () => {
    class WithIpv6 extends RehearsalNetwork {
      public override readonly hasIpv6 = true;
    }
    class WithoutIpv6 extends RehearsalNetwork {
      public override readonly hasIpv6 = false;
    }
    const firstTwo = ({ reservableIpv6 }: RehearsalNetwork) => reservableIpv6.slice(0, 2);
    expect(firstTwo(new WithIpv6("other", "10.97.3.0/24"))).toEqual(["fd0a:6103:0:1001::1", "fd0a:6103:0:1002::1"]);
    expect(firstTwo(new WithoutIpv6("other", "10.97.3.0/24"))).toEqual(["2001:db8:0:1001::1", "2001:db8:0:1002::1"]);
  });

  it.each(["10.97.0.0/16", "10.97.0.1/24", "ten"])("refuses the subnet %s and says what it takes", (subnet) => {
    expect(() => new RehearsalNetwork("other", subnet)).toThrow(
      `REHEARSAL_SUBNET: must be a /24 like 10.98.0.0/24, got ${subnet}`,
    );
  });
});
