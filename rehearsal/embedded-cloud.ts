import { randomBytes } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { applicationImages } from "./application-image";
import { cacheFolder } from "./cache";
import { CloudFirewall } from "./cloud-firewall";
import { CloudRecord } from "./cloud-record";
import { command } from "./command";
import { Machines } from "./machines";
import { label, RehearsalNetwork } from "./network";
import { type ObjectKey, ObjectStore } from "./object-store";
import type { Preparation } from "./preparation";
import { pushAs } from "./registry-seed";
import { parseImageName, serviceFor } from "./service-images";
import { Volumes } from "./volumes";

/**
 * All of a cloud but its servers and its API, in one container on a network of its own: metadata, names, the package
 * mirror, registries, an ACME server and an object store, each under the real name that servers ask for.
 */
export class EmbeddedCloud {
  /** @param preparation needed to start one; without it, one that runs is met */
  public constructor(
    private readonly preparation?: Preparation,
    private readonly network: RehearsalNetwork = RehearsalNetwork.fromEnvironment(),
  ) {}

  /** Removes what an earlier run left, then starts anew. Returns when every service answers. */
  public async start(): Promise<void> {
    const { preparation, network } = this;
    if (!preparation) throw new Error("the embedded cloud is started with a preparation; call prepare() first");
    await EmbeddedCloud.removeEveryTrace(network);
    for (const folder of ["machines", "names"]) mkdirSync(join(network.stateFolder, folder), { recursive: true });
    const packages = join(cacheFolder, "packages");
    mkdirSync(packages, { recursive: true });
    const spacesCredentials = { accessKeyId: "REHEARSALSPACES", secretAccessKey: randomBytes(20).toString("hex") };
    const privateImages = { username: "octocat", password: `ghp_${randomBytes(18).toString("hex")}` };
    const labels = ["--label", label, "--label", network.ownLabel];
    await this.createNetwork(labels);
    const settings = {
      ADDRESS: network.cloudAddress,
      PREFIX: network.prefix,
      GATEWAY: network.gateway,
      RUNNER: network.runnerAddress,
      MIRROR: preparation.packageMirror.main,
      SPACES_KEY: spacesCredentials.accessKeyId,
      SPACES_SECRET: spacesCredentials.secretAccessKey,
      PRIVATE_IMAGES: Buffer.from(`${privateImages.username}:${privateImages.password}`).toString("base64"),
    };
    const volumes = [
      `${network.stateFolder}:/state`,
      `${dirname(preparation.certificateAuthority)}:/authority:ro`,
      `${preparation.registrySeed}:/seed/registry:ro`,
      `${packages}:/var/cache/packages`,
    ];
    await command(
      [
        ...["docker", "run", "--detach", "--restart", "on-failure", "--name", network.cloudContainer, ...labels],
        ...["--network", network.name, "--ip", network.cloudAddress, "--cap-add", "NET_ADMIN"],
        ...(network.hasIpv6 ? ["--ip6", network.ipv6Beside(network.cloudAddress)] : []),
        ...["--publish", "127.0.0.1::5000", "--publish", "127.0.0.1::9000"],
        // by name alone: values would be seen in the process list
        ...Object.keys(settings).flatMap((name) => ["--env", name]),
        ...volumes.flatMap((volume) => ["--volume", volume]),
        preparation.images.cloud,
      ],
      { env: { ...process.env, ...settings } },
    );
    await this.ready();
    const store = new ObjectStore(network.cloudContainer, spacesCredentials);
    CloudRecord.write(network, {
      images: preparation.images,
      terraform: preparation.terraform,
      mirror: preparation.mirror,
      registry: await this.publishedPort(5000),
      s3Endpoint: `http://${await this.publishedPort(9000)}`,
      spacesCredentials,
      serverSpacesKey: await store.makeKey("REHEARSALSERVER", "*", "readwrite"),
      privateImages,
    });
  }

  /** Leaves no trace: servers, containers, network and state go. */
  public async stop(): Promise<void> {
    await EmbeddedCloud.removeEveryTrace(this.network);
  }

  /** Removes all that rehearsals on a network left, however they ended. Safe to call when there is nothing. */
  public static async removeEveryTrace(network = RehearsalNetwork.fromEnvironment()): Promise<void> {
    const own = ["--filter", `label=${label}`, "--filter", `label=${network.ownLabel}`];
    await new CloudFirewall(network).remove();
    const machines = new Machines(network);
    for (const { id } of await machines.list()) await machines.destroy(id);
    await new Volumes(network).removeEveryTrace();
    await removeEach(["docker", "ps", "--all", "--quiet", ...own], ["docker", "rm", "--force", "--volumes"]);
    await removeEach(["docker", "network", "ls", "--quiet", ...own], ["docker", "network", "rm"]);
    const applications = ["--format", "{{.Repository}}", "--filter", `reference=${applicationImages(network)}/*`];
    await removeEach(["docker", "image", "ls", ...applications], ["docker", "image", "rm", "--force"]);
    rmSync(network.stateFolder, { recursive: true, force: true });
  }

