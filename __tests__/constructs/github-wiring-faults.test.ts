import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { Testing } from "cdktf";
import { Duration, GithubDeployWiring, SealedSecret, Secret, SshKey } from "../../constructs";
import type { GithubDeployWiringProps } from "../../constructs/github-deploy-wiring-props";
import { ADMIN, leastStack, refusal } from "./fixture";

/** What is said of props, on a stack with nothing else wrong. */
function faultsOf(props: Partial<GithubDeployWiringProps>): string[] {
  const stack = leastStack();
  new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram", ...props });
  return refusal(stack);
}

describe("names, values and protections that GitHub refuses", () => {
  test("every fault of a wiring comes in one message", () => {
    expect(
      faultsOf({
        repository: "https://github.com/abhi10/chitram",
        environment: "",
        secretNames: { host: "GITHUB_HOST", user: "SAME", key: "SAME" },
        secrets: { sentry_dsn: Secret.given(), "1ST": Secret.given(), SAME: Secret.given() },
        variables: { "NOT-A-NAME": "x", SITE_URL: "y" },
        reviewers: ["ann", "ann", "team:", "no body"],
        branches: ["main", "main", " "],
        waitTimer: Duration.days(31),
      }),
    ).toEqual([
      'repository: must be owner/name, got "https://github.com/abhi10/chitram"; as in abhi10/chitram',
      'environment: must have 1-255 characters in one line, got ""; as in production',
      'reviewers: "team:" is nobody on GitHub; write a login, or a team\'s short name as "team:ops"',
      'reviewers: "no body" is nobody on GitHub; write a login, or a team\'s short name as "team:ops"',
      'reviewers: "ann" is there twice; keep one of them',
      "branches: one of them is empty; name it, or leave it out",
      'branches: "main" is there twice; keep one of them',
      "waitTimer: must be 1 minute to 30 days in whole minutes, got 2678400 s; as in Duration.minutes(10)",
      'secretNames: "GITHUB_HOST" is no name for it; GitHub keeps what begins with GITHUB_ to itself: begin it with another word',
      'secrets: "sentry_dsn" is no name for it; GitHub keeps names in capitals: write SENTRY_DSN',
      'secrets: "1ST" is no name for it; GitHub takes letters, digits and _, no digit at the start',
      'variables: "NOT-A-NAME" is no name for it; GitHub takes letters, digits and _, no digit at the start',
      "secrets: two have the name SAME; give each its own",
      "variables: two have the name SITE_URL; give each its own",
    ]);
  });

  test("values of more than 48 KB, counted in bytes", () => {
    const fits = "x".repeat(48 * 1024);
    expect(faultsOf({ variables: { FITS: fits } })).toEqual([]);
    const sealed = (length: number) => SealedSecret.fromText(Buffer.alloc(length).toString("base64"));
    expect(faultsOf({ secrets: { FITS: sealed(48 * 1024 + 48) } })).toEqual([]);
    expect(faultsOf({ variables: { LONG: `${fits.slice(1)}ü` }, secrets: { LONG: sealed(48 * 1024 + 49) } })).toEqual([
      "variables/LONG: must have 48 KB (49152 bytes) at most, got 49153; keep it in a file or a bucket",
      "secrets/LONG: must have 48 KB (49152 bytes) at most, got 49153; keep it in a file or a bucket",
    ]);
  });

  test("more secrets and variables than GitHub keeps in one place", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, number) => [`N${number}`, "x"]));
    expect(faultsOf({ variables: many(99) })).toEqual([]);
    expect(faultsOf({ variables: many(100) })).toEqual([
      "variables: must be 100 at most in one place, got 101; drop some",
    ]);
    expect(faultsOf({ repositoryVariables: many(500) })).toEqual([]);
    expect(faultsOf({ repositoryVariables: many(501) })).toEqual([
      "repositoryVariables: must be 500 at most in one place, got 501; drop some",
    ]);
  });

  test("secrets that are no secrets, or that come from nowhere", () => {
    const seal = "gh secret set TORN --repo abhi10/chitram --env 'beta' --no-store";
    expect(
      faultsOf({
        secrets: {
          WRITTEN: "hunter2",
          DRAWN: Secret.generated(),
          FOREIGN: Secret.sameAs("NOBODYS"),
          TORN: SealedSecret.fromText("hunter2"),
          LOST: SealedSecret.fromFile("keys/lost.sealed"),
        },
      }),
    ).toEqual([
      "secrets/WRITTEN: is written in the code, where no secret belongs; write Secret.given(), and export TF_VAR_WRITTEN before a deploy",
      'secrets/DRAWN: cannot be generated here; make it a secret of the host, in a SecretsBundle, and write Secret.sameAs("DRAWN") here',
      "secrets/FOREIGN: refers to NOBODYS, which is no secret of this host; known are none",
      `secrets/TORN: the text is no sealed value; seal it: ${seal}`,
      `secrets/LOST: keys/lost.sealed cannot be read: there is no such file; ${seal.replace("TORN", "LOST")} > keys/lost.sealed`,
    ]);
  });

  test("a key whose halves are missing or exchanged", () => {
    const releaseKey = { publicKey: SshKey.existing("admin"), privateKey: SealedSecret.fromText("x") };
    expect(faultsOf({ releaseKey })).toEqual([
      "releaseKey/publicKey: is a key of the cloud's account, whose text is not known; give its file",
      "releaseKey/privateKey: the text is no sealed value; seal it: gh secret set DEPLOY_SSH_KEY --repo abhi10/chitram --env 'beta' --no-store",
    ]);
  });

  test("what protects an environment where there is none", () => {
    expect(faultsOf({ environment: false, reviewers: ["ann"], branches: "any" })).toEqual([
      "reviewers: protects an environment, and there is none; name one: environment",
      "branches: protects an environment, and there is none; name one: environment",
    ]);
    expect(faultsOf({ preventSelfReview: true, reviewers: [], branches: [] })).toEqual([
      "preventSelfReview: is true, and there are no reviewers; name them: reviewers",
      'branches: must name one at least, got none; or write "any"',
    ]);
    expect(faultsOf({ infrastructure: { reviewers: ["a", "b", "c", "d", "e", "f", "g"] } })).toEqual([
      "infrastructure/reviewers: must be 6 at most, got 7; name a team",
    ]);
    const plan = { environment: "Infrastructure", preventSelfReview: true, secrets: { written: "hunter2" } };
    expect(faultsOf({ infrastructure: { plan } })).toEqual([
      "infrastructure/plan/preventSelfReview: is true, and there are no reviewers; name them: reviewers",
      'infrastructure/plan/secrets: "written" is no name for it; GitHub keeps names in capitals: write WRITTEN',
      "infrastructure/plan/secrets/written: is written in the code, where no secret belongs; write Secret.given(), and export TF_VAR_written before a deploy",
      "infrastructure/plan/environment: the environment infrastructure of abhi10/chitram belongs to infrastructure/environment; keep it in one of them",
    ]);
  });
});

