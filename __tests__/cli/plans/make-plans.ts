/**
 * Makes the plans beside this file with a real terraform and the real providers, without any cloud:
 *
 *     TF_CLI_CONFIG_FILE=mirror.tfrc npx tsx __tests__/cli/plans/make-plans.ts
 *
 * What a cloud would have created is written into the state, and plans are made with -refresh=false;
 * what is created without a cloud (secrets, keys, terraform_data) is applied for real. Then private
 * keys and what no test reads is taken out.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cases, header, type PlanCase } from "./cases";

const sources = {
  digitalocean: "digitalocean/digitalocean",
  github: "integrations/github",
  hcloud: "hetznercloud/hcloud",
  minio: "aminueza/minio",
};

for (const plan of cases) {
  if (process.argv.length > 2 && !process.argv.includes(plan.name)) continue;
  writeFileSync(join(__dirname, `${plan.name}.golden.json`), `${JSON.stringify(clean(make(plan)), undefined, 1)}\n`);
  console.log(plan.name);
}

function make(plan: PlanCase): unknown {
  const folder = mkdtempSync(join(tmpdir(), "plan-"));
  const terraform = (...args: string[]) => {
    return execFileSync("terraform", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  };
  const configure = (text: string) => writeFileSync(join(folder, "main.tf"), header + text);
  const isSimulated = (type: string) => /^(digitalocean|github|hcloud|minio)_/.test(type);
  try {
    configure(plan.before);
    terraform("init", "-input=false");
    if (plan.before !== "") {
      const names = [...plan.before.matchAll(/^resource "(\w+)" "(\w+)"/gm)];
      const targets = names
        .filter(([, type]) => !isSimulated(type ?? ""))
        .map(([, type, name]) => `-target=${type}.${name}`);
      if (targets.length > 0) terraform("apply", "-auto-approve", "-input=false", ...targets);
      inject(join(folder, "terraform.tfstate"), plan.existing ?? []);
      for (const address of plan.taint ?? []) terraform("taint", address);
    }
    configure(plan.after);
    terraform("init", "-input=false");
    const options = ["-input=false", "-out=it", ...(plan.options ?? [])];
    if (plan.cloudLostIt) withEmptyCloud(() => terraform("plan", ...options));
    else terraform("plan", "-refresh=false", ...options);
    return JSON.parse(terraform("show", "-json", "it"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A cloud that answers 404 to everything, in a process of its own: this one waits for terraform. */
function withEmptyCloud(action: () => void): void {
  const port = 18765;
  const answer = '(request, response) => response.writeHead(404).end(\'{"id":"not_found"}\')';
  const server = spawn(process.execPath, [
    "-e",
    `require("node:http").createServer(${answer}).listen(${port}, "127.0.0.1")`,
  ]);
  process.env.DIGITALOCEAN_API_URL = `http://127.0.0.1:${port}`;
  try {
    execFileSync("sleep", ["1"]);
    action();
  } finally {
    server.kill();
  }
}

function inject(path: string, existing: NonNullable<PlanCase["existing"]>): void {
  let state = {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "plans",
    outputs: {},
    resources: [] as object[],
  };
  try {
    state = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Nothing was applied.
  }
  for (const { type, name, attributes, deposed } of existing) {
    const provider = `provider["registry.terraform.io/${sources[type.split("_")[0] as keyof typeof sources]}"]`;
    const instances = [
      { schema_version: type.endsWith("_droplet") ? 1 : 0, attributes, ...(deposed ? { deposed } : {}) },
    ];
    state.resources.push({ mode: "managed", type, name, provider, instances });
  }
  state.serial += 1;
  writeFileSync(path, JSON.stringify(state));
}

function clean(plan: unknown): unknown {
  const kept = plan as Record<string, unknown>;
  for (const key of ["configuration", "timestamp", "checks", "relevant_attributes", "variables"]) delete kept[key];
  return JSON.parse(
    JSON.stringify(kept, (_, value) => {
      return typeof value === "string" && value.includes("PRIVATE KEY") ? "taken out: a private key" : value;
    }),
  );
}
