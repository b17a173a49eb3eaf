import type { Faults } from "./faults";

const DEFAULT_LENGTH = 32;
const SHORTEST = 16;
const LONGEST = 256;

/** A piece of a template: text as it is, or the value of another secret. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reference"; readonly name: string; readonly urlEncoded: boolean };

/** Where a secret's value comes from. */
export type SecretSource =
  | { readonly kind: "generated"; readonly length: number }
  | { readonly kind: "given"; readonly variable: string | null }
  | { readonly kind: "sameAs"; readonly name: string }
  | { readonly kind: "template"; readonly parts: readonly TemplatePart[]; readonly problem: string | null };

export interface GeneratedSecretProps {
  /**
   * Number of letters and digits, 16 to 256.
   * @default - 32 of them
   */
  readonly length?: number;
}

export interface GivenSecretProps {
  /**
   * The Terraform variable that holds the value.
   * @default - the variable is named as the secret: `TF_VAR_OPENAI_API_KEY` for `OPENAI_API_KEY`
   */
  readonly variable?: string;
}

/** A value that must not be seen. Its value is never here: only where it comes from. */
export class Secret {
  /** Letters and digits, drawn once and kept in Terraform's state; safe in URLs, shells and YAML. */
  static generated(props: GeneratedSecretProps = {}): Secret {
    return new Secret({ kind: "generated", length: props.length ?? DEFAULT_LENGTH }, []);
  }

  /** A value that the team brings: a sensitive Terraform variable without default, such as `TF_VAR_OPENAI_API_KEY`. */
  static given(props: GivenSecretProps = {}): Secret {
    return new Secret({ kind: "given", variable: props.variable ?? null }, []);
  }

  /** The value of another secret under a second name. */
  static sameAs(name: string): Secret {
    return new Secret({ kind: "sameAs", name }, []);
  }

  /**
   * Text with other secrets in it: `{NAME}` stands for the value, `{NAME:urlencode}` for the value as a URL needs it,
   * `{{` and `}}` for braces.
   */
  static template(text: string): Secret {
    return new Secret({ kind: "template", ...parseTemplate(text) }, []);
  }

  private constructor(
    readonly source: SecretSource,
    /** Services that get it in their environment besides those that refer to it. */
    readonly services: readonly string[],
  ) {}

  /** The same secret, put into the environment of these services though their `environment:` does not name it. */
  exposedTo(...services: string[]): Secret {
    return new Secret(this.source, [...this.services, ...services]);
  }

  /** The Terraform variable that was named for its value; null where none was. */
  get variable(): string | null {
    return this.source.kind === "given" ? this.source.variable : null;
  }

  /** Names of the secrets that its value is made of. */
  get references(): readonly string[] {
    const { source } = this;
    if (source.kind === "sameAs") return [source.name];
    if (source.kind !== "template") return [];
    return source.parts.flatMap((part) => (part.kind === "reference" ? [part.name] : []));
  }

  /** So that a secret in a log line or a message says no more than what it is. */
  toString(): string {
    return `[secret ${this.source.kind}]`;
  }
}

/** Checks secrets against each other: names, references, circles. Paths begin with the secret's name. */
export function validateSecrets(
  secrets: Readonly<Record<string, Secret>>,
  known: ReadonlyMap<string, Secret>,
  faults: Faults,
): void {
  for (const [name, secret] of Object.entries(secrets)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      faults.add(name, `must be the name of an environment variable, got ${JSON.stringify(name)}`);
    }
    validateSource(name, secret, faults);
    for (const reference of secret.references) {
      if (known.has(reference)) continue;
      const names = [...known.keys()].filter((other) => other !== name);
      faults.add(name, `refers to ${reference}, which is no secret of this host`, `known are ${names.join(", ")}`);
    }
    const circle = circleFrom(name, known);
    // Every member of a circle finds it; the first by name tells.
    if (circle?.every((member) => name <= member)) {
      faults.add(name, `refers to itself: ${[...circle, name].join(" -> ")}`, "make one of them generated or given");
    }
  }
}

function validateSource(name: string, secret: Secret, faults: Faults): void {
  const { source } = secret;
  if (source.kind === "generated") {
    const { length } = source;
    if (!Number.isInteger(length) || length < SHORTEST || length > LONGEST) {
      faults.add(name, `length must be a whole number from ${SHORTEST} to ${LONGEST}, got ${length}`);
    }
  } else if (source.kind === "given") {
    validateVariable(name, source.variable ?? name, faults);
  } else if (source.kind === "template" && source.problem !== null) {
    faults.add(name, source.problem, "write {NAME} or {NAME:urlencode}, and {{ or }} for a brace");
  }
}

function validateVariable(path: string, variable: string, faults: Faults): void {
  const reserved = ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(variable) && !reserved.includes(variable)) return;
  const remedy = "name another: Secret.given({ variable: ... })";
  faults.add(path, `${JSON.stringify(variable)} cannot be the name of a Terraform variable`, remedy);
}

/** Checks a secret that stands by itself: it has no name, so that only a variable can bring its value. */
export function validateNamelessSecret(path: string, secret: Secret, example: string, faults: Faults): void {
  const { variable } = secret;
  if (variable === null) {
    const remedy = `Secret.given({ variable: "${example}" })`;
    faults.add(path, `needs the variable that holds its value, got ${secret}`, remedy);
  } else {
    validateVariable(path, variable, faults);
  }
}

/** The way from a name along references back to it; null where there is none. */
function circleFrom(start: string, known: ReadonlyMap<string, Secret>): string[] | null {
  const seen = new Set<string>();
  const walk = (name: string, way: readonly string[]): string[] | null => {
    if (name === start && way.length > 0) return [...way];
    if (seen.has(name)) return null;
    seen.add(name);
    for (const next of known.get(name)?.references ?? []) {
      const circle = walk(next, [...way, name]);
      if (circle !== null) return circle;
    }
    return null;
  };
  return walk(start, []);
}

function parseTemplate(text: string): { parts: TemplatePart[]; problem: string | null } {
  const parts: TemplatePart[] = [];
  const pattern = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;
  let problem: string | null = null;
  for (const [piece, inner] of text.matchAll(pattern)) {
    if (inner !== undefined) {
      const reference = /^([A-Za-z_][A-Za-z0-9_]*)(:urlencode)?$/.exec(inner);
      if (reference === null) problem ??= `the template holds ${piece}, which names no secret`;
      else parts.push({ kind: "reference", name: reference[1] as string, urlEncoded: reference[2] !== undefined });
    } else if (piece === "{" || piece === "}") {
      problem ??= `the template holds a single ${piece}`;
    } else {
      addText(parts, piece === "{{" ? "{" : piece === "}}" ? "}" : piece);
    }
  }
  return { parts, problem };
}

/** Text that belongs together stays together: "$" and "{" by themselves need no escaping for Terraform, "${" does. */
function addText(parts: TemplatePart[], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === "text") parts[parts.length - 1] = { kind: "text", text: last.text + text };
  else parts.push({ kind: "text", text });
}
