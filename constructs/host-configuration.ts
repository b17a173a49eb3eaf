import { dependable, type FileProvisioner, type ITerraformDependable, type RemoteExecProvisioner } from "cdktf";
import { Construct } from "constructs";
import type { ProvisionedServer } from "./clouds/cloud";
import type { HostKeys } from "./host-keys";
import type { LogicalIds } from "./logical-ids";
import { TerraformData } from "./terraform-data";

/** Where uploads land: a folder on tmpfs that only `deploy` can open. */
const INCOMING = "/run/single-host/incoming";

/** From an ordered server to one that answers SSH: minutes on a slow day. */
const FIRST_CONTACT_TIMEOUT = "10m";
const CONTACT_TIMEOUT = "5m";

/** Exit code 2 says "done, with something to complain about". What went wrong is shown. */
const AWAIT_FIRST_BOOT =
  "cloud-init status --wait > /dev/null || [ $? -eq 2 ] || " +
  "{ cloud-init status --long; sudo tail -n 40 /var/log/cloud-init-output.log; exit 1; }";

export interface HostConfigurationProps {
  readonly ids: LogicalIds;
  readonly server: ProvisionedServer;
  readonly keys: HostKeys;
  /** What a diff shows: a map of texts. Late-bound. */
  readonly files: Record<string, string>;
  /** Checksums by secret. Late-bound, sensitive. */
  readonly secretChecksums: Record<string, string>;
  /** Text of bundle.json. Late-bound. */
  readonly bundle: string;
  /** Text of secrets.json. Late-bound, sensitive. */
  readonly secrets: string;
}

/**
 * Brings configuration to the living server over SSH. Provisioners never sit on the server itself, where a failure would
 * taint it: a failed one taints only these records, and the next deploy tries again.
 *
 * There is no `input`: a changed one runs no provisioner and shows the old text whole. With `triggers_replace` a diff
 * shows the changed line, and a changed secret by its name alone.
 */
export class HostConfiguration extends Construct {
  private readonly configuration: TerraformData;

  constructor(scope: Construct, id: string, props: HostConfigurationProps) {
    super(scope, id);
    const identity = this.createIdentity(props);
    this.configuration = this.createConfiguration(props, identity);
  }

  /** Makes the configuration wait for something. */
  dependOn(resource: ITerraformDependable): void {
    this.configuration.dependsOn = [...(this.configuration.dependsOn ?? []), dependable(resource)];
  }

  /** Replaces the bootstrap host key, known to the user data, by the lasting one, known to nobody else. */
  private createIdentity({ ids, server, keys }: HostConfigurationProps): TerraformData {
    const bootstrapOrLasting = `${keys.bootstrap.publicKey}\n${server.ipv4} ${keys.lasting.publicKey}`;
    const identity = new TerraformData(this, "identity", {
      triggersReplace: { server: server.id, host_key: keys.lasting.publicKey },
      connection: connection(server, keys, bootstrapOrLasting, FIRST_CONTACT_TIMEOUT),
      provisioners: [
        run(AWAIT_FIRST_BOOT),
        upload("host_key", keys.lasting.privateKey),
        run("sudo single-host identity"),
      ],
      dependsOn: [...server.ready],
    });
    return ids.fix(identity, "identity");
  }

  private createConfiguration(props: HostConfigurationProps, identity: TerraformData): TerraformData {
    const { ids, server, keys } = props;
    const configuration = new TerraformData(this, "configuration", {
      triggersReplace: { server: server.id, files: props.files, secrets: props.secretChecksums },
      connection: connection(server, keys, keys.lasting.publicKey, CONTACT_TIMEOUT),
      provisioners: [
        upload("bundle.json", props.bundle),
        upload("secrets.json", props.secrets),
        // Nothing sensitive here, or Terraform hides all that it prints.
        run("sudo single-host apply"),
      ],
      dependsOn: [identity, ...server.ready],
    });
    return ids.fix(configuration, "configuration");
  }
}

function connection(server: ProvisionedServer, keys: HostKeys, hostKey: string, timeout: string) {
  return {
    type: "ssh",
    host: server.ipv4,
    user: "deploy",
    privateKey: keys.deploy.privateKey,
    hostKey,
    timeout,
    agent: "false",
  } as const;
}

function upload(name: string, content: string): FileProvisioner {
  return { type: "file", destination: `${INCOMING}/${name}`, content };
}

function run(command: string): RemoteExecProvisioner {
  return { type: "remote-exec", inline: [command] };
}