  /** Names that the servers' name server answers, besides the clouds' own; all earlier ones are forgotten. */
  public async setNames(names: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const lines = Object.entries(names).flatMap(([name, addresses]) =>
      addresses.map((address) => `${address} ${name}`),
    );
    const file = join(this.network.stateFolder, "names", "records");
    const unfinished = join(this.network.stateFolder, `records.${randomBytes(4).toString("hex")}`);
    writeFileSync(unfinished, `${lines.join("\n")}\n`);
    renameSync(unfinished, file);
  }

  /** The address of the server that a name leads to; null for names that are nobody's here. */
  public async lookUp(name: string): Promise<string | null> {
    const resolver = new Resolver({ timeout: 1000, tries: 1 });
    resolver.setServers([this.nameServer]);
    const addresses = await resolver.resolve4(name).catch(() => []);
    return addresses.find((address) => this.network.serverAddresses.includes(address)) ?? null;
  }

  /** The name server that servers and visitors ask. */
  public get nameServer(): string {
    return this.network.cloudAddress;
  }

  /** Puts a local image into the registry that its name belongs to, as seen from the servers. */
  public async pushImage(localTag: string, asName: string): Promise<void> {
    const { registry, repository, tag } = parseImageName(asName);
    await pushAs(localTag, `${CloudRecord.read(this.network).registry}/${registry}/${repository}:${tag}`);
  }

  /** The image in the local engine that stands in for a name of Docker Hub's. */
  public localImage(name: string): string | undefined {
    const service = serviceFor(name);
    const images = this.preparation?.images ?? CloudRecord.read(this.network).images;
    return service === undefined ? undefined : images.services[service];
  }

  /** The root that certificates of this run's ACME server lead to. It is made anew at each start. */
  public async pebbleRoots(): Promise<string> {
    const ask = ["curl", "-fsS", "--cacert", "/authority/certificate.pem", "https://localhost:15000/roots/0"];
    return (await command(["docker", "exec", this.network.cloudContainer, ...ask])).stdout;
  }

  /** For a while the servers' package mirror closes every connection without an answer; 0 ends it now. */
  public async packageMirrorDown(seconds: number): Promise<void> {
    const until =
      'echo "$$" > /cloud/mirror-down; sleep "$1"; [ "$(cat /cloud/mirror-down)" != "$$" ] || rm /cloud/mirror-down';
    const container = this.network.cloudContainer;
    if (seconds === 0) await command(["docker", "exec", container, "rm", "-f", "/cloud/mirror-down"]);
    else await command(["docker", "exec", "--detach", container, "sh", "-c", until, "sh", String(seconds)]);
  }

  /** The object store on this machine's loopback. */
  public get s3Endpoint(): string {
    return CloudRecord.read(this.network).s3Endpoint;
  }

  /** The owner's key, which opens every bucket. */
  public get spacesCredentials(): ObjectKey {
    return CloudRecord.read(this.network).spacesCredentials;
  }

  /** The key that servers have: to the objects of every bucket, and to no bucket's settings. */
  public get serverSpacesKey(): ObjectKey {
    return CloudRecord.read(this.network).serverSpacesKey;
  }

  /** Buckets and keys. Servers reach a bucket under the name of any place that the clouds' object storage has. */
  public get objectStore(): ObjectStore {
    return new ObjectStore(this.network.cloudContainer, this.spacesCredentials);
  }

  /** Who may pull images of ghcr.io whose name begins with `private-`. */
  public get privateImages(): CloudRecord["privateImages"] {
    return CloudRecord.read(this.network).privateImages;
  }

  /** Copies the logs of every service into a folder. */
  public async collectLogs(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await command(["docker", "cp", `${this.network.cloudContainer}:/var/log/.`, folder], { accept: [0, 1] });
  }

  private async createNetwork(labels: readonly string[]): Promise<void> {
    const { name, subnet, gateway, hasIpv6, ipv6Subnet, ipv6Gateway } = this.network;
    const ipv6 = hasIpv6 ? ["--ipv6", "--subnet", ipv6Subnet, "--gateway", ipv6Gateway] : [];
    const ipv4 = ["--subnet", subnet, "--gateway", gateway];
    try {
      await command(["docker", "network", "create", ...ipv4, ...ipv6, ...labels, name]);
    } catch (error) {
      if (!/overlap/i.test((error as Error).message)) throw error;
      throw new Error(
        `REHEARSAL_SUBNET: ${subnet} is taken by another Docker network; set REHEARSAL_SUBNET to a free /24, such as 10.97.0.0/24`,
      );
    }
  }

  private async ready(): Promise<void> {
    const { cloudContainer } = this.network;
    try {
      await command(["docker", "exec", cloudContainer, "/cloud/ready", "60"]);
    } catch (error) {
      const { output } = await command(["docker", "logs", "--tail", "20", cloudContainer], { accept: [0, 1] });
      throw new Error(`the embedded cloud does not start: ${(error as Error).message}\n${output}`);
    }
  }

  private async publishedPort(port: number): Promise<string> {
    const { stdout } = await command(["docker", "port", this.network.cloudContainer, String(port)]);
    return stdout.split("\n")[0] as string;
  }
}

async function removeEach(find: readonly string[], remove: readonly string[]): Promise<void> {
  const { stdout } = await command(find);
  const found = [...new Set(stdout.split("\n").filter((line) => line !== ""))];
  if (found.length > 0) await command([...remove, ...found], { accept: [0, 1] });
}
