import type { SecretReference } from "./model/host";
import type { Secret } from "./model/secret";

interface Entry {
  readonly secret: Secret;
  /** Terraform's expression for the value; null for another name of the same value. */
  readonly expression: string | null;
}

/** The secrets of a host by name: where they come from, and the expressions that Terraform reads them by. */
export class HostSecrets {
  private readonly entries = new Map<string, Entry>();

  /** False: another bundle of the host has this name. */
  add(name: string, secret: Secret, expression: string | null): boolean {
    if (this.entries.has(name)) return false;
    this.entries.set(name, { secret, expression });
    return true;
  }

  get all(): ReadonlyMap<string, Secret> {
    return new Map([...this.entries].map(([name, { secret }]) => [name, secret]));
  }

  get references(): SecretReference[] {
    return [...this.entries].map(([name, { secret }]) => ({ name, services: secret.services }));
  }

  /**
   * The expression of a value, through all its names. Of a name that leads nowhere it is Terraform's null: cdktf resolves
   * once before it validates, and it is the bundle's validation that tells the fault, with all others.
   */
  expressionOf(name: string): string {
    for (let entry = this.entries.get(name), steps = 0; entry !== undefined && steps <= this.entries.size; steps++) {
      if (entry.expression !== null) return entry.expression;
      entry = this.entries.get(entry.secret.references[0] ?? "");
    }
    return "null";
  }

  /** Expressions by name. */
  get expressions(): Record<string, string> {
    return Object.fromEntries([...this.entries.keys()].map((name) => [name, this.expressionOf(name)]));
  }
}

/** Terraform's expressions by name; a registry's is an object, the others are texts. */
export type SecretGroups = Readonly<
  Record<"application" | "backup" | "notices" | "registry" | "storage", Readonly<Record<string, string>>>
>;

/** The text of secrets.json: one expression, evaluated by Terraform alone. */
export function secretsDocument(groups: SecretGroups): string {
  const object = (entries: readonly (readonly [string, string])[]) =>
    `{${entries.map(([name, expression]) => `${JSON.stringify(name)} = ${expression}`).join(", ")}}`;
  const document = Object.entries(groups).map(([group, values]) => [group, object(Object.entries(values))] as const);
  return `\${jsonencode(${object(document)})}`;
}

/** What tells Terraform that a value has changed, without the value. The application's have their names alone. */
export function secretChecksums(groups: SecretGroups): Record<string, string> {
  const entries = Object.entries(groups).flatMap(([group, values]) =>
    Object.entries(values).map(([name, expression]) => {
      const text = group === "registry" ? `jsonencode(${expression})` : expression;
      return [group === "application" ? name : `${group} ${name}`, `\${sha256(${text})}`] as const;
    }),
  );
  return Object.fromEntries(entries);
}
