import type { Faults } from "./faults";
import { isLateBound } from "./token";

/** Bytes. https://docs.github.com/en/actions/reference/secrets-reference#limits-for-secrets; variables have the same. */
export const LARGEST_VALUE = 48 * 1024;

/** What GitHub keeps at most in one place. Sources: `LARGEST_VALUE`'s, and .../actions/reference/variables-reference */
export const MOST = {
  environment: { secrets: 100, variables: 100 },
  repository: { secrets: 100, variables: 500 },
} as const;

/** A repository as GitHub writes it: `owner/name`. */
export class GithubRepository {
  readonly owner: string;
  readonly name: string;

  constructor(readonly fullName: string) {
    const [owner = "", name = ""] = fullName.split("/");
    this.owner = owner;
    this.name = name;
  }

  validate(faults: Faults): void {
    if (/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(this.fullName)) return;
    faults.add("repository", `must be owner/name, got ${JSON.stringify(this.fullName)}`, "as in abhi10/chitram");
  }
}

/** An environment's name, in one line: GitHub tells two apart by more than the case of their letters. */
export function validateEnvironmentName(faults: Faults, path: string, name: string): void {
  if (name.trim() !== "" && name.length <= 255 && !/\p{Cc}/u.test(name)) return;
  faults.add(path, `must have 1-255 characters in one line, got ${JSON.stringify(name)}`, "as in production");
}

/** Names of secrets or variables. https://docs.github.com/en/actions/reference/secrets-reference#naming-your-secrets */
export function validateNames(faults: Faults, path: string, names: readonly string[]): void {
  for (const name of new Set(names)) {
    const remedy = remedyFor(name);
    if (remedy !== null) faults.add(path, `${JSON.stringify(name)} is no name for it`, remedy);
  }
}

/** Names that are together in one place: each once, and no more than GitHub keeps. */
export function validateTogether(faults: Faults, path: string, names: readonly string[], most: number): void {
  for (const name of new Set(names.filter((other, index) => names.indexOf(other) !== index))) {
    faults.add(path, `two have the name ${name}`, "give each its own");
  }
  if (names.length > most) faults.add(path, `must be ${most} at most in one place, got ${names.length}`, "drop some");
}

/** A value that is known before Terraform runs. */
export function validateSize(faults: Faults, path: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (isLateBound(value) || bytes <= LARGEST_VALUE) return;
  faults.add(path, `must have 48 KB (${LARGEST_VALUE} bytes) at most, got ${bytes}`, "keep it in a file or a bucket");
}

function remedyFor(name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "GitHub takes letters, digits and _, no digit at the start";
  if (/^GITHUB_/i.test(name)) return "GitHub keeps what begins with GITHUB_ to itself: begin it with another word";
  if (name !== name.toUpperCase()) return `GitHub keeps names in capitals: write ${name.toUpperCase()}`;
  return null;
}
