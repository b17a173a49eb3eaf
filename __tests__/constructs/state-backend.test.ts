import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, Testing } from "cdktf";
import { RemoteState, SingleHostStack } from "../../constructs";
import { leastProps, refusal, synthesized } from "./fixture";

const state = RemoteState.spaces({ bucket: "our-state", region: "fra1" });
const before = { ...process.env };
const project = process.cwd();
let folder: string;

/** As cdktf runs an app: in its folder, with its environment. */
function byCommandLine(environment: NodeJS.ProcessEnv = {}): void {
  const key = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret", DIGITALOCEAN_TOKEN: "token" };
  process.env = { ...before, CDKTF_OUTDIR: join(folder, "cdktf.out"), ...key, ...environment };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-"));
  process.chdir(folder);
  delete process.env.CDKTF_OUTDIR;
});

afterEach(() => {
  process.chdir(project);
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});

const stackWith = (more: object = {}) =>
  new SingleHostStack(Testing.app(), "beta", { ...leastProps(), state, ...more });

test("a stack's state is where it says, and locked", () => {
  expect(synthesized(stackWith()).terraform.backend.s3).toMatchObject({
    bucket: "our-state",
    key: "beta.tfstate",
    endpoints: { s3: "https://fra1.digitaloceanspaces.com" },
    skip_s3_checksum: true,
    use_lockfile: true,
  });
});

test("without one, it is where cdktf keeps it", () => {
  expect(synthesized(stackWith({ state: undefined })).terraform.backend).toBeUndefined();
});

test("two backends are one too many", () => {
  const stack = stackWith();
  new LocalBackend(stack, {});
  expect(refusal(stack)).toContain("state: the stack has another backend; keep one of them");
});

test("an engine that can not lock is not told to, and that is said", () => {
  const program = join(folder, "terraform-1.9");
  writeFileSync(program, "#!/bin/sh\necho 'Terraform v1.9.8'\n", { mode: 0o755 });
  byCommandLine({ TERRAFORM_BINARY_NAME: program });
  const stack = stackWith();
  const warnings = stack.node.findAll().flatMap(({ node }) => node.metadata.map(({ data }) => String(data)));
  expect(warnings.join("\n")).toMatch(/Terraform 1\.9\.8 can not lock a state in a bucket \(1\.10 can\)/);
  expect(synthesized(stack).terraform.backend.s3.use_lockfile).toBeUndefined();
});

describe("what a laptop has deployed", () => {
  const local = (resources: unknown) => writeFileSync("terraform.beta.tfstate", JSON.stringify({ resources }));

  test("is not forgotten beside an empty bucket", () => {
    byCommandLine();
    local([{ type: "random_id" }]);
    expect(refusal(stackWith())).toEqual([
      "state: terraform.beta.tfstate holds what was deployed until now; `npx single-host state create beta` moves it into the bucket",
    ]);
    byCommandLine({ SINGLE_HOST_MOVING_STATE: "beta" });
    expect(refusal(stackWith())).toEqual([]);
  });

  test("does not hinder when it was nothing", () => {
    byCommandLine();
    local([]);
    expect(refusal(stackWith())).toEqual([]);
  });

  test("is no matter of tests and editors", () => {
    local([{ type: "random_id" }]);
    expect(refusal(stackWith())).toEqual([]);
  });
});

describe("locks of providers in the repository", () => {
  const locked = (text: string) => {
    mkdirSync("provider-locks");
    writeFileSync("provider-locks/beta.terraform.lock.hcl", text);
    const program = join(folder, "terraform");
    writeFileSync(program, "#!/bin/sh\necho 'Terraform v1.11.4'\n", { mode: 0o755 });
    byCommandLine({ TERRAFORM_BINARY_NAME: program });
    const app = new App();
    new SingleHostStack(app, "beta", leastProps());
    app.synth();
    return readFileSync("cdktf.out/stacks/beta/.terraform.lock.hcl", "utf8");
  };
  const block = (source: string) => `provider "registry.terraform.io/${source}" {\n  version = "1.0.0"\n}\n`;

  test("are where Terraform looks for them", () => {
    const text = ["digitalocean/digitalocean", "hashicorp/random", "hashicorp/tls"].map(block).join("\n");
    expect(locked(text)).toBe(text);
    expect(readFileSync("cdktf.out/manifest.json", "utf8")).not.toContain("does not lock");
  });

  test("that lack a provider say so", () => {
    locked(block("hashicorp/tls"));
    expect(readFileSync("cdktf.out/manifest.json", "utf8")).toMatch(
      /beta\.terraform\.lock\.hcl does not lock digitalocean\/digitalocean.*: `npx single-host lock beta` adds what is missing/,
    );
  });
});
