import { Token } from "cdktf";
import type { CloudInitPart } from "./cloud-init-parts";
import type { CloudServer } from "./clouds/cloud";
import type { ComposeApp } from "./model/compose";
import type { DataVolume } from "./model/data-volume";
import type { Domain } from "./model/domain";
import type { Faults } from "./model/faults";
import type { Registry } from "./model/registry";
import { repeated, type Site } from "./model/site";
import type { Size } from "./model/size";
import type { SshKey } from "./model/ssh-key";

export interface SingleHostProps {
  /** The server: `droplet("s-2vcpu-2gb", { region: "nyc3" })`. */
  readonly server: CloudServer;
  /** Who may log in, as user `deploy` with sudo. */
  readonly admins: readonly SshKey[];
  /** What runs there: the team's own compose file. */
  readonly app: ComposeApp;
  /** What the world sees of it. */
  readonly sites: readonly Site[];
  /**
   * The server's name at the cloud, and the folder of its files on the server.
   * @default - the stack's name in a `SingleHostStack`, else the construct's id
   */
  readonly name?: string;
  /**
   * DNS zones in which the names of the sites get their records.
   * @default - none: the team points the names to the server itself
   */
  readonly domains?: readonly Domain[];
  /**
   * Registries of private images, and how the server logs in to them.
   * @default - none: its images are public
   */
  readonly registries?: readonly Registry[];
  /**
   * A disk of its own for named volumes of the compose file; it outlives the server.
   * @default - none: they live on the server's disk
   */
  readonly dataVolume?: DataVolume;
  /**
   * Where the certificate authority writes to when a certificate is about to run out.
   * @default - nowhere
   */
  readonly acmeEmail?: string;
  /**
   * What it may cost a month, in the cloud's currency.
   * @default - nothing is said about money
   */
  readonly monthlyBudget?: number;
  /**
   * Whether Terraform refuses to destroy what holds data: server, bucket, keys, zones. To destroy on purpose: set false,
   * deploy, destroy.
   * @default - it refuses
   */
  readonly protection?: boolean;
  /**
   * Swap, so that a burst of memory slows the server instead of killing the database.
   * @default - 2 GiB
   */
  readonly swap?: Size;
  /**
   * How much disk the system's journal may take.
   * @default - 512 MiB
   */
  readonly journalLimit?: Size;
  /**
   * How much each container may log before its oldest lines go.
   * @default - 3 files of 10 MiB
   */
  readonly containerLog?: { readonly maximumSize: Size; readonly files: number };
  /**
   * Time of day (UTC) at which a security update may reboot the server.
   * @default - 04:30
   */
  readonly rebootWindow?: string;
  /**
   * The Caddy that answers the world.
   * @default - `caddy:2.10.2-alpine`
   */
  readonly caddyImage?: string;
  /**
   * Further cloud-init parts for the first boot. Living servers never see a later change.
   * @default - none
   */
  readonly extraCloudInit?: readonly CloudInitPart[];
}

/** What is wrong with them, apart from what the model and the cloud find. */
export function validateProps(props: SingleHostProps, faults: Faults): void {
  const { admins, domains = [], registries = [], monthlyBudget } = props;
  if (admins.length === 0) {
    faults.add("admins", "must name at least one key, got none", 'add SshKey.fromFile("keys/admin.pub")');
  }
  for (const [index, key] of admins.entries()) key.validate(faults, `admins/${index}`);
  for (const [index, domain] of domains.entries()) domain.validate(faults, `domains/${index}`);
  for (const [index, registry] of registries.entries()) registry.validate(faults, `registries/${index}`);
  for (const twice of repeated(registries.map((registry) => registry.name))) {
    faults.add("registries", `${twice} stands twice`, "one user logs in to a registry");
  }
  if (monthlyBudget !== undefined && !(monthlyBudget >= 0) && !Token.isUnresolved(monthlyBudget)) {
    faults.add("monthlyBudget", `must be an amount of money, got ${monthlyBudget}`);
  }
}
