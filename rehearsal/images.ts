import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, digestOf, digestOfFolder, inWorkFolder } from "./cache";
import { command } from "./command";
import type { Binaries } from "./components";
import { type DebianMirror, importRootFilesystem, release } from "./debian";
import { label } from "./network";
import type { Progress } from "./preparation";
import { serviceImages } from "./service-images";

/** Names of the built images in the local engine. */
export interface Images {
  readonly server: string;
  readonly cloud: string;
  /** What runs workflows. */
  readonly runner: string;
  /** By the folder in images/ that each is built from. */
  readonly services: Readonly<Record<string, string>>;
}

const imagesFolder = join(__dirname, "images");
const serverFolder = join(__dirname, "servers", "image");

interface Build {
  readonly name: string;
  readonly folder: string;
  /** The image below. */
  readonly base: string;
  /** Files that come from elsewhere, by the name the Dockerfile knows. */
  readonly files?: Readonly<Record<string, string>>;
  readonly arguments?: Readonly<Record<string, string>>;
}

/** Builds images whose names hold a digest of all that goes into them: a name that is there is up to date. */
export class ImageBuilder {
  private readonly log = join(cacheFolder, "logs", "images.log");
  private present: Promise<Set<string>> | undefined;

  public constructor(
    private readonly mirror: DebianMirror,
    /** Folder of the rehearsal's authority. */
    private readonly authority: string,
    private readonly progress: Progress,
  ) {
    mkdirSync(join(cacheFolder, "logs"), { recursive: true });
  }

  /** The server as a cloud ships it. */
  public async server(): Promise<string> {
    const packages = readFileSync(join(serverFolder, "packages.txt"), "utf8").trim().split("\n");
    const base = await this.rootFilesystem("server-base", "important", packages);
    return this.build({
      name: "server",
      folder: serverFolder,
      base,
      files: { "authority.crt": join(this.authority, "certificate.pem") },
      arguments: {
        // servers meet the mirror's name in plain HTTP, so that the embedded cloud can stand before it
        MIRROR: this.mirror.main.replace(/^https:/, "http:"),
        SECURITY_MIRROR: this.mirror.security.replace(/^https:/, "http:"),
        IGNORE_DATES: this.mirror.ignoreDates ? "1" : "",
      },
    });
  }

  /** What all other images stand on. */
  public async base(): Promise<string> {
    const root = await this.rootFilesystem("base-root", "minbase", ["apt", "ca-certificates"]);
    return this.build({
      name: "base",
      folder: join(imagesFolder, "base"),
      base: root,
      files: { "cdktf-single-host-rehearsal.crt": join(this.authority, "certificate.pem"), ...machineAuthorities() },
    });
  }

  public async cloud(base: string, binaries: Binaries): Promise<string> {
    const { caddy, mc, minio, pebble } = binaries;
    return this.build({
      name: "cloud",
      folder: join(imagesFolder, "cloud"),
      base,
      files: { caddy, mc, minio, pebble },
    });
  }

  public async runner(base: string, { act }: Binaries): Promise<string> {
    return this.build({ name: "runner", folder: join(imagesFolder, "runner"), base, files: { act } });
  }

  /** The images that compose files name, those first that need no component. */
  public async services(base: string, names: readonly string[], binaries?: Binaries): Promise<Record<string, string>> {
    const built: Record<string, string> = {};
    for (const name of names) {
      const files = Object.fromEntries(
        (serviceImages[name]?.binaries ?? []).map((binary) => [binary, (binaries as Binaries)[binary]]),
      );
      built[name] = await this.build({ name, folder: join(imagesFolder, name), base, files });
    }
    return built;
  }

  private async rootFilesystem(
    name: string,
    variant: "minbase" | "important",
    packages: readonly string[],
  ): Promise<string> {
    const key = digestOf(release, this.mirror.main, this.mirror.security, variant, ...packages);
    const tag = `cdktf-single-host/${name}:${key}`;
    if ((await this.known()).has(tag)) return tag;
    this.progress("image", `${name}: Debian ${release} from ${this.mirror.main}`);
    await importRootFilesystem(tag, this.mirror, variant, packages, this.log);
    return tag;
  }

  private async build({ name, folder, base, files = {}, arguments: settings = {} }: Build): Promise<string> {
    const sources = Object.entries(files).flatMap(([file, source]) => [file, identity(source)]);
    const key = digestOf(base, digestOfFolder(folder), ...sources, ...Object.entries(settings).flat());
    const tag = `cdktf-single-host/${name}:${key}`;
    if ((await this.known()).has(tag)) return tag;
    this.progress("image", name);
    await inWorkFolder(name, async (context) => {
      cpSync(folder, context, { recursive: true });
      for (const [file, source] of Object.entries(files)) cpSync(source, join(context, file));
      const values = Object.entries({ BASE: base, ...settings }).flatMap(([key, value]) => [
        "--build-arg",
        `${key}=${value}`,
      ]);
      const argv = ["docker", "build", "--quiet", "--network", "host", "--label", label, ...values, "--tag", tag];
      await command([...argv, context], { log: this.log, env: { ...process.env, DOCKER_BUILDKIT: "0" } });
    });
    return tag;
  }

  /** All names of ours that the engine has; asked once. */
  private known(): Promise<Set<string>> {
    this.present ??= command([
      "docker",
      "image",
      "ls",
      "--format",
      "{{.Repository}}:{{.Tag}}",
      "--filter",
      "reference=cdktf-single-host/*",
    ]).then(({ stdout }) => new Set(stdout.split("\n")));
    return this.present;
  }
}

/** Components are keyed by their place, which holds their digest; other files by what is in them. */
function identity(source: string): string {
  return source.startsWith(join(cacheFolder, "components")) ? source : readFileSync(source, "utf8");
}

/** Whom this machine trusts besides the public authorities: a company's proxy, say. */
function machineAuthorities(): Record<string, string> {
  const folder = "/usr/local/share/ca-certificates";
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const certificates = names.filter((name) => name.endsWith(".crt"));
  return Object.fromEntries(
    certificates.map((name) => [`machine-${name.replace(/\W+/g, "-")}.crt`, join(folder, name)]),
  );
}
