import { dependable, Fn, type ITerraformDependable, Token } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import type { Architecture } from "../../model/architecture";
import type { Capacity } from "../../model/capacity";
import type { Faults } from "../../model/faults";
import { Estimate } from "../../model/price";
import { Size } from "../../model/size";
import type { SshKey } from "../../model/ssh-key";
import { protect } from "../../protection";
import { TerraformData } from "../../terraform-data";
import type { CloudServer, HostSettings, MissingCredential, ProvisionedServer, ServerRequest } from "../cloud";
import { DataHcloudSshKey } from "./bindings/hcloud/data-hcloud-ssh-key";
import type { Firewall, FirewallConfig } from "./bindings/hcloud/firewall";
import { Server, type ServerConfig } from "./bindings/hcloud/server";
import { SshKey as SshKeyResource } from "./bindings/hcloud/ssh-key";
import { hetznerFeatures } from "./features";
import { createFirewall } from "./firewall";
import { labelsOf } from "./labels";
import type { HetznerLocation } from "./locations";
import { joinNetwork, Network } from "./network";
import { HetznerObjectStorage } from "./object-storage";
import { PlacementGroup, placementGroupId } from "./placement";
import { hetznerPrice } from "./prices";
import { createPrimaryIps, type PrimaryIps } from "./primary-ips";
import { checkToken, needHetzner } from "./provider";
import { createRecords } from "./records";
import { createReverseDns } from "./reverse-dns";
import { findServerType, type ServerTypeSlug } from "./server-types";
import { type HetznerImage, hetznerImages, validateServer } from "./server-validation";
import { type AttachedDataVolume, attachVolume, leaveVolume } from "./volume";

/** Hetzner takes 32 KiB of user data. https://docs.hetzner.cloud/reference/cloud#servers-create-a-server */
const USER_DATA_LIMIT = 32 * 1024;

export interface HetznerServerProps {
  /** Where it stands. Moving it means a new server: Terraform refuses while the host is protected. */
  readonly location: HetznerLocation;
  /**
   * The operating system. A living server keeps the one it was made with.
   * @default - `debian-13`
   */
  readonly image?: HetznerImage;
  /**
   * The private network it joins, besides its public addresses.
   * @default - `Network.none()`
   */
  readonly network?: Network;
  /**
   * The group whose servers Hetzner keeps apart. A server joins or leaves one only while it is switched off.
   * @default - `PlacementGroup.none()`
   */
  readonly placement?: PlacementGroup;
  /**
   * Daily images of the whole server by Hetzner, the last seven of them, for 20 % of its price. They hold neither data
   * volumes nor a database at rest: a `BackupBucket` is what brings data back.
   * @default - none are made
   */
  readonly backups?: boolean;
  /**
   * The last word on the resources, in the provider's own terms.
   * @default - they are made as they are
   */
  readonly transform?: {
    readonly server?: (config: ServerConfig) => ServerConfig;
    readonly firewall?: (config: FirewallConfig) => FirewallConfig;
  };
}

/**
 * A server of Hetzner Cloud. The type is the one prop that scales: another one is a change in place, with the disk left
 * as it is, so that the way back stays open. Types of another processor (`cax`: arm64) mean a new server.
 */
export function hetznerServer(type: ServerTypeSlug, props: HetznerServerProps): HetznerServer {
  return new HetznerServer(type, props);
}

/** Made by `hetznerServer`. */
export class HetznerServer implements CloudServer {
  readonly cloud = "Hetzner";
  readonly userDataLimit = USER_DATA_LIMIT;
  readonly features = hetznerFeatures;
  readonly objectStorage: HetznerObjectStorage;

  constructor(
    readonly type: ServerTypeSlug,
    readonly props: HetznerServerProps,
  ) {
    this.objectStorage = new HetznerObjectStorage(props.location);
  }

  get architecture(): Architecture {
    return findServerType(this.type)?.architecture ?? "amd64";
  }

  get capacity(): Capacity | null {
    const type = findServerType(this.type);
    return type === undefined ? null : { vcpus: type.vcpus, memory: Size.mebibytes(type.memoryMebibytes) };
  }

  get estimate(): Estimate {
    const { backups = false, location } = this.props;
    return Estimate.of(
      [
        {
          address: "server",
          type: "hcloud_server",
          values: { server_type: this.type, backups, location, public_net: [{}] },
        },
        { address: "ipv4", type: "hcloud_primary_ip", values: { type: "ipv4" } },
        { address: "ipv6", type: "hcloud_primary_ip", values: { type: "ipv6" } },
      ],
      [hetznerPrice],
    );
  }

  dataVolumeEstimate(size: Size): Estimate {
    const values = { size: size.toMebibytes() / 1024 };
    return Estimate.of([{ address: "dataVolume", type: "hcloud_volume", values }], [hetznerPrice]);
  }

