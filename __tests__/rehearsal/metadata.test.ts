import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

const folder = resolve(__dirname, "../../rehearsal/images/cloud");
const userData = '#cloud-config\n# "quotes", ünïcode, ${not} %{a} `template`\n';

function server(vendor: "DigitalOcean" | "Hetzner") {
  const region = { DigitalOcean: "nyc3", Hetzner: "hel1" }[vendor];
  return {
    ...{
      id: 7,
      name: "app",
      vendor,
      region,
      tags: [],
      publicKeys: ["ssh-ed25519 AAAA one", "ssh-rsa BBBB two"],
    },
    ...{ mac: "02:42:0a:61:00:0b", ipv4: "10.97.0.11", netmask: "255.255.255.0", gateway: "10.97.0.1" },
    ...{
      ipv6: { address: "fd0a:6100:0:1001::1", prefixLength: 48, gateway: "fd0a:6100::1" },
      nameServers: ["10.97.0.2"],
    },
    ...{ userData, vendorData: "#cloud-config\n{}\n" },
  };
}

/** What the service answers; null is its 404. */
function answer(vendor: "DigitalOcean" | "Hetzner", path: string): string | null {
  const program =
    "import json, sys; from metadata import answer; print(json.dumps(answer(json.loads(sys.argv[1]), sys.argv[2])))";
  const argv = ["-B", "-c", program, JSON.stringify(server(vendor)), path];
  return JSON.parse(execFileSync("python3", argv, { cwd: folder, encoding: "utf8" }));
}

describe("metadata", () => {
  it("hands user data through byte for byte", () => {
    expect(answer("DigitalOcean", "/metadata/v1/user-data")).toBe(userData);
    expect(JSON.parse(answer("DigitalOcean", "/metadata/v1.json") as string).user_data).toBe(userData);
    expect(answer("Hetzner", "/hetzner/v1/userdata")).toBe(userData);
  });

  it.each([
    ["/metadata/v1/id", "7"],
    ["/metadata/v1/interfaces", "public/"],
    ["/metadata/v1/interfaces/public/0/ipv4/address", "10.97.0.11"],
    ["/metadata/v1/public-keys", "ssh-ed25519 AAAA one\nssh-rsa BBBB two"],
    ["/metadata/v1/dns/nameservers", "10.97.0.2"],
  ])("answers DigitalOcean's tree at %s", (path, expected) => {
    expect(answer("DigitalOcean", path)).toBe(expected);
  });

  it("describes a Hetzner server's network in both families", () => {
    const [network] = JSON.parse(answer("Hetzner", "/hetzner/v1/metadata") as string)["network-config"].config;
    expect(network.subnets.map(({ address }: { address: string }) => address)).toEqual([
      "10.97.0.11",
      "fd0a:6100:0:1001::1/48",
    ]);
  });

  it.each([
    ["instance-id", "7"],
    ["hostname", "app"],
    ["region", "eu-central"],
    ["availability-zone", "hel1-dc2"],
    ["public-ipv4", "10.97.0.11"],
    ["private-networks", "[]"],
  ])("answers Hetzner's %s alone too", (name, expected) => {
    expect(answer("Hetzner", `/hetzner/v1/metadata/${name}`)).toBe(expected);
  });

  it("has nothing where a cloud has nothing", () => {
    expect(answer("DigitalOcean", "/metadata/v1/nothing")).toBeNull();
    expect(answer("DigitalOcean", "/hetzner/v1/userdata")).toBeNull();
    expect(answer("Hetzner", "/metadata/v1.json")).toBeNull();
  });
});
