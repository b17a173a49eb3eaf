import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, command } from "./command";
import type { Workspace } from "./workspace";

export interface LoginProps {
  readonly user: string;
  readonly address: string;
  /** Private key, OpenSSH's format. */
  readonly privateKey: string;
  /** Lines of a known_hosts file. Nobody trusts on first use. */
  readonly knownHosts: string;
  /** Where the key and known_hosts are kept. */
  readonly folder: string;
}

/** A way into the server with the real OpenSSH client, its host key pinned. */
export class Login {
  public readonly address: string;
  /** The private key. */
  public readonly keyFile: string;
  private readonly options: readonly string[];

  public constructor(private readonly props: LoginProps) {
    this.address = props.address;
    mkdirSync(props.folder, { recursive: true });
    this.keyFile = join(props.folder, `${props.user}.key`);
    const knownHosts = join(props.folder, `${props.user}.known_hosts`);
    writeFileSync(this.keyFile, props.privateKey, { mode: 0o600 });
    writeFileSync(knownHosts, props.knownHosts);
    this.options = [
      "-i",
      this.keyFile,
      "-o",
      `UserKnownHostsFile=${knownHosts}`,
      "-o",
      "StrictHostKeyChecking=yes",
      "-o",
      "IdentitiesOnly=yes",
      "-o",
      "BatchMode=yes",
    ];
  }

  /** As the identity that Terraform itself uses; its key is in the state. */
  public static fromState(workspace: Workspace, address: string, knownHosts: string): Login {
    const state = JSON.parse(readFileSync(workspace.stateFile, "utf8"));
    const key = state.resources.find(
      ({ type, name }: { type: string; name: string }) => type === "tls_private_key" && /deploy_key$/.test(name),
    );
    if (!key) throw new Error(`${workspace.stateFile}: holds no tls_private_key for the deploy identity`);
    const privateKey = key.instances[0].attributes.private_key_openssh;
    return new Login({ user: "deploy", address, privateKey, knownHosts, folder: join(workspace.folder, ".login") });
  }

  /** The command with which a person logs in. */
  public get commandLine(): string {
    return ["ssh", ...this.options.slice(0, 4), `${this.props.user}@${this.address}`].join(" ");
  }

  /** Runs a command line on the server; its output. Throws when it fails. */
  public async run(line: string, input?: string): Promise<string> {
    return (await this.attempt(line, input, [0])).stdout;
  }

  /** Runs a command line on the server, whatever its exit code. */
  public attempt(line: string, input?: string, accept?: readonly number[]): Promise<CommandResult> {
    return this.openssh("ssh", (destination) => [destination, line], input, accept);
  }

  /** Runs one of OpenSSH's own programs with this key, whatever its exit code. */
  public openssh(
    program: "ssh" | "scp" | "sftp",
    words: (destination: string) => readonly string[],
    input?: string,
    accept: readonly number[] = Array.from({ length: 256 }, (_, code) => code),
  ): Promise<CommandResult> {
    const options = [...this.options, "-o", "ConnectTimeout=10"];
    return command([program, ...options, ...words(`${this.props.user}@${this.address}`)], { input, accept });
  }
}
