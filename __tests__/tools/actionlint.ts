import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";

/** actionlint as the rehearsal builds it. @throws with the remedy where there is none */
function actionlintBinary(): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "cdktf-single-host", "components");
  const built = (existsSync(cache) ? readdirSync(cache) : [])
    .filter((name) => name.startsWith("actionlint-") && !name.endsWith(".unfinished"))
    .map((name) => join(cache, name, "actionlint"))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const found = process.env.ACTIONLINT ?? built[0];
  if (found === undefined) {
    throw new Error(`no actionlint in ${cache}: \`npm run rehearse\` builds it, or set ACTIONLINT to one of 1.7`);
  }
  return found;
}

/** What actionlint, with shellcheck for the scripts, has against workflows; nothing is the empty text. */
export function complaints(files: Readonly<Record<string, string>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), "workflows-")), ".github", "workflows");
  mkdirSync(folder, { recursive: true });
  const paths = Object.entries(files).map(([path, text]) => {
    const file = join(folder, basename(path));
    writeFileSync(file, text);
    return file;
  });
  try {
    return execFileSync(actionlintBinary(), ["-no-color", "-shellcheck", "shellcheck", ...paths], { encoding: "utf8" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}`;
  }
}
