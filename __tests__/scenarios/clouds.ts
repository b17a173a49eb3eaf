import type { FaultOrder } from "../../rehearsal/simulators/faults";
import type { Workspace } from "../../rehearsal/workspace";

/** A failure that ends a deploy. */
export interface Failure {
  readonly what: string;
  readonly order: FaultOrder;
  /** What the deploy says of it. */
  readonly message: RegExp;
}

/** What differs between clouds for somebody who looks from outside; everything else of the suite is the same code. */
export interface Cloud {
  readonly name: string;
  /** The line of a stack's file that imports the cloud. */
  readonly importLine: string;
  /** What stands behind `server:`. */
  readonly server: string;
  /** The region or location of that server. */
  readonly region: string;
  /** What `server` costs, as the report says it. */
  readonly price: RegExp;
  /** The next size up from that of `server`. */
  readonly nextSize: string;
  /** Terraform's type of the server. */
  readonly serverType: string;
  /** Where a server reads its own user data. */
  readonly userData: string;
  /** What its API may do in the middle of a deploy. */
  readonly failures: readonly Failure[];
  /** What its API may do without anybody noticing. */
  readonly hiccups: readonly FaultOrder[];
  /** Names of the servers that the account holds, by what the control interface says of it. */
  // biome-ignore lint/suspicious/noExplicitAny: each cloud keeps its state in its own words
  servers(state: any): string[];
  /** Deletes a server as somebody would in the console, behind Terraform's back. */
  deleteServer(environment: NodeJS.ProcessEnv, id: string): Promise<void>;
  /** All that the account holds and that was not there before, in words. */
  // biome-ignore lint/suspicious/noExplicitAny: each cloud keeps its state in its own words
  remains(state: any): string[];
}

export const digitalocean: Cloud = {
  name: "DigitalOcean",
  importLine: 'import { droplet } from "cdktf-single-host/digitalocean";',
  server: 'droplet("s-2vcpu-2gb", { region: "nyc3" })',
  region: "nyc3",
  price: /s-2vcpu-2gb.* 18/,
  nextSize: "s-2vcpu-4gb",
  serverType: "digitalocean_droplet",
  userData: "http://169.254.169.254/metadata/v1/user-data",
  failures: [
    {
      what: "the API answers 500",
      order: { api: "digitalocean", method: "POST", path: "/v2/firewalls", status: 500 },
      message: /POST \S+\/v2\/firewalls: 500/,
    },
  ],
  hiccups: [],
  servers: ({ digitalocean }) => Object.keys(digitalocean.droplets),
  deleteServer: (environment, id) =>
    ask(`${environment.DIGITALOCEAN_API_URL}/v2/droplets/${id}`, "DELETE", environment.DIGITALOCEAN_TOKEN),
  remains: ({ digitalocean }) =>
    held(digitalocean, ["droplets", "firewalls", "keys", "domains", "reserved_ips", "volumes"]),
};

export const hetzner: Cloud = {
  name: "Hetzner",
  importLine: 'import { hetznerServer } from "cdktf-single-host/hetzner";',
  server: 'hetznerServer("cx23", { location: "nbg1" })',
  region: "nbg1",
  price: /cx23.* 5\.49/i,
  nextSize: "cx33",
  serverType: "hcloud_server",
  userData: "http://169.254.169.254/hetzner/v1/userdata",
  failures: [
    {
      what: "the API answers 500",
      order: { api: "hetzner", method: "POST", path: "/v1/firewalls", status: 500 },
      message: /an error that the rehearsal was told to make \(server_error\)/,
    },
    {
      what: "there is no room for the server",
      order: { api: "hetzner", method: "POST", path: "/v1/servers", status: 412, code: "resource_unavailable" },
      message: /\(resource_unavailable\b/,
    },
    {
      what: "the server is taken back while it is made",
      order: { api: "hetzner", method: "ACTION", path: "create_server", code: "placement_error" },
      message: /\(placement_error\b/,
    },
  ],
  hiccups: [
    { api: "hetzner", method: "POST", path: "/v1/servers", status: 429 },
    { api: "hetzner", method: "POST", path: "/v1/volumes/*/actions/attach", status: 423 },
  ],
  servers: ({ hetzner }) => Object.keys(hetzner.servers),
  async deleteServer({ HCLOUD_ENDPOINT: api, HCLOUD_TOKEN: token }, id) {
    const open = { delete: false, rebuild: false };
    await ask(`${api}/servers/${id}/actions/change_protection`, "POST", token, open);
    await ask(`${api}/servers/${id}`, "DELETE", token);
  },
  remains: ({ hetzner }) =>
    held(hetzner, [
      ...["servers", "firewalls", "ssh_keys", "volumes", "primary_ips"],
      ...["networks", "placement_groups", "zones"],
    ]),
};

/** Moves a stack's file to a cloud: the import and the `server:` line, and nothing else. */
export function movedTo(cloud: Cloud): (text: string) => string {
  return (text) =>
    text
      .replace(/^import \{ \w+ \} from "cdktf-single-host\/(digitalocean|hetzner)";$/m, cloud.importLine)
      .replace(/^(\s*server: )\w+\("[^"]+", \{ .* \}\),$/m, `$1${cloud.server},`);
}

/** Has a workspace's copy of a stack stand on a cloud; one that does already is left as it is. */
export function moveTo(cloud: Cloud, workspace: Workspace, file: string): void {
  if (!workspace.read(file).includes(cloud.importLine)) workspace.edit(file, movedTo(cloud));
}

/** Another size: the one prop that scales. */
export function resizedTo(size: string): (text: string) => string {
  return (text) => text.replace(/^(\s*server: \w+\()"[^"]+"/m, `$1"${size}"`);
}

async function ask(address: string, method: string, token: string | undefined, body?: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
}

function held(account: Record<string, object | undefined>, kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) => {
    const all = account[kind];
    if (all === undefined) throw new Error(`the account has no ${kind}; it has ${Object.keys(account).join(", ")}`);
    return Object.keys(all).map((id) => `${kind}/${id}`);
  });
}
