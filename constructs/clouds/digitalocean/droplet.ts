import { DataDigitaloceanSshKey } from "@cdktf/provider-digitalocean/lib/data-digitalocean-ssh-key";
import { Droplet, type DropletConfig } from "@cdktf/provider-digitalocean/lib/droplet";
import type { FirewallConfig } from "@cdktf/provider-digitalocean/lib/firewall";
import { SshKey as SshKeyResource } from "@cdktf/provider-digitalocean/lib/ssh-key";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import type { Capacity } from "../../model/capacity";
import type { Faults } from "../../model/faults";
import { Estimate } from "../../model/price";
import { Size } from "../../model/size";
import type { SshKey } from "../../model/ssh-key";
import { isLateBound } from "../../model/token";
import { protect } from "../../protection";
import type { CloudServer, HostSettings, MissingCredential, ProvisionedServer, ServerRequest } from "../cloud";
import { oneOf, validateSize } from "../sizes";
import { dropletFeatures } from "./features";
import { createFirewall } from "./firewall";
import { type DropletSlug, digitaloceanPrice, dropletSizes, findDropletSize } from "./prices";
import { createProject, Project } from "./project";
import { needDigitalOcean, ownProvider } from "./provider";
import { createRecords } from "./records";
import { type DropletRegion, dropletRegions } from "./regions";
import { Spaces } from "./spaces";
import { type AttachedDataVolume, attachVolume, leaveVolume, validateVolume } from "./volume";

/** Images on which the program on the server is proven. */
const dropletImages = ["debian-13-x64", "ubuntu-24-04-x64"] as const;

/** An operating system as DigitalOcean's API spells it. */
export type DropletImage = (typeof dropletImages)[number];

/** DigitalOcean takes 64 KiB of user data. https://docs.digitalocean.com/products/droplets/how-to/provide-user-data/ */
const USER_DATA_LIMIT = 64 * 1024;

export interface DropletProps {
  /** Where it stands. Moving it means a new server: Terraform refuses while the host is protected. */
  readonly region: DropletRegion;
  /**
   * The operating system. A living server keeps the one it was made with.
   * @default - `debian-13-x64`
   */
  readonly image?: DropletImage;
  /**
   * The project in which its resources are shown.
   * @default - `Project.create()`: a project with the host's name
   */
  readonly project?: Project;
  /**
   * Id of the network (VPC) it joins.
   * @default - the account's default network of the region
   */
  readonly networkId?: string;
  /**
   * Daily images of the whole droplet by DigitalOcean, kept for a week, for 30 % of its price. They hold neither data
   * volumes nor a database at rest: a `BackupBucket` is what brings data back. Not together with another size: the
   * provider forgets the one over the other until the next deploy.
   * @default - none are made
   */
  readonly backups?: boolean;
  /**
   * The last word on the resources, in the provider's own terms.
   * @default - they are made as they are
   */
  readonly transform?: {
    readonly droplet?: (config: DropletConfig) => DropletConfig;
    readonly firewall?: (config: FirewallConfig) => FirewallConfig;
  };
}

/**
 * A DigitalOcean droplet. The size is the one prop that scales: another one is a resize in place, with the disk left as
 * it is, so that the way back stays open.
 */
export function droplet(size: DropletSlug, props: DropletProps): DropletServer {
  return new DropletServer(size, props);
}

/** Made by `droplet`. */
export class DropletServer implements CloudServer {
  readonly cloud = "DigitalOcean";
  readonly userDataLimit = USER_DATA_LIMIT;
  readonly architecture = "amd64";
  readonly features = dropletFeatures;
  readonly objectStorage: Spaces;

  constructor(
    readonly size: DropletSlug,
    readonly props: DropletProps,
  ) {
    this.objectStorage = new Spaces(props.region);
  }

  get capacity(): Capacity | null {
    const size = findDropletSize(this.size);
    return size === undefined ? null : { vcpus: size.vcpus, memory: Size.mebibytes(size.memoryMebibytes) };
  }

  get estimate(): Estimate {
    const values = { size: this.size, backups: this.props.backups ?? false };
    return digitaloceanPrice({ address: "server", type: "digitalocean_droplet", values }) ?? Estimate.free;
  }

  dataVolumeEstimate(size: Size): Estimate {
    const values = { size: size.toMebibytes() / 1024 };
    return digitaloceanPrice({ address: "dataVolume", type: "digitalocean_volume", values }) ?? Estimate.free;
  }

