/**
 * A repository wired by the real provider: environments of two hosts, protected by people, teams and branches; secrets that
 * Terraform cannot read; a repository that is renamed; and whatever GitHub would refuse, said before a server is made.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { Testing } from "cdktf";
import sodium from "libsodium-wrappers";
import { Duration, GithubDeployWiring, SealedSecret, Secret, SingleHost, SingleHostStack } from "../../../constructs";
import type { GithubDeployWiringProps } from "../../../constructs/github-deploy-wiring-props";
import { leastProps } from "../../constructs/fixture";
import { ProviderRun } from "./provider-run";

jest.setTimeout(10 * 60 * 1000);

const odd = 'a "quote", a\nnewline, $$, ${x} %{y}, `tick`, ${{ z }}, ü';
const source = mkdtempSync(join(tmpdir(), "wiring-"));
const run = new ProviderRun({ ODD: odd }, source);

type Props = Partial<GithubDeployWiringProps>;

/** What Terraform reads: a host wired for releases as `beta`, and another one as `prod` where it is asked for. */
function write(folder: string, props: Props, prod?: Props): string[] {
  const stack = new SingleHostStack(Testing.app(), "beta", leastProps());
  // which waits a second after each call that writes, unless told otherwise
  new GithubProvider(stack, "quick", { owner: "abhi10", writeDelayMs: 1 });
  const wire = (host: SingleHost, environment: string, more: Props): void => {
    new GithubDeployWiring(host, "github", { host, repository: "abhi10/chitram", environment, ...more });
  };
  wire(stack.host, "beta", props);
  if (prod !== undefined) wire(new SingleHost(stack, "prod", leastProps()), "prod", prod);
  const text = Testing.synth(stack, true);
  writeFileSync(join(folder, "cdk.tf.json"), text);
  const { resource, data } = JSON.parse(text);
  const names = (blocks: object, prefix: string): string[] =>
    Object.entries(blocks).flatMap(([type, named]) => Object.keys(named).map((name) => `${prefix}${type}.${name}`));
  // What is done over SSH stays out: nothing has booted here.
  const own = [...names(resource, ""), ...names(data, "data.")].filter((name) => /^(data\.)?github_/.test(name));
  return own.map((name) => `-target=${name}`);
}

beforeAll(async () => {
  write(source, PROTECTED, {});
  await run.start();
  await setRepository({ type: "Organization", teams: { ops: 4242 }, collaborators: { ann: "read", eve: "none" } });
});
afterAll(async () => {
  await run.stop();
  rmSync(source, { recursive: true, force: true });
});

const setRepository = (settings: object, repository = "abhi10/chitram") =>
  run.control("PATCH", `/github/repository?repository=${repository}`, settings);
