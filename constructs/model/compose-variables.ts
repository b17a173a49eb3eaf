import type { ComposeDocument } from "./compose-document";
import { mappingOf, textOf } from "./compose-fields";
import type { ComposeService } from "./compose-service";
import { needsValue, type Reference, type Template } from "./interpolation";

/** A variable of the compose file, over all places that refer to it. */
export interface ComposeVariable {
  readonly name: string;
  /** Services that refer to it; empty where only other sections do. */
  readonly services: readonly string[];
  /** Whether some place has no default for it. */
  readonly needsValue: boolean;
  /** Its defaults as written, without the values of variables within them. */
  readonly defaults: readonly string[];
}

/** Gathers every reference of a document: `${NAME}`, `environment: [NAME]`, and `environment:` of configs and secrets. */
export function collectVariables(
  document: ComposeDocument,
  services: ReadonlyMap<string, ComposeService>,
): Map<string, ComposeVariable> {
  const found = new Map<string, { services: Set<string>; needsValue: boolean; defaults: Set<string> }>();
  const note = (name: string, service: string | null, needed: boolean, fallback: string | null) => {
    const entry = found.get(name) ?? { services: new Set(), needsValue: false, defaults: new Set() };
    found.set(name, entry);
    if (service !== null) {
      entry.services.add(service);
    }
    entry.needsValue ||= needed;
    if (fallback !== null) {
      entry.defaults.add(fallback);
    }
  };
  const noteReference = (reference: Reference, service: string | null) => {
    const fallback = reference.operator.endsWith("-") ? literalOf(reference.word) : null;
    note(reference.name, service, needsValue(reference), fallback);
  };
  for (const [name, service] of document.services) {
    for (const reference of service.references) {
      noteReference(reference, name);
    }
    for (const [variable, value] of Object.entries(services.get(name)?.environment ?? {})) {
      if (value === null) {
        note(variable, name, false, null);
      }
    }
  }
  for (const reference of document.references) {
    noteReference(reference, null);
  }
  for (const section of [document.configs, document.secrets]) {
    for (const entry of Object.values(section)) {
      const variable = textOf(mappingOf(entry).environment);
      if (variable !== null) {
        note(variable, null, true, null);
      }
    }
  }
  return new Map(
    [...found].map(([name, entry]) => [
      name,
      { name, services: [...entry.services], needsValue: entry.needsValue, defaults: [...entry.defaults] },
    ]),
  );
}

function literalOf(template: Template): string {
  return template.filter((part) => typeof part === "string").join("");
}

const SECRET_NAME =
  /(PASSWORD|PASSWD|PASSPHRASE|(^|_|REQUIRE)PASS|SECRET|TOKEN|CREDENTIALS?|DSN|(^|_)KEY)(_?(HASH|BASE64|B64|VALUE|\d+))?$/;
const PUBLIC_NAME = /PUBLIC|PUBLISHABLE/;
const PASSWORD_IN_URL = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Whether a name, of a variable or an option, is one that secrets have. `JWT_ACCESS_TOKEN_EXPIRE_MINUTES` is not. */
export function looksSecret(name: string): boolean {
  const variable = name.toUpperCase().replace(/^-+/, "").replaceAll("-", "_");
  return SECRET_NAME.test(variable) && !PUBLIC_NAME.test(variable);
}

/** Whether a default is a secret that stands in the file for everyone to read. */
export function isSecretDefault(name: string, fallback: string): boolean {
  if (PASSWORD_IN_URL.test(fallback)) {
    return true;
  }
  const harmless = fallback === "" || fallback.startsWith("/") || /^(\d{1,6}|true|false|null|none)$/i.test(fallback);
  return looksSecret(name) && !harmless;
}