describe("one owner of each thing on GitHub", () => {
  test("two constructs, of one stack or two, do not have the same environment or secret", () => {
    const app = Testing.app();
    const beta = leastStack({}, app);
    const prod = leastStack({}, app, "prod");
    const wire = (stack: typeof beta, props: Partial<GithubDeployWiringProps>) =>
      new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram", ...props });
    const shared = { infrastructure: {}, repositorySecrets: { SHARED: Secret.given() } };
    wire(beta, shared);
    wire(prod, { ...shared, repository: "Abhi10/Chitram", environment: "Beta" });
    expect(refusal(beta)).toEqual([]);
    expect(refusal(prod)).toEqual([
      "environment: the environment beta of abhi10/chitram belongs to beta/github, at environment; keep it in one of them",
      "repositorySecrets/SHARED: the secret SHARED of abhi10/chitram belongs to beta/github, at repositorySecrets/SHARED; keep it in one of them",
      "infrastructure/environment: the environment infrastructure of abhi10/chitram belongs to beta/github, at infrastructure/environment; keep it in one of them",
    ]);
  });

  test("two hosts without environments need secrets of different names", () => {
    const app = Testing.app();
    const [beta, prod] = [leastStack({}, app), leastStack({}, app, "prod")];
    const props = { repository: "abhi10/chitram", environment: false } as const;
    new GithubDeployWiring(beta, "github", { host: beta.host, ...props });
    new GithubDeployWiring(prod, "github", { host: prod.host, ...props });
    expect(refusal(prod)[0]).toBe(
      "secretNames/DEPLOY_HOST: the secret DEPLOY_HOST of abhi10/chitram belongs to beta/github, at secretNames/DEPLOY_HOST; keep it in one of them",
    );
  });

  test("an environment for releases is none for cdktf", () => {
    expect(faultsOf({ environment: "one", infrastructure: { environment: "One" } })).toEqual([
      "infrastructure/environment: the environment one of abhi10/chitram belongs to environment; keep it in one of them",
    ]);
  });
});

describe("whom the provider speaks for", () => {
  test("a provider of somebody else's would write into their repository", () => {
    const stack = leastStack();
    new GithubProvider(stack, "own", { owner: "bob" });
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram" });
    expect(refusal(stack)).toEqual([
      'repository: belongs to abhi10, and the stack\'s GitHub provider speaks for bob; give it owner: "abhi10"',
    ]);
  });

  test("a deploy is not begun without a token, nor with another owner in the environment", () => {
    const { GITHUB_TOKEN, GITHUB_OWNER, CDKTF_OUTDIR, DIGITALOCEAN_TOKEN } = process.env;
    const before = { GITHUB_TOKEN, GITHUB_OWNER, CDKTF_OUTDIR, DIGITALOCEAN_TOKEN };
    try {
      Object.assign(process.env, { GITHUB_OWNER: "bob", CDKTF_OUTDIR: "out", DIGITALOCEAN_TOKEN: "x" });
      delete process.env.GITHUB_TOKEN;
      expect(faultsOf({ releaseKey: { publicKey: SshKey.fromText(ADMIN), privateKey: SEALED } })).toEqual([
        'credentials: GITHUB_TOKEN is not set; export one that may administer the repository, such as GITHUB_TOKEN="$(gh auth token)"',
        'credentials: GITHUB_OWNER is "bob", which Terraform\'s provider takes in place of abhi10; unset GITHUB_OWNER',
      ]);
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

const SEALED = SealedSecret.fromText(Buffer.alloc(60, 7).toString("base64"));
