import { existsSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Caddy 2.10 as the rehearsal builds it. @throws with the remedy where there is none */
export function caddyBinary(): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "cdktf-single-host", "components");
  const built = (existsSync(cache) ? readdirSync(cache) : [])
    .filter((name) => name.startsWith("caddy-") && !name.endsWith(".unfinished"))
    .map((name) => join(cache, name, "caddy"))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const found = process.env.CADDY ?? built[0];
  if (found === undefined) {
    throw new Error(`no caddy in ${cache}: \`npm run rehearse\` builds it, or set CADDY to a caddy of 2.10`);
  }
  return found;
}

/** A folder with the Caddyfile and files beside it. Its log goes there too: /var/log may not be ours. */
export function caddyFolder(caddyfile: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "caddy-"));
  writeFileSync(join(folder, "Caddyfile"), caddyfile.replaceAll("/var/log/caddy", folder));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name.replaceAll("/", "-")), text);
  }
  return folder;
}
