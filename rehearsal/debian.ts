import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inWorkFolder } from "./cache";
import { command } from "./command";
import { installPackages, onPath } from "./engine";

/** The release that servers and images are made of. */
export const release = "trixie";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Where packages come from. */
export interface DebianMirror {
  readonly main: string;
  readonly security: string;
  /** Whether this machine accepts package lists past their date; then servers must too. */
  readonly ignoreDates: boolean;
}

/** Programs that make images, and the Debian packages that they are in. */
const tools: Readonly<Record<string, string>> = { mmdebstrap: "mmdebstrap", openssl: "openssl" };

/** Installs what makes images, where it is missing and we may. */
export async function ensureImageTools(): Promise<void> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(tools)) if (!(await onPath(program))) missing.push(name);
  if (missing.length === 0) return;
  await installPackages(
    [...missing, "debian-archive-keyring"],
    `${missing.join(", ")}: not found on PATH; install the package ${missing.join(" and ")}`,
  );
}

/** The mirror that this machine's apt is set to, or what DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR say. */
export async function debianMirror(): Promise<DebianMirror> {
  const { DEBIAN_MIRROR, DEBIAN_SECURITY_MIRROR } = process.env;
  const found = aptMirrors();
  const main = DEBIAN_MIRROR ?? found.find((address) => /\/debian\/?$/.test(address));
  if (!main) {
    throw new Error("apt: no Debian mirror in /etc/apt; set DEBIAN_MIRROR to one of debian.org/mirror/list");
  }
  const security = DEBIAN_SECURITY_MIRROR ?? found.find((address) => /\/debian-security\/?$/.test(address));
  return {
    main: withoutSlash(main),
    security: withoutSlash(security ?? `${withoutSlash(main)}-security`),
    ignoreDates: await ignoresDates(),
  };
}

const withoutSlash = (address: string) => address.replace(/\/+$/, "");

function aptMirrors(): string[] {
  const folder = "/etc/apt/sources.list.d";
  const more = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const files = ["/etc/apt/sources.list", ...more].filter((file) => existsSync(file));
  return files.flatMap((file) => mirrorsIn(readFileSync(file, "utf8")));
}

/** Addresses of the package sources in a file of apt's, whichever of its two spellings it is in. */
export function mirrorsIn(text: string): string[] {
  const lines = text.split("\n").filter((line) => /^\s*(deb\s|URIs:)/.test(line));
  return lines.flatMap((line) => line.split(/\s+/).filter((word) => /^https?:/.test(word)));
}

async function ignoresDates(): Promise<boolean> {
  if (!(await onPath("apt-config"))) return false;
  const { stdout } = await command(["apt-config", "dump", "Acquire::Check-Valid-Until"]);
  return /"(false|no|0)"/.test(stdout);
}

/** Makes a root file system and hands it to the Docker engine under a name. */
export async function importRootFilesystem(
  name: string,
  mirror: DebianMirror,
  variant: "minbase" | "important",
  packages: readonly string[],
  log: string,
): Promise<void> {
  const sources = [
    `deb [signed-by=${keyring}] ${mirror.main} ${release} main`,
    `deb [signed-by=${keyring}] ${mirror.main} ${release}-updates main`,
    `deb [signed-by=${keyring}] ${mirror.security} ${release}-security main`,
  ];
  const excluded = variant === "minbase" ? ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"] : [];
  const dates = mirror.ignoreDates
    ? ["--aptopt=Acquire::Check-Valid-Until false", "--aptopt=Acquire::Check-Date false"]
    : [];
  await inWorkFolder("root-filesystem", async (folder) => {
    const tar = join(folder, "root.tar");
    const options = [`--variant=${variant}`, `--include=${packages.join(",")}`, ...dates];
    const dpkg = excluded.map((path) => `--dpkgopt=path-exclude=${path}`);
    const input = `${sources.join("\n")}\n`;
    await command(["mmdebstrap", ...options, ...dpkg, release, tar, "-"], { input, log });
    await command(["docker", "import", tar, name], { log });
  });
}