  validate(faults: Faults, host: HostSettings): void {
    validateServer(faults, this.type, this.props, host);
  }

  missingCredentials(host: Construct, environment: NodeJS.ProcessEnv): MissingCredential[] {
    return checkToken(host, environment);
  }

  existingKeys(scope: Construct, ids: LogicalIds, keys: readonly SshKey[]): readonly string[] {
    return keys.flatMap(({ source }) => {
      if (source.kind !== "existing") return [];
      const key = new DataHcloudSshKey(scope, `admin-${source.name}`, { name: source.name });
      return [Fn.trimspace(ids.fix(key, "admin", source.name).publicKey)];
    });
  }

  createServer(scope: Construct, request: ServerRequest): ProvisionedServer {
    const { ids, name, protection, hostNames } = request;
    const { location, network = Network.none() } = this.props;
    needHetzner(scope);
    const firewall = this.createFirewall(scope, ids, name);
    const addresses = createPrimaryIps(scope, { ids, hostName: name, location, protection });
    const server = this.createHcloudServer(scope, request, { firewall, addresses });
    const networks = joinNetwork(scope, ids, server, { hostName: name, location, network });
    const volume = this.attachVolume(scope, server, request);
    const { ipv4Address: ipv4, ipv6Address: ipv6 } = addresses;
    const records = createRecords(scope, { ...request, ipv4, ipv6 });
    createReverseDns(scope, ids, addresses, { server, hostName: hostNames[0] });
    const ready: ITerraformDependable[] = [firewall, ...records, ...networks];
    if (volume !== null) ready.push(volume.attachment);
    // Labels group what belongs together; there is nothing to put further resources into.
    return { resource: server, id: server.id, ipv4, ipv6, dataVolume: volume, ready, adopt: () => {} };
  }

  private createFirewall(scope: Construct, ids: LogicalIds, name: string): Firewall {
    const transform = this.props.transform?.firewall ?? ((config) => config);
    return ids.fix(createFirewall(scope, name, transform), "firewall");
  }

  private createHcloudServer(
    scope: Construct,
    { ids, name, ...request }: ServerRequest,
    { firewall, addresses }: { readonly firewall: Firewall; readonly addresses: PrimaryIps },
  ): Server {
    const { location, image = hetznerImages[0], placement = PlacementGroup.none(), backups = false } = this.props;
    const labels = labelsOf(name);
    // Without a key Hetzner sets a root password and mails it. Only the stack's own key is registered: the API refuses a
    // person's key when the project has it already. People's keys travel in the user data.
    const key = new SshKeyResource(scope, "deploy", {
      name: `${name}-deploy`,
      publicKey: request.deployPublicKey,
      labels,
    });
    const config: ServerConfig = {
      name,
      serverType: this.type,
      location,
      image,
      // A grown disk cannot shrink: the type could never go back.
      keepDisk: true,
      backups,
      sshKeys: [ids.fix(key, "deploy").id].map(String),
      userData: request.userData,
      publicNet: [{ ipv4Enabled: true, ipv4: addresses.ipv4.id, ipv6Enabled: true, ipv6: addresses.ipv6.id }],
      firewallIds: [Token.asNumber(firewall.id)],
      placementGroupId: placementGroupId(scope, ids, name, placement),
      labels,
      // Hetzner wants both, or neither. With them the API itself refuses, whoever asks.
      deleteProtection: request.protection,
      rebuildProtection: request.protection,
      lifecycle: {
        // Each of these would replace the server, and its disk with it. Living servers are changed over SSH.
        ignoreChanges: ["user_data", "ssh_keys", "image"],
        replaceTriggeredBy: [dependable(this.createProcessor(scope, ids))],
      },
    };
    const server = new Server(scope, "server", this.props.transform?.server?.(config) ?? config);
    ids.fix(server, "server");
    protect(scope, ids, server, ["server"], request.protection);
    return server;
  }

  /**
   * The provider plans a type of the other processor as a change in place, switches the server off, is refused, and leaves
   * it off. As a replacement it is what it is, and Terraform refuses that while the host is protected.
   */
  private createProcessor(scope: Construct, ids: LogicalIds): TerraformData {
    const processor = new TerraformData(scope, "processor", {
      triggersReplace: { architecture: this.architecture },
    });
    return ids.fix(processor, "processor");
  }

  private attachVolume(scope: Construct, server: Server, request: ServerRequest): AttachedDataVolume | null {
    const { ids, name, dataVolume, protection } = request;
    if (dataVolume === null) {
      if (protection) leaveVolume(scope, ids);
      return null;
    }
    return attachVolume(scope, server, { ids, hostName: name, location: this.props.location, dataVolume, protection });
  }
}