  validate(faults: Faults, host: HostSettings): void {
    validateSize(faults, { factory: "droplet", path: "server/size" }, this.size, Object.keys(dropletSizes));
    oneOf(faults, "server/region", this.props.region, dropletRegions);
    oneOf(faults, "server/image", this.props.image ?? dropletImages[0], dropletImages);
    if (!isLateBound(host.name) && !/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/.test(host.name)) {
      const remedy = "DigitalOcean takes 1-63 of a-z, A-Z, 0-9, . and -, with a letter or digit at both ends";
      faults.add("name", `is no name of a droplet, got ${JSON.stringify(host.name)}`, remedy);
    }
    if (host.dataVolume !== null) validateVolume(faults, host.dataVolume, this.props.region);
  }

  missingCredentials(host: Construct, environment: NodeJS.ProcessEnv): MissingCredential[] {
    if (ownProvider(host)?.tokenInput !== undefined) return [];
    if (environment.DIGITALOCEAN_TOKEN || environment.DIGITALOCEAN_ACCESS_TOKEN) return [];
    const remedy = "export it: tokens are made at https://cloud.digitalocean.com/account/api/tokens";
    return [{ variable: "DIGITALOCEAN_TOKEN", problem: "is not set", remedy }];
  }

  existingKeys(scope: Construct, ids: LogicalIds, keys: readonly SshKey[]): readonly string[] {
    return keys.flatMap(({ source }) => {
      if (source.kind !== "existing") return [];
      const key = new DataDigitaloceanSshKey(scope, `admin-${source.name}`, { name: source.name });
      return [Fn.trimspace(ids.fix(key, "admin", source.name).publicKey)];
    });
  }

  createServer(scope: Construct, request: ServerRequest): ProvisionedServer {
    const { ids, name } = request;
    needDigitalOcean(scope);
    const server = this.createDroplet(scope, request);
    const { transform } = this.props;
    const firewall = ids.fix(
      createFirewall(scope, server, name, transform?.firewall ?? ((config) => config)),
      "firewall",
    );
    const { ipv4Address: ipv4, ipv6Address: ipv6 } = server;
    const { zones, records } = createRecords(scope, { ...request, ipv4, ipv6 });
    const volume = this.attachVolume(scope, server, request);
    const adopt = createProject(scope, ids, name, this.props.project ?? Project.create());
    for (const { urn } of [server, ...zones]) adopt(urn);
    if (volume !== null && volume.urn !== null) adopt(volume.urn);
    return {
      resource: server,
      id: server.id,
      ipv4,
      ipv6,
      dataVolume: volume,
      ready: [firewall, ...records, ...(volume === null ? [] : [volume.attachment])],
      adopt,
    };
  }

  private attachVolume(scope: Construct, server: Droplet, request: ServerRequest): AttachedDataVolume | null {
    const { ids, name, dataVolume, protection } = request;
    if (dataVolume === null) {
      if (protection) leaveVolume(scope, ids);
      return null;
    }
    return attachVolume(scope, server, { ids, hostName: name, region: this.props.region, dataVolume, protection });
  }

  private createDroplet(scope: Construct, { ids, name, ...request }: ServerRequest): Droplet {
    // Without a key DigitalOcean sets a root password and mails it. Only the stack's own key is registered: the API
    // refuses a person's key when another stack has it already. People's keys travel in the user data.
    const key = new SshKeyResource(scope, "deploy", { name: `${name}-deploy`, publicKey: request.deployPublicKey });
    const config: DropletConfig = {
      name,
      size: this.size,
      region: this.props.region,
      image: this.props.image ?? dropletImages[0],
      ipv6: true,
      monitoring: true,
      // A grown disk cannot shrink: the size could never go back.
      resizeDisk: false,
      sshKeys: [ids.fix(key, "deploy").id],
      tags: ["cdktf-single-host", name.replace(/[^a-zA-Z0-9:_-]/g, "-")],
      userData: request.userData,
      vpcUuid: this.props.networkId,
      backups: this.props.backups,
      // Each of these would replace the server, and its disk with it. Living servers are changed over SSH.
      lifecycle: { ignoreChanges: ["user_data", "ssh_keys", "image"] },
    };
    const server = new Droplet(scope, "server", this.props.transform?.droplet?.(config) ?? config);
    ids.fix(server, "server");
    protect(scope, ids, server, ["server"], request.protection);
    return server;
  }
}
