import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "./cache";
import { command } from "./command";
import { installPackages } from "./engine";
import type { Progress } from "./preparation";

/** The toolchain that is fetched where the machine's own is too old, and the checksum of what must arrive. */
const fetched = {
  version: "1.26.8",
  sums: {
    x64: "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
    arm64: "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=",
  } as Partial<Record<string, string>>,
};

export interface GoToolchain {
  /** Path of the `go` command. */
  readonly command: string;
  readonly version: string;
}

/** Finds a Go that is new enough for every component, or fetches one as the Go module that it also is. */
export async function goToolchain(componentFolders: readonly string[], progress: Progress): Promise<GoToolchain> {
  const needed = newest(componentFolders.map((folder) => goDirective(join(folder, "go.mod"))));
  const found = await goVersion("go");
  if (found && !isOlder(found, needed)) return { command: "go", version: found };
  const folder = await madeOnce(`go/${fetched.version}`, async (unfinished) => {
    progress(
      "Go toolchain",
      `${found ? `Go ${found} is older than ${needed}` : "no Go here"}: fetching ${fetched.version}`,
    );
    if (!found) await installPackages(["golang-go"], "Go is missing; install Go 1.21 or newer and put it on PATH");
    await fetchToolchain(unfinished);
  });
  return { command: join(folder, "root", "bin", "go"), version: fetched.version };
}

/** Any Go, however old, fetches modules from wherever this machine's settings say. */
async function fetchToolchain(folder: string): Promise<void> {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const module = `golang.org/toolchain@v0.0.1-go${fetched.version}.linux-${architecture}`;
  const cache = join(folder, "modules");
  mkdirSync(cache);
  const { stdout } = await command(["go", "mod", "download", "-json", module], {
    cwd: folder,
    env: {
      ...process.env,
      GOFLAGS: "-modcacherw",
      GOMODCACHE: cache,
      GOTOOLCHAIN: "local",
      GONOSUMDB: "*",
      GONOSUMCHECK: "1",
      GO111MODULE: "on",
    },
  });
  const { Sum, Dir } = JSON.parse(stdout) as { Sum: string; Dir: string };
  if (Sum !== fetched.sums[process.arch]) {
    throw new Error(
      `${module}: the checksum must be ${fetched.sums[process.arch]}, got ${Sum}; install Go ${fetched.version} yourself and put it on PATH`,
    );
  }
  // a module's files lose their permission to run
  const tools = readdirSync(join(Dir, "pkg", "tool"), { recursive: true, withFileTypes: true });
  const programs = tools.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const program of [join(Dir, "bin", "go"), join(Dir, "bin", "gofmt"), ...programs]) chmodSync(program, 0o755);
  symlinkSync(Dir.slice(folder.length + 1), join(folder, "root"));
}

async function goVersion(go: string): Promise<string | undefined> {
  try {
    const { stdout } = await command([go, "env", "GOVERSION"], { env: { ...process.env, GOTOOLCHAIN: "local" } });
    return stdout.trim().replace(/^go/, "");
  } catch {
    return undefined;
  }
}

/** The Go version that a module asks for. */
function goDirective(file: string): string {
  const version = readFileSync(file, "utf8").match(/^go (\S+)$/m)?.[1];
  if (!version) throw new Error(`${file}: has no \`go\` line`);
  return version;
}

function newest(versions: readonly string[]): string {
  return versions.reduce((best, version) => (isOlder(best, version) ? version : best));
}

/** Compares dotted numbers: 1.9 is older than 1.26.8. */
export function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, "en", { numeric: true }) < 0;
}

const oldestTerraform = "1.7.0";

/** Finds the Terraform that the team uses itself. */
export async function findTerraform(): Promise<string> {
  const remedy = `install Terraform ${oldestTerraform} or newer from developer.hashicorp.com/terraform/install and put it on PATH`;
  let found: string;
  try {
    const { stdout } = await command(["terraform", "version", "-json"], {
      env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    });
    found = (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
  } catch {
    throw new Error(`terraform: not found on PATH; ${remedy}`);
  }
  if (isOlder(found, oldestTerraform))
    throw new Error(`terraform: must be ${oldestTerraform} or newer, got ${found}; ${remedy}`);
  return "terraform";
}
