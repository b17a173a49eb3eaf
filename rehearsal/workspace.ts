import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

/** The project whose stacks are rehearsed. */
export const projectFolder = resolve(__dirname, "..");

/** All that rehearsals of this checkout leave on disk. */
export const rehearsalFolder = join(projectFolder, ".rehearsal");

/** What the real deployment keeps beside cdktf.json, and a rehearsal must neither read nor write. */
const notShared = [
  /^\./,
  /^provider-locks$/,
  /^cdktf\.out$/,
  /^terraform\..*tfstate/,
  /^dist$/,
  /^coverage$/,
  /\.tfvars(\.json)?$/,
];

/** A variable of the stack that the team would answer: sensitive or not, it has no default. */
export interface OpenVariable {
  readonly name: string;
  readonly sensitive: boolean;
}

/** A site as a host's settings have it. */
export interface DeployedSite {
  /** `https://chitram.example` */
  readonly address: string;
  readonly upstreams: readonly { readonly path: string; readonly health: string }[];
}

/**
 * A folder in which `cdktf` runs as in the project's own, but with its own state: the project's entries are
 * links, cdktf.out and the state file are not. A rehearsal so never meets the state of the real server.
 */
export class Workspace {
  public readonly folder: string;
  public readonly logs: string;

  /**
   * @param source the folder with cdktf.json and main.ts
   * @param logs names the folder of its logs
   * @param place names its own folder: two clones of a repository are two places
   */
  public constructor(
    public readonly stack: string,
    private readonly source: string = projectFolder,
    logs: string = stack,
    place: string = stack,
  ) {
    this.folder = join(rehearsalFolder, "workspaces", place);
    this.logs = join(rehearsalFolder, "logs", logs);
  }

  /** Makes the folder anew; state and logs of an earlier rehearsal go. */
  public create(): void {
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.logs, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(this.logs, { recursive: true });
    for (const entry of readdirSync(this.source)) {
      if (notShared.some((pattern) => pattern.test(entry))) continue;
      const [from, to] = [join(this.source, entry), join(this.folder, entry)];
      // a small project of a test is copied, so that a scenario may change all of it
      if (this.source === projectFolder) symlinkSync(from, to);
      else cpSync(from, to, { recursive: true });
    }
    const modules = join(this.folder, "node_modules");
    if (!existsSync(modules)) symlinkSync(join(projectFolder, "node_modules"), modules);
  }

  public read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /**
   * Changes a file of the stack for this workspace alone. What the application is loaded from becomes a copy first:
   * Node follows links, so a changed file beside a linked main.ts would not be seen.
   */
  public edit(file: string, change: (text: string) => string): void {
    for (const entry of ["main.ts", file.split("/")[0] as string]) {
      const place = join(this.folder, entry);
      if (!lstatSync(place).isSymbolicLink()) continue;
      rmSync(place);
      cpSync(join(this.source, entry), place, { recursive: true });
    }
    const before = this.read(file);
    const after = change(before);
    if (after === before) throw new Error(`${file}: the edit changes nothing`);
    writeFileSync(join(this.folder, file), after);
  }

  /** Where Terraform runs for the stack. */
  public get stackFolder(): string {
    return join(this.folder, "cdktf.out", "stacks", this.stack);
  }

  /** The state's file; of a stack that keeps it in a bucket, a copy that each deploy renews. */
  public get stateFile(): string {
    return join(this.folder, this.keepsStateInBucket ? "state-in-the-bucket.json" : `terraform.${this.stack}.tfstate`);
  }

  public get keepsStateInBucket(): boolean {
    const synthesized = existsSync(join(this.stackFolder, "cdk.tf.json")) ? this.synthesized() : {};
    return synthesized.terraform?.backend?.s3 !== undefined;
  }

  /** The stack as synthesized. */
  // biome-ignore lint/suspicious/noExplicitAny: Terraform JSON of any stack, whatever it holds
  public synthesized(): any {
    return JSON.parse(readFileSync(join(this.stackFolder, "cdk.tf.json"), "utf8"));
  }

  public openVariables(): OpenVariable[] {
    const variables: Record<string, { default?: unknown; sensitive?: boolean }> = this.synthesized().variable ?? {};
    return Object.entries(variables)
      .filter(([, variable]) => variable.default === undefined)
      .map(([name, variable]) => ({ name, sensitive: variable.sensitive === true }));
  }

  /** `owner/name` of every GitHub repository that the stack writes to. */
  public githubRepositories(): string[] {
    const { provider = {}, resource = {} } = this.synthesized();
    const owner = [provider.github ?? []].flat()[0]?.owner;
    const names = Object.entries<Record<string, { repository?: string }>>(resource)
      .filter(([type]) => type.startsWith("github_"))
      .flatMap(([, resources]) => Object.values(resources).map(({ repository }) => repository))
      .filter((name) => name !== undefined && !name.includes("${"));
    return [...new Set(names)].map((name) => `${owner}/${name}`);
  }

  /** The images that the stack's hosts run, as their settings name them. */
  public images(): string[] {
    const { resource = {} } = this.synthesized();
    const records: { triggers_replace?: { files?: Record<string, string> } }[] = Object.values(
      resource.terraform_data ?? {},
    );
    const settings = records.flatMap(({ triggers_replace }) => triggers_replace?.files?.["host.json"] ?? []);
    const services: { image?: string }[] = settings.flatMap((text) =>
      Object.values(JSON.parse(text).application.services),
    );
    return [...new Set(services.flatMap(({ image }) => image ?? []))];
  }

  /** What the stack's hosts answer, as Terraform's state has it: addresses that were late-bound are known by then. */
  public sites(): DeployedSite[] {
    const { resources } = JSON.parse(readFileSync(this.stateFile, "utf8"));
    const records: { attributes: { triggers_replace?: { value?: { files?: Record<string, string> } } } }[] = resources
      .filter(({ type }: { type: string }) => type === "terraform_data")
      .flatMap(({ instances }: { instances: unknown[] }) => instances);
    const settings = records.flatMap(
      ({ attributes }) => attributes.triggers_replace?.value?.files?.["host.json"] ?? [],
    );
    return settings.flatMap((text) => JSON.parse(text).sites);
  }

  /** The stack's outputs as Terraform's state has them. */
  public outputs(): Record<string, unknown> {
    const { outputs = {} } = JSON.parse(readFileSync(this.stateFile, "utf8"));
    return Object.fromEntries(Object.entries<{ value: unknown }>(outputs).map(([name, { value }]) => [name, value]));
  }
}
