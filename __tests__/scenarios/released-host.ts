import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildApplicationImage } from "../../rehearsal/application-image";
import { command } from "../../rehearsal/command";
import { Load, type LoadReport } from "../../rehearsal/load";
import { Login } from "../../rehearsal/login";
import { projectFolder } from "../../rehearsal/workspace";
import type { DeployedStack } from "./deployed-stack";

export const CHITRAM = "ghcr.io/abhi10/chitram";

/** What a version of the application has besides the sample's own files. */
export interface Version {
  /** Lines at the end of the Dockerfile. */
  readonly lines?: readonly string[];
  /** Files in the folder that it is built from, by name; all may be executed. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A record as `single-host releases --json` lists it. */
export interface ListedRelease {
  readonly number: number;
  readonly kind: string;
  readonly outcome: string;
  readonly by: string;
  readonly reason: string;
  readonly backup: string;
  readonly current: boolean;
}

/** Chitram, deployed, and what a scenario of releases asks of it: versions, CI's key, visitors meanwhile. */
export class ReleasedHost {
  private key: Login | undefined;

  public constructor(private readonly host: DeployedStack) {
    beforeAll(async () => {
      const { cloud, login, workspace } = host.now;
      const { beta } = await cloud.control("GET", "/control/github/secrets?repository=abhi10/chitram");
      this.key = new Login({
        user: beta.DROPLET_USER,
        address: login.address,
        privateKey: beta.DROPLET_SSH_KEY,
        knownHosts: beta.DROPLET_KNOWN_HOSTS,
        folder: join(workspace.folder, ".continuous-integration"),
      });
    });
  }

  /** The server as CI may reach it. */
  public get continuousIntegration(): Login {
    if (!this.key) throw new Error("CI's key is there once the stack is deployed");
    return this.key;
  }

  /** Builds a version of the sample application, and pushes it. */
  public async publish(version: string, { lines = [], files = {} }: Version = {}): Promise<void> {
    const { cloud, workspace } = this.host.now;
    const made = join(workspace.logs, "versions");
    mkdirSync(made, { recursive: true });
    const folder = mkdtempSync(join(made, `${version}-`));
    cpSync(join(projectFolder, "examples", "photos"), folder, { recursive: true });
    const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");
    writeFileSync(join(folder, "Dockerfile"), [dockerfile.trimEnd(), ...lines, ""].join("\n"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o755 });
    await buildApplicationImage(cloud.embedded, `${CHITRAM}:${version}`, folder, join(workspace.logs, "images.log"));
  }

  /** Pushes an image that this machine's kind of processor cannot run. */
  public async publishForAnotherProcessor(version: string): Promise<string> {
    const foreign = process.arch === "arm64" ? "amd64" : "arm64";
    const tag = `cdktf-single-host/application/foreign-${version}`;
    const nothing = "\0".repeat(1024); // an archive without a file
    await command(["docker", "import", "--platform", `linux/${foreign}`, "-", tag], { input: nothing });
    await this.host.now.cloud.embedded.pushImage(tag, `${CHITRAM}:${version}`);
    return foreign;
  }

  /** `release app=...` of a version, with CI's key, whatever comes of it. */
  public release(version: string): Promise<{ code: number; output: string }> {
    return this.continuousIntegration.attempt(`release app=${CHITRAM}:${version}`);
  }

  /** What visitors have while something happens. */
  public async underLoad(action: () => Promise<void>): Promise<LoadReport> {
    const { visitor, login } = this.host.now;
    const { roots } = visitor.props;
    const paths = ["/", "/health"];
    const load = Load.start({ url: visitor.url, address: login.address, roots, paths, versionHeader: "x-app-version" });
    await action().finally(() => load.stop());
    const report = await load.stop();
    expect(report.requests).toBeGreaterThan(40);
    return report;
  }

  /** While this happens, nobody notices: every request is answered, by this version. */
  public async unnoticed(version: string, action: () => Promise<void>): Promise<void> {
    const { failed, versions } = await this.underLoad(action);
    expect(failed).toEqual([]);
    expect([...versions.keys()]).toEqual([version]);
    expect(await this.status()).toMatchObject({ well: true, problems: [] });
  }

  public async versionServed(): Promise<unknown> {
    return (await this.host.now.visitor.visit("/")).headers["x-app-version"];
  }

  /** The newest first. */
  public async releases(): Promise<ListedRelease[]> {
    return JSON.parse(await this.continuousIntegration.run("releases --json"));
  }

  // biome-ignore lint/suspicious/noExplicitAny: the program's own words
  public async status(): Promise<any> {
    return JSON.parse((await this.continuousIntegration.attempt("status --json")).stdout);
  }

  /** Cuts the server off from all that is behind the registries' names, or ends that. */
  public async registries(way: "cut" | "silent" | "open"): Promise<void> {
    await this.host.onServer(`sudo sh -c '${this.registriesLine(way)}'`);
  }

  /** The shell line that does it: a server may need it at a moment that only it knows. */
  public registriesLine(way: "cut" | "silent" | "open"): string {
    const address = this.host.now.cloud.embedded.nameServer;
    const rule = `-d ${address} -p tcp --dport 443`;
    const verdict = way === "cut" ? "REJECT --reject-with tcp-reset" : "DROP";
    if (way === "open") return `while iptables -S OUTPUT 1 | grep -q fault; do iptables -D OUTPUT 1; done`;
    return `iptables -I OUTPUT ${rule} -m comment --comment fault -j ${verdict}`;
  }
}