const token = (text: string, may: object) => run.control("POST", "/github/tokens", { token: text, ...may });
const apply = (targets: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  run.terraform(["apply", "-auto-approve", ...targets], { environment });
/** Terraform's message in one line, without the frame that it draws around it. */
const said = (output: string) => output.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");

const PROTECTED: Props = {
  reviewers: ["ann", "team:ops"],
  preventSelfReview: true,
  branches: ["main", "release/*"],
  waitTimer: Duration.minutes(10),
  secrets: { ODD: Secret.given() },
  variables: { ODD: odd },
  repositorySecrets: { SHARED: Secret.given({ variable: "ODD" }) },
  repositoryVariables: { COLOUR: "blue" },
  infrastructure: { reviewers: ["ann"] },
};

describe("two hosts and one repository", () => {
  it("are wired, and a second plan has nothing to do", async () => {
    const targets = write(run.place, PROTECTED, {});
    await apply(targets);
    const [repository] = (await run.control("GET", "/state")).github;
    const { beta, prod, infrastructure } = repository.environments;
    expect(beta).toMatchObject({
      wait_timer: 10,
      prevent_self_review: true,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    expect(beta.reviewers).toHaveLength(2);
    expect(beta.reviewers).toContainEqual({ type: "Team", id: 4242 });
    const branches = (environment: typeof beta) =>
      environment.branch_policies.map((policy: { name: string }) => policy.name).sort();
    expect(branches(beta)).toEqual(["main", "release/*"]);
    expect(branches(prod)).toEqual(["main"]);
    expect(branches(infrastructure)).toEqual(["main", "refs/pull/*/merge"]);
    expect(beta.secrets.ODD.value).toBe(odd);
    expect(beta.variables.ODD.value).toBe(odd);
    expect(prod.secrets.DEPLOY_SSH_KEY.value).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect(prod.secrets.DEPLOY_SSH_KEY.value).not.toBe(beta.secrets.DEPLOY_SSH_KEY.value);
    expect(repository.secrets.SHARED.value).toBe(odd);
    expect(repository.variables.COLOUR.value).toBe("blue");
    expect((await run.plan(...targets)).output).toContain("No changes.");
  });

  it("let go of each other: one's environment goes, the other's stays", async () => {
    const targets = write(run.place, { ...PROTECTED, branches: ["main"], reviewers: ["ann"] });
    const { output } = await apply([...targets, "-target=github_repository_environment.prod_github_environment"]);
    expect(output).toMatch(/Apply complete! Resources: 0 added, 1 changed, \d+ destroyed/);
    const [repository] = (await run.control("GET", "/state")).github;
    expect(Object.keys(repository.environments).sort()).toEqual(["beta", "infrastructure"]);
    expect(repository.environments.beta.reviewers).toHaveLength(1);
    expect((await run.plan(...targets)).output).toContain("No changes.");
  });
});

it("what is sealed before is opened by GitHub alone; what is given is in the state", async () => {
  const { publicKey } = (await run.control("GET", "/state")).github[0].environments.beta.key;
  await sodium.ready;
  const sealed = Buffer.from(sodium.crypto_box_seal("hunter2 in the dark", Buffer.from(publicKey, "base64")));
  const secrets = { ODD: Secret.given(), HIDDEN: SealedSecret.fromText(sealed.toString("base64")) };
  const targets = write(run.place, { ...PROTECTED, branches: ["main"], reviewers: ["ann"], secrets });
  await apply(targets);
  expect((await run.control("GET", "/github/secrets?repository=abhi10/chitram")).beta.HIDDEN).toBe(
    "hunter2 in the dark",
  );
  const state = readFileSync(join(run.place, "terraform.tfstate"), "utf8");
  expect(state).not.toContain("hunter2");
  expect(state).toContain(JSON.stringify(odd).slice(1, -1));
  expect((await run.plan(...targets)).output).toContain("No changes.");
  // sealed for somebody else: GitHub cannot open it, and says so
  const other = sodium.crypto_box_keypair().publicKey;
  const wrong = Buffer.from(sodium.crypto_box_seal("x".repeat(20), other)).toString("base64");
  const misled = write(run.place, { ...PROTECTED, secrets: { HIDDEN: SealedSecret.fromText(wrong) } });
  const refused = await run.terraform(["apply", "-auto-approve", ...misled], { accept: [1] });
  expect(said(refused.output)).toContain("422 Improperly encrypted secret");
});

describe("what GitHub would refuse is said before anything is made", () => {
  /** With a state of its own. */
  const FIRST_DEPLOY = ["apply", "-auto-approve", "-state=first.tfstate"];
  /** Which calls of a run have changed something. */
  const writes = async (since: string) =>
    (await run.calls()).filter(({ method, time }) => method !== "GET" && time >= since).map(({ path }) => path);

  async function refused(props: Props, message: string, environment: NodeJS.ProcessEnv = {}): Promise<void> {
    const since = new Date().toISOString();
    write(run.place, props);
    const { output } = await run.terraform(FIRST_DEPLOY, { environment, accept: [1] });
    expect(said(output)).toContain(message);
    expect(await writes(since)).toEqual([]);
  }

  beforeAll(async () => {
    await token("narrow", { login: "abhi10", scopes: ["gist", "read:org"] });
    await token("helper", { login: "ann", scopes: ["repo"] });
    await token("fine", { login: "abhi10", permissions: { administration: "write" } });
    await token("old", { login: "abhi10", scopes: ["repo"], revoked: true });
    await token("rich", { login: "abhi10", scopes: ["repo", "admin:org"] });
    await run.control("POST", "/github/repositories", { repository: "abhi10/diary" });
    await setRepository({ private: true, plan: "free" }, "abhi10/diary");
    await run.control("POST", "/github/repositories", { repository: "abhi10/attic" });
    await setRepository({ archived: true }, "abhi10/attic");
  });

  it.each<[string, Props, string, string?]>([
    [
      "a repository that is not there",
      { repository: "abhi10/chitrm" },
      "repository: GitHub shows the token no abhi10/chitrm; correct the name, or take a token that may see it",
    ],
    ["a repository in the archive", { repository: "abhi10/attic" }, "repository: abhi10/attic is archived"],
    [
      "a token without the scope",
      {},
      "credentials: the token has the scopes gist, read:org, and to wire a repository needs repo; gh auth refresh --scopes repo",
      "narrow",
    ],
    [
      "somebody who is no administrator",
      {},
      "repository: whose token this is may not administer abhi10/chitram; take an administrator's",
      "helper",
    ],
    [
      "a fine-grained token without a permission",
      {},
      "/environments/beta/secrets: 403 Resource not accessible by personal access token",
      "fine",
    ],
    ["a token that was revoked", {}, "401 Bad credentials", "old"],
    ["a reviewer who is not there", { reviewers: ["bob"] }, "reviewers: bob is nobody who may read abhi10/chitram"],
    ["a team that is not there", { reviewers: ["team:qa"] }, "reviewers: GitHub shows the token no team qa of abhi10"],
    [
      "a private repository on GitHub Free",
      { repository: "abhi10/diary" },
      "environment: abhi10/diary is private, and GitHub Free has no environments there; make it public, take another plan, or write environment: false",
      "rich",
    ],
  ])("%s", (_what, props, message, GITHUB_TOKEN = "rehearsal") => refused(props, message, { GITHUB_TOKEN }));

  it("a value of more than 48 KB, which only Terraform knows", async () => {
    const secrets = { LONG: Secret.given() };
    const long = { TF_VAR_LONG: `${"x".repeat(48 * 1024 - 1)}ü` };
    await refused({ secrets }, "secrets/LONG: must have 48 KB (49152 bytes) at most", long);
    write(run.place, { secrets });
    const fits = await run.terraform(["plan", "-state=first.tfstate"], {
      environment: { TF_VAR_LONG: "x".repeat(48 * 1024) },
    });
    expect(fits.output).toContain("Plan:");
  });

  it("a plan of the owner that the token may not see: a warning, and GitHub's 404 before the server is made", async () => {
    const since = new Date().toISOString();
    write(run.place, { repository: "abhi10/diary" });
    const { output } = await run.terraform(FIRST_DEPLOY, { accept: [1] });
    expect(said(output)).toContain(
      "On GitHub Free it cannot have one: GitHub answers 404 then, before the server is made",
    );
    expect(said(output)).toContain("/environments/beta: 404 Not Found");
    const made = await writes(since);
    expect(made).toContain("/api/v3/repos/abhi10/diary/environments/beta");
    expect(made).not.toContain("/v2/droplets");
    write(run.place, { repository: "abhi10/diary", environment: false });
    expect((await run.terraform(["plan", "-state=first.tfstate"])).output).not.toContain("GitHub Free");
  });
});

describe("a private repository on GitHub Team", () => {
  const repository = "abhi10/ledger";
  const state = "-state=team.tfstate";
  const environment = { GITHUB_TOKEN: "rich" };
  beforeAll(async () => {
    await run.control("POST", "/github/repositories", { repository });
    await setRepository({ private: true, plan: "team" }, repository);
  });

  it("has environments and their branches", async () => {
    write(run.place, { repository });
    const targets = ["-target=github_repository_environment_deployment_policy.host_github_branch_default_branch"];
    await run.terraform(["apply", "-auto-approve", state, ...targets], { environment });
    expect((await run.plan(state, ...targets)).output).toContain("No changes.");
    const ledger = (await run.control("GET", "/state")).github.find(({ name }: { name: string }) => name === "ledger");
    expect(ledger.environments.beta.branch_policies).toMatchObject([{ name: "main" }]);
  });

  it("has no reviewers there", async () => {
    write(run.place, { repository, reviewers: ["abhi10"] });
    const told = await run.terraform(["plan", state], { environment, accept: [1] });
    expect(said(told.output)).toContain(
      "reviewers: abhi10/ledger is private, and only GitHub Enterprise has reviewers and wait timers there; leave them out",
    );
    // a token that may not see the plan: GitHub says it, before the server is made
    const refused = await run.terraform(["apply", "-auto-approve", state], { accept: [1] });
    expect(said(refused.output)).toContain("422 Failed to create the environment protection rule");
    expect(refused.output).not.toContain("digitalocean_droplet.host_server: Creating");
  });
});

describe("a repository that was renamed", () => {
  it("is refused by its former name, and is the same repository by the new one", async () => {
    const props: Props = { ...PROTECTED, branches: ["main"], reviewers: ["ann"] };
    const before = (await run.control("GET", "/state")).github[0].environments.beta.secrets.DEPLOY_SSH_KEY.value;
    await run.control("POST", "/github/rename", { from: "abhi10/chitram", to: "abhi10/gallery" });
    const former = await run.terraform(["plan", ...write(run.place, props)], { accept: [1] });
    expect(said(former.output)).toContain(
      "repository: abhi10/chitram is called abhi10/gallery now; write that, and nothing is made anew",
    );
    const targets = write(run.place, { ...props, repository: "abhi10/gallery" });
    const { output } = await apply(targets);
    expect(output).toMatch(/Apply complete! Resources: 0 added, \d+ changed, [01] destroyed/);
    const { beta } = await run.control("GET", "/github/secrets?repository=abhi10/gallery");
    expect(beta.DEPLOY_SSH_KEY).toBe(before);
    expect((await run.plan(...targets)).output).toContain("No changes.");
  });

  it("leaves nothing behind on GitHub when it is let go, though a reviewer has left before", async () => {
    await setRepository({ private: true, collaborators: {} }, "abhi10/gallery");
    write(run.place, { ...PROTECTED, repository: "abhi10/gallery" });
    const environments = ["github_environment", "github_infrastructure"];
    await run.terraform([
      "destroy",
      "-auto-approve",
      ...environments.map((name) => `-target=github_repository_environment.host_${name}`),
    ]);
    const gallery = (await run.control("GET", "/state")).github.find(
      ({ name }: { name: string }) => name === "gallery",
    );
    expect(gallery.environments).toEqual({});
  });

  it("made no call that the simulator does not know", async () => {
    expect((await run.calls()).filter((call) => call.unknown)).toEqual([]);
  });
});
