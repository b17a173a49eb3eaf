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

  it.each(["10.97.0.0/16", "10.97.0.1/24", "ten"])("refuses the subnet %s and says what it takes", (subnet) => {
    expect(() => new RehearsalNetwork("other", subnet)).toThrow(
      `REHEARSAL_SUBNET: must be a /24 like 10.98.0.0/24, got ${subnet}`,
    );
  });
});
