import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { digestOf, inWorkFolder, madeOnce } from "./cache";
import { command } from "./command";
import type { Progress } from "./preparation";
import { type GoToolchain, goToolchain } from "./toolchain";

/** A real program that the embedded cloud or Terraform needs, built from its own published module. */
interface Component {
  /** Its folder in components/, where go.mod names the module and its version. */
  readonly name: string;
  /** The package with its `main`. */
  readonly package: string;
  /** Parts that its makers leave out or in, as they do for their own builds. @default - none */
  readonly tags?: string;
}

interface Provider extends Component {
  /** In Terraform's registry. */
  readonly address: string;
  readonly version: string;
}

const providers: readonly Provider[] = [
  {
    name: "digitalocean",
    package: "github.com/digitalocean/terraform-provider-digitalocean",
    address: "digitalocean/digitalocean",
    version: "2.17.1",
  },
  {
    name: "github",
    package: "github.com/integrations/terraform-provider-github/v6",
    address: "integrations/github",
    version: "6.13.0",
  },
  {
    name: "random",
    package: "github.com/terraform-providers/terraform-provider-random",
    address: "hashicorp/random",
    version: "3.9.0",
  },
  {
    name: "tls",
    package: "github.com/hashicorp/terraform-provider-tls",
    address: "hashicorp/tls",
    version: "4.2.1",
  },
  {
    name: "cloudinit",
    package: "github.com/hashicorp/terraform-provider-cloudinit",
    address: "hashicorp/cloudinit",
    version: "2.3.5",
  },
  {
    name: "hcloud",
    package: "github.com/hetznercloud/terraform-provider-hcloud",
    address: "hetznercloud/hcloud",
    version: "1.68.0",
  },
  {
    // `minio` is the server of that name
    name: "minio_provider",
    package: "github.com/aminueza/terraform-provider-minio/v3",
    address: "aminueza/minio",
    version: "3.36.0",
  },
];

const programs = {
  caddy: { name: "caddy", package: ".", tags: "nobadger,nomysql,nopgx" },
  pebble: { name: "pebble", package: "github.com/letsencrypt/pebble/v2/cmd/pebble" },
  minio: { name: "minio", package: "github.com/minio/minio" },
  mc: { name: "mc", package: "github.com/minio/mc" },
  // judges the workflows that are rendered
  actionlint: { name: "actionlint", package: "github.com/rhysd/actionlint/cmd/actionlint" },
  act: { name: "act", package: "github.com/nektos/act" },
} as const satisfies Record<string, Component>;

/** Terraform's fork, with a registry of its own. It takes minutes to build, so only what runs it has it built. */
const openTofu: Component = { name: "opentofu", package: "github.com/opentofu/opentofu/cmd/tofu" };

export type Binaries = Readonly<Record<keyof typeof programs, string>>;

/** Every component, built. */
export interface Components {
  /** Folder laid out as a mirror of Terraform's registry. */
  readonly mirror: string;
  /** Terraform's own configuration file that makes it take providers from the mirror. */
  readonly terraformConfiguration: string;
  readonly binaries: Binaries;
}

const componentsFolder = join(__dirname, "components");
const sourceOf = (component: Component) => join(componentsFolder, component.name);

export async function buildComponents(progress: Progress): Promise<Components> {
  const built = await buildEach([...providers, ...Object.values<Component>(programs)], progress);
  const mirror = await layMirror(built, "registry.terraform.io");
  return {
    mirror: join(mirror, "providers"),
    terraformConfiguration: join(mirror, "terraform.tfrc"),
    binaries: Object.fromEntries(Object.keys(programs).map((name) => [name, built[name]])) as Binaries,
  };
}

/** What makes `cdktf` run OpenTofu in place of Terraform, with the same providers. */
export async function openTofuEnvironment(progress: Progress): Promise<NodeJS.ProcessEnv> {
  const built = await buildEach([...providers, openTofu], progress);
  const mirror = await layMirror(built, "registry.opentofu.org");
  return { TERRAFORM_BINARY_NAME: built.opentofu, TF_CLI_CONFIG_FILE: join(mirror, "terraform.tfrc") };
}

/** Builds what is missing, one after the other: two at once take as long and twice the memory. @returns programs by name */
async function buildEach(components: readonly Component[], progress: Progress): Promise<Record<string, string>> {
  const go = await goToolchain(components.map(sourceOf), progress);
  const built: Record<string, string> = {};
  for (const component of components) built[component.name] = await build(component, go, progress);
  return built;
}

async function build(component: Component, go: GoToolchain, progress: Progress): Promise<string> {
  const source = sourceOf(component);
  const tags = component.tags ? [`-tags=${component.tags}`] : [];
  const texts = readdirSync(source).flatMap((file) => [file, readFileSync(join(source, file), "utf8")]);
  const key = digestOf(component.package, go.version, process.arch, ...tags, ...texts.sort());
  const folder = await madeOnce(`components/${component.name}-${key}`, async (unfinished) => {
    progress("component", `building ${component.name} ${versionOf(component, source)}`);
    // a folder of its own: nothing that the build does reaches the checkout
    await inWorkFolder(component.name, async (workspace) => {
      cpSync(source, workspace, { recursive: true });
      const target = join(unfinished, component.name);
      await command([go.command, "build", "-trimpath", ...tags, "-ldflags=-s -w", "-o", target, component.package], {
        cwd: workspace,
        env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOTOOLCHAIN: "local", GOWORK: "off" },
      });
    });
  });
  return join(folder, component.name);
}

function versionOf(component: Component | Provider, source: string): string {
  if ("version" in component) return component.version;
  return readFileSync(join(source, "go.mod"), "utf8").match(/^require \S+ (\S+)$/m)?.[1] ?? "";
}

/** The tree that Terraform asks for; where a provider has no build here, Terraform may ask its registry. */
async function layMirror(built: Readonly<Record<string, string>>, registry: string): Promise<string> {
  const binaries = providers.map(({ name }) => built[name] as string);
  return madeOnce(`mirror/${digestOf(registry, ...binaries)}`, async (unfinished) => {
    for (const { name, address, version } of providers) {
      const platform = `linux_${process.arch === "x64" ? "amd64" : process.arch}`;
      const place = join(unfinished, "providers", registry, address, version, platform);
      const file = join(place, `terraform-provider-${basename(address)}_v${version}`);
      mkdirSync(dirname(file), { recursive: true });
      linkOrCopy(built[name] as string, file);
    }
  }).then((folder) => writeTerraformConfiguration(folder, registry));
}

function writeTerraformConfiguration(folder: string, registry: string): string {
  const file = join(folder, "terraform.tfrc");
  const ours = providers.map(({ address }) => `"${registry}/${address}"`).join(", ");
  const text = `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(join(folder, "providers"))}
    include = [${ours}]
  }
  direct {
    exclude = [${ours}]
  }
}
`;
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
  return folder;
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
