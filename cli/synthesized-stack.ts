import { dirname, join } from "node:path";
import { InputFault } from "./fault";
import { isObject, type JsonObject, readJsonObject } from "./json-file";

const MAKE_IT = "run `cdktf synth` first";

/** A resource as a stack declares it. */
export interface DeclaredResource {
  /** `digitalocean_domain.host_zone_bakery_example` */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly values: JsonObject;
}

/** What `cdktf synth` left in a folder. */
export class SynthesizedStacks {
  private readonly stacks: JsonObject;

  constructor(private readonly folder: string) {
    const path = join(folder, "manifest.json");
    const manifest = readJsonObject(path, MAKE_IT);
    if (!isObject(manifest.stacks)) throw new InputFault(path, "has no stacks", MAKE_IT);
    this.stacks = manifest.stacks;
  }

  get names(): string[] {
    return Object.keys(this.stacks).sort();
  }

  stack(name: string): SynthesizedStack {
    const entry = Object.hasOwn(this.stacks, name) ? this.stacks[name] : undefined;
    if (!isObject(entry) || typeof entry.synthesizedStackPath !== "string") {
      const known = this.names.join(", ");
      throw new InputFault(join(this.folder, "manifest.json"), `has no stack ${name}`, `name one of: ${known}`);
    }
    const file = join(this.folder, entry.synthesizedStackPath);
    return new SynthesizedStack(name, dirname(file), readJsonObject(file, MAKE_IT));
  }
}

/** One stack, as Terraform will read it. */
export class SynthesizedStack {
  constructor(
    readonly name: string,
    /** Where Terraform runs for it. */
    readonly folder: string,
    readonly json: JsonObject,
  ) {}

  get resources(): DeclaredResource[] {
    return [...this.declared()];
  }

  find(address: string): DeclaredResource | undefined {
    const [type = "", name = ""] = address.split(".");
    const values = at(at(this.json.resource, type), name);
    return isObject(values) ? { address, type, name, values } : undefined;
  }

  /**
   * A text as it will be, when all that it refers to is known: values of `known` by expression, and what other resources of
   * the stack are declared with. Null: only Terraform will know.
   */
  resolve(text: unknown, known: ReadonlyMap<string, string> = new Map()): string | null {
    if (typeof text !== "string") return null;
    let certain = true;
    const resolved = text.replace(/(\$\$|%%)\{|\$\{([^}]*)\}/g, (whole, escaped: string | undefined, inner: string) => {
      if (escaped !== undefined) return whole.slice(1);
      const value = known.get(inner) ?? this.declaredValue(inner, known);
      if (value === null) certain = false;
      return value ?? whole;
    });
    return certain ? resolved : null;
  }

  private declaredValue(expression: string, known: ReadonlyMap<string, string>): string | null {
    const [, address = "", attribute = ""] = /^(\w+\.[\w-]+)\.(\w+)$/.exec(expression) ?? [];
    const value = this.find(address)?.values[attribute];
    return value === undefined ? null : this.resolve(value, known);
  }

  private *declared(): Generator<DeclaredResource> {
    if (!isObject(this.json.resource)) return;
    for (const [type, resources] of Object.entries(this.json.resource)) {
      if (!isObject(resources)) continue;
      for (const [name, values] of Object.entries(resources)) {
        if (isObject(values)) yield { address: `${type}.${name}`, type, name, values };
      }
    }
  }
}

/** A value inside of JSON, or undefined where the way there ends. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}
