import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Scripts of scripts/, one after the other, as a step runs them: shellcheck has read each file, and no value is written into
 * them.
 */
export function script(...names: readonly string[]): string {
  return `set -u\n${names.map(bodyOf).join("\n")}`;
}

/** The runner starts bash with the other options: `shell: bash`. */
function bodyOf(name: string): string {
  const text = readFileSync(join(__dirname, "scripts", `${name}.sh`), "utf8");
  return text.replace(/^#!.*\n/, "").replace(/^set -euo pipefail\n/m, "");
}
