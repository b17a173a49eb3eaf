// After tsc: puts beside the compiled code what is not TypeScript, and makes the package's subpaths real files, so that
// module resolution older than `exports` finds them.
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const host = join(root, "dist", "cloud-init", "host");
const leftovers = /(^|\/)(__pycache__|\.mypy_cache|\.ruff_cache|\.pytest_cache)(\/|$)|\.pyc$/;

rmSync(host, { recursive: true, force: true });
cpSync(join(root, "cloud-init", "host"), host, { recursive: true, filter: (path) => !leftovers.test(path) });

// Steps of workflows are files, so that shellcheck reads them.
const scripts = join("constructs", "workflows", "scripts");
rmSync(join(root, "dist", scripts), { recursive: true, force: true });
cpSync(join(root, scripts), join(root, "dist", scripts), { recursive: true });

// The index of generated bindings is written as it is published: each resource loads when it is first used.
const bindings = join("constructs", "clouds", "hetzner", "bindings");
for (const provider of readdirSync(join(root, bindings))) {
  for (const file of ["index.js", "index.d.ts"]) {
    cpSync(join(root, bindings, provider, file), join(root, "dist", bindings, provider, file));
  }
}

for (const [name, entry] of [
  ["digitalocean", "./dist/constructs/clouds/digitalocean"],
  ["hetzner", "./dist/constructs/clouds/hetzner"],
  ["testing", "./dist/constructs/testing"],
]) {
  writeFileSync(join(root, `${name}.js`), requiring(name, entry));
  writeFileSync(join(root, `${name}.d.ts`), `export * from "${entry}";\n`);
}

/** DigitalOcean's provider is an optional peer: whoever has not installed it is told so. */
function requiring(name, entry) {
  const load = `module.exports = require("${entry}");\n`;
  if (name !== "digitalocean") return load;
  const peer = "@cdktf/provider-digitalocean";
  return `try {
  ${load}} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND" || !error.message.includes("${peer}")) throw error;
  throw new Error("cdktf-single-host/${name}: needs ${peer}, which is not installed; npm install ${peer}");
}
`;
}
