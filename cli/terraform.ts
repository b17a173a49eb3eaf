import { enginePath } from "../constructs/engine";
import { runProgram } from "./external-program";
import { InputFault } from "./fault";
import { isObject, type JsonObject } from "./json-file";

const INSTALL = "install Terraform 1.7 or newer, or name another in TERRAFORM_BINARY_NAME";

/** An object in Terraform's state, as its file has it. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly attributes: JsonObject;
}

export interface TerraformState {
  readonly outputs: JsonObject;
  readonly resources: readonly StateResource[];
}

/** A resource to be put into a state. */
export interface NewResource {
  readonly type: string;
  readonly name: string;
  /** As a configuration names it: `hashicorp/random`. */
  readonly provider: string;
  readonly schemaVersion: number;
  readonly attributes: JsonObject;
}

/** Terraform in a stack's folder, with its backend, wherever that is. */
export class Terraform {
  constructor(
    private readonly folder: string,
    /** Values of the stack's variables, as TF_VAR_... */
    private readonly variables: Readonly<Record<string, string>> = {},
  ) {}

  withVariables(variables: Readonly<Record<string, string>>): Terraform {
    return new Terraform(this.folder, variables);
  }

  async init(): Promise<void> {
    await this.run(["init", "-input=false", "-no-color"]);
  }

  /** Chooses providers, and writes which; the state is not asked for. */
  async chooseProviders(newest: boolean): Promise<void> {
    await this.run(["init", "-input=false", "-no-color", "-backend=false", ...(newest ? ["-upgrade"] : [])]);
  }

  /** As `init`, and forgets which backend it had before: what was in that one stays there. */
  async reconfigure(): Promise<void> {
    await this.run(["init", "-input=false", "-no-color", "-reconfigure"]);
  }

  /** The state as its file has it; empty where there is none. */
  async pull(): Promise<string> {
    return this.run(["state", "pull"]);
  }

  /** Refused by Terraform where another state is there, or a newer one. It goes through standard input: it holds secrets. */
  async push(state: string): Promise<void> {
    await this.run(["state", "push", "-"], state);
  }

  /** What the state holds: nothing where there is none. */
  async state(): Promise<TerraformState> {
    const text = (await this.pull()).trim();
    const state: unknown = text === "" ? {} : JSON.parse(text);
    const list = isObject(state) && Array.isArray(state.resources) ? state.resources : [];
    const outputs = isObject(state) && isObject(state.outputs) ? Object.entries(state.outputs) : [];
    return {
      outputs: Object.fromEntries(outputs.map(([name, output]) => [name, isObject(output) ? output.value : null])),
      resources: list
        .filter(({ mode }) => mode === "managed")
        .flatMap(({ type, name, instances }) =>
          instances.map(({ attributes }: StateResource) => ({ address: `${type}.${name}`, type, attributes })),
        ),
    };
  }

  /** Fills an empty state. */
  async fill(resources: readonly NewResource[]): Promise<void> {
    const providers = await this.providers();
    const state = {
      version: 4,
      terraform_version: "1.7.0",
      serial: 1,
      lineage: crypto.randomUUID(),
      outputs: {},
      resources: resources.map(({ type, name, provider, schemaVersion, attributes }) => ({
        mode: "managed",
        type,
        name,
        provider: `provider["${providers.find((address) => address.endsWith(`/${provider}`))}"]`,
        instances: [{ schema_version: schemaVersion, attributes }],
      })),
    };
    await this.push(JSON.stringify(state));
  }

  /** As this program calls them: Terraform and OpenTofu each have a registry of their own. */
  private async providers(): Promise<string[]> {
    const version: unknown = JSON.parse(await this.run(["version", "-json"]));
    const selected = isObject(version) ? version.provider_selections : undefined;
    return isObject(selected) ? Object.keys(selected) : [];
  }

  /** Takes over what stands already. Its id is no secret: it travels in the arguments. */
  async import(address: string, id: string): Promise<void> {
    await this.run(["import", "-input=false", "-no-color", address, id]);
  }

  async forget(address: string): Promise<void> {
    await this.run(["state", "rm", address]);
  }

  private async run(words: readonly string[], input?: string): Promise<string> {
    const program = enginePath();
    const environment = Object.fromEntries(
      Object.entries(this.variables).map(([name, value]) => [`TF_VAR_${name}`, value]),
    );
    const argv = [program, `-chdir=${this.folder}`, ...words] as const;
    const { code, out, complaint } = await runProgram([...argv], { environment, input, install: INSTALL });
    if (code === 0) return out;
    throw new InputFault(`${program} ${words.slice(0, 2).join(" ")}`, `failed:\n${complaint}\n`, "then run this again");
  }
}
