import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { buildApplicationImage } from "../../rehearsal/application-image";
import { command } from "../../rehearsal/command";
import { Load, type LoadReport } from "../../rehearsal/load";
import { Login } from "../../rehearsal/login";
import type { Preparing } from "../../rehearsal/stack-rehearsal";
import { projectFolder } from "../../rehearsal/workspace";
import type { DeployedStack } from "./deployed-stack";

export const CHITRAM = "ghcr.io/abhi10/chitram";

/** What a version of the application has besides the sample's own files. */
export interface Version {
  /** Lines at the end of the Dockerfile. */
  readonly lines?: readonly string[];
  /** Further modules of its package, by name. */
  readonly modules?: Readonly<Record<string, string>>;
}

/** A record as `single-host releases --json` lists it. */
export interface ListedRelease {
  readonly number: number;
  readonly kind: string;
  readonly outcome: string;
  readonly by: string;
  readonly reason: string;
  readonly backup: string;
  readonly images: Readonly<Record<string, { readonly asked: string }>>;
  readonly current: boolean;
}

/** Changes the stack's own file before it is deployed: props of its `ComposeApp`. */
export function withProps(...props: readonly string[]): Preparing {
  return async (workspace) =>
    workspace.edit("stacks/chitram-beta/index.ts", (text) =>
      text
        .replace("  ComposeApp,\n", "  ComposeApp,\n  Duration,\n")
        .replace("      settings: {", `${props.map((prop) => `      ${prop},\n`).join("")}      settings: {`),
    );
}

/** A layer of so many bytes that no registry and no server has seen. */
export function ballast(bytes: number): string {
  return `RUN head -c ${bytes} /dev/urandom > /tmp/ballast # ${randomUUID()}`;
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
  public async publish(version: string, { lines = [], modules = {} }: Version = {}): Promise<void> {
    const { workspace } = this.host.now;
    const made = join(workspace.logs, "versions");
    mkdirSync(made, { recursive: true });
    const folder = mkdtempSync(join(made, `${version}-`));
    cpSync(join(projectFolder, "examples", "photos"), folder, { recursive: true });
    const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");
    writeFileSync(join(folder, "Dockerfile"), [dockerfile.trimEnd(), ...lines, ""].join("\n"));
    for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, "photos", `${name}.py`), text);
    await this.publishFolder(version, folder);
  }

  /** Builds a folder of the project, or an absolute one, as a version of the application, and pushes it. */
  public async publishFolder(version: string, folder: string): Promise<void> {
    const { cloud, workspace } = this.host.now;
    await buildApplicationImage(
      cloud.embedded,
      `${CHITRAM}:${version}`,
      resolve(projectFolder, folder),
      join(workspace.logs, "images.log"),
    );
  }

  /** Pushes an image that this machine's kind of processor cannot run. */
  public async publishForAnotherProcessor(version: string): Promise<string> {
    const foreign = process.arch === "arm64" ? "amd64" : "arm64";
    const tag = `cdktf-single-host/application/foreign-${version}`;
    const dockerfile = join(projectFolder, "__tests__", "scenarios", "images", "foreign");
    await command(["docker", "build", "--quiet", "--platform", `linux/${foreign}`, "--tag", tag, dockerfile], {
      env: { ...process.env, DOCKER_BUILDKIT: "0" },
    });
    await this.host.now.cloud.embedded.pushImage(tag, `${CHITRAM}:${version}`);
    return foreign;
  }

  /** `release app=...` of a version, with CI's key, whatever comes of it. */
  public release(version: string): Promise<{ code: number; output: string }> {
    return this.continuousIntegration.attempt(`release app=${CHITRAM}:${version}`);
  }

  /** What visitors have while something happens. */
  public async underLoad(action: () => Promise<void>): Promise<LoadReport> {
    const load = Load.of(this.host.now, { paths: ["/", "/health"] });
    await load.take(); // from here on they are there
    const aWhile = setTimeout(3_000); // a refusal may be over before anybody has come
    await Promise.all([action(), aWhile]).finally(() => load.end());
    const report = await load.stop();
    expect(report.requests).toBeGreaterThan(10);
    return report;
  }

  /** While this happens, nobody notices: every request is answered, by this version. */
  public async unnoticed(version: string, action: () => Promise<void>): Promise<void> {
    const { failed, versions } = await this.underLoad(action);
    expect(failed).toEqual([]);
    expect([...versions.keys()]).toEqual([version]);
    expect(await this.status()).toMatchObject({ well: true, problems: [] });
  }

  /** Until a run on the server holds the lock, and says this of its step. */
  public async untilStep(pattern: string): Promise<void> {
    await this.host.onServer(
      `sudo timeout 120 bash -c 'until grep -qE "${pattern}" /run/single-host/lock; do sleep 0.02; done'`,
    );
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

  /** Cuts the server off from all registries, or has their answers get lost, until the way is open again. */
  public async registries(way: "cut" | "silent" | "open"): Promise<void> {
    await this.host.onServer(`sudo bash -c '${this.registriesLine(way)}'`);
  }

  /** Cuts the server off while a layer is on its way, for so many seconds. Packets that were refused. */
  public async loseRegistryInMidLayer(seconds: number): Promise<number> {
    const layer = "find /var/lib/docker/tmp/GetImageBlob* -size +1M 2>/dev/null | grep -q .";
    const count = "iptables -nvxL OUTPUT 1 | cut -c1-8";
    const steps = [`until ${layer}; do :; done`, this.registriesLine("cut"), `sleep ${seconds}`, count];
    return Number(
      await this.host.onServer(`sudo timeout 120 bash -c '${[...steps, this.registriesLine("open")].join("; ")}'`),
    );
  }

  private registriesLine(way: "cut" | "silent" | "open"): string {
    const rule = `OUTPUT -d ${this.host.now.cloud.embedded.nameServer} -p tcp --dport 443`;
    const mark = "-m comment --comment fault";
    if (way === "cut") return `iptables -I ${rule} ${mark} -j REJECT --reject-with tcp-reset`;
    if (way === "silent") return `iptables -I ${rule} ${mark} -j DROP`;
    return "while iptables -S OUTPUT 1 | grep -q fault; do iptables -D OUTPUT 1; done";
  }
}
