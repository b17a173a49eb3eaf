import type { Secret, TemplatePart } from "../model/secret";
import { isLateBound } from "../model/token";

/** What stands in a trial for a value that only production knows: a key of somebody else's service, an address of the cloud. */
const ELSEWHERE = "known-in-production-only";

// Of Unicode's private area: no compose file has them, and nobody reads them as variables.
const BEGIN = "\uE000";
const END = "\uE001";

/** Values of a compose file's variables for a trial, in which a drawn secret is a mark until the text is made. */
export class TrialValues {
  private readonly used = new Set<string>();

  constructor(
    private readonly settings: Readonly<Record<string, string>>,
    private readonly secrets: ReadonlyMap<string, Secret>,
    /** What the team says of values that only production knows. */
    private readonly said: Readonly<Record<string, string>>,
  ) {}

  get all(): Readonly<Record<string, string>> {
    const settings = Object.entries(this.settings).map(([name, value]) => [name, known(value)] as const);
    const secrets = [...this.secrets.keys()].map((name) => [name, this.secret(name)] as const);
    return { ...Object.fromEntries([...settings, ...secrets]), ...this.said };
  }

  /** Drawn secrets that a text made here refers to, with their lengths. */
  get drawn(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.secrets].flatMap(([name, { source }]) =>
        source.kind === "generated" && this.used.has(name) ? [[name, source.length]] : [],
      ),
    );
  }

  /** A text for a compose file. */
  forCompose(text: string): string {
    return this.filled(text.replaceAll("$", "$$$$"), (name) => `\${${name}}`);
  }

  /** A text for the `env` of a step, which reads what the job has drawn. */
  forStep(text: string): string {
    return this.filled(text.replaceAll("${{", "${{ '${{' }}"), (name) => `\${{ env.${name} }}`);
  }

  private filled(text: string, reference: (name: string) => string): string {
    return text.replace(new RegExp(`${BEGIN}(.*?)${END}`, "g"), (_, name: string) => {
      this.used.add(name);
      return reference(name);
    });
  }

  /** A circle, or a name that leads nowhere, is the bundle's fault to tell. */
  private secret(name: string, seen: readonly string[] = []): string {
    const source = this.secrets.get(name)?.source;
    if (source === undefined || seen.includes(name)) return "";
    if (Object.hasOwn(this.said, name)) return this.said[name] ?? "";
    const part = (item: TemplatePart) => (item.kind === "text" ? item.text : this.secret(item.name, [...seen, name]));
    switch (source.kind) {
      case "generated":
        return `${BEGIN}${name}${END}`;
      case "given":
        return ELSEWHERE;
      case "sameAs":
        return this.secret(source.name, [...seen, name]);
      case "template":
        // Letters and digits, and the word above: nothing that a URL would have encoded.
        return source.parts.map(part).join("");
    }
  }
}

function known(value: string): string {
  return isLateBound(value) ? ELSEWHERE : value;
}
