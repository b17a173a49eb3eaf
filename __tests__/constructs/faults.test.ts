import { DigitaloceanProvider } from "@cdktf/provider-digitalocean/lib/provider";
import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { Testing } from "cdktf";
import {
  BackupBucket,
  ComposeApp,
  Domain,
  GithubDeployWiring,
  Secret,
  SecretsBundle,
  SingleHostStack,
  Site,
  SshKey,
} from "../../constructs";
import { droplet, dropletSizes } from "../../constructs/clouds/digitalocean";
import { hetznerServer } from "../../constructs/clouds/hetzner";
import { HcloudProvider } from "../../constructs/clouds/hetzner/bindings/hcloud/provider";
import { COMPOSE, leastProps, leastStack, refusal } from "./fixture";

const credentials = [
  "CDKTF_OUTDIR",
  "DIGITALOCEAN_TOKEN",
  "DIGITALOCEAN_ACCESS_TOKEN",
  "HCLOUD_TOKEN",
  "GITHUB_TOKEN",
  "GITHUB_APP_ID",
  "SPACES_ACCESS_KEY_ID",
  "SPACES_SECRET_ACCESS_KEY",
];
const before = { ...process.env };

beforeEach(() => {
  for (const name of credentials) delete process.env[name];
});

afterAll(() => {
  process.env = before;
});

describe("what is wrong with a stack", () => {
  test("is told in one message: path, value, remedy", () => {
    const stack = leastStack({
      name: "beta_one",
      server: droplet("s-3vcpu-3gb" as never, { region: "mars1" as never, image: "windows-95" as never }),
      admins: [],
      domains: [Domain.create("https://site.example")],
      sites: [Site.at("site.example", { service: "web", port: 8080 })],
      monthlyBudget: -1,
    });
    expect(refusal(stack)).toEqual([
      'admins: must name at least one key, got none; add SshKey.fromFile("keys/admin.pub")',
      'domains/0: must be a domain, got "https://site.example"; write it bare, as in chitram.example',
      "monthlyBudget: must be an amount of money, got -1",
      `server/size: is unknown, got "s-3vcpu-3gb"; choose one of ${Object.keys(dropletSizes).join(", ")}`,
      'server/region: is unknown, got "mars1"; choose one of ams3, atl1, blr1, fra1, lon1, nyc1, nyc2, nyc3, sfo2, sfo3, sgp1, syd1, tor1',
      'server/image: is unknown, got "windows-95"; choose one of debian-13-x64, ubuntu-24-04-x64',
      'name: is no name of a droplet, got "beta_one"; DigitalOcean takes 1-63 of a-z, A-Z, 0-9, . and -, with a letter or digit at both ends',
    ]);
  });

  test("knows one cloud's size on the other's factory", () => {
    const remedy = `write hetznerServer("cx33", ...) from cdktf-single-host/hetzner, or choose one of`;
    expect(refusal(leastStack({ server: droplet("cx33" as never, { region: "fra1" }) }))).toEqual([
      `server/size: is a size of Hetzner, got "cx33"; ${remedy} ${Object.keys(dropletSizes).join(", ")}`,
    ]);
  });

  test("includes what is wrong with the application, its sites and its keys", () => {
    const lines = refusal(
      leastStack({
        admins: [SshKey.fromFile("nowhere.pub")],
        app: ComposeApp.fromFile("nowhere.yaml"),
        sites: [Site.at("https://site.example", { service: "web", port: 70_000 })],
      }),
    );
    expect(lines.map((line) => line.split(":")[0])).toEqual(expect.arrayContaining(["admins/0", "app"]));
    expect(lines.join("\n")).toContain("70000");
    expect(lines.join("\n")).toContain("https://site.example");
  });

  test("is told in one message by the app, too, whatever each construct resolves on the way", () => {
    // GIVEN faults in the host and in all that is attached to it
    const app = Testing.app();
    const stack = leastStack({ admins: [] }, app);
    const { host } = stack;
    const values = { TOKEN: Secret.template("{NOBODY}"), OTHER: Secret.sameAs("OTHER") };
    new SecretsBundle(stack, "secrets", { host, values });
    new BackupBucket(stack, "backups", { host, schedule: "3am" });
    new GithubDeployWiring(stack, "github", { host, repository: "nobody" });

    // WHEN
    let message = "";
    try {
      app.synth();
    } catch (error) {
      message = (error as Error).message;
    }

    // THEN
    for (const part of ["admins: ", "values/TOKEN: ", "values/OTHER: ", "schedule: ", "repository: "]) {
      expect(message).toContain(part);
    }
  });

  test("stands in place of the texts where nothing validates", () => {
    expect(Testing.synth(leastStack({ app: ComposeApp.fromFile("nowhere.yaml") }))).toMatch(
      /"user_data": "app\S*: .*nowhere\.yaml/,
    );
  });

  test("includes user data that the cloud would not take", () => {
    const content = `#cloud-config\n# ${"x".repeat(64 * 1024)}\n`;
    expect(refusal(leastStack({ extraCloudInit: [{ content }] }))).toEqual([
      expect.stringMatching(/^user data: must be at most 65536 bytes, got \d+; /),
    ]);
  });
});

describe("credentials", () => {
  function wiredStack() {
    const stack = leastStack();
    const { host } = stack;
    new BackupBucket(stack, "backups", { host });
    new GithubDeployWiring(stack, "github", { host, repository: "ann/site" });
    return stack;
  }

  test("are asked for when the command line synthesizes", () => {
    process.env.CDKTF_OUTDIR = "cdktf.out";
    const spaces = "export it: Spaces keys are made at https://cloud.digitalocean.com/spaces/access_keys";
    expect(refusal(wiredStack())).toEqual([
      "server: DIGITALOCEAN_TOKEN is not set; export it: tokens are made at https://cloud.digitalocean.com/account/api/tokens",
      `credentials: SPACES_ACCESS_KEY_ID is not set; ${spaces}`,
      `credentials: SPACES_SECRET_ACCESS_KEY is not set; ${spaces}`,
      'credentials: GITHUB_TOKEN is not set; export one that may administer the repository, such as GITHUB_TOKEN="$(gh auth token)"',
    ]);
  });

  test("are not asked for in tests", () => {
    expect(refusal(wiredStack())).toEqual([]);
  });

  test("may stand in the environment", () => {
    Object.assign(process.env, {
      CDKTF_OUTDIR: "cdktf.out",
      DIGITALOCEAN_ACCESS_TOKEN: "x",
      GITHUB_TOKEN: "x",
      SPACES_ACCESS_KEY_ID: "x",
      SPACES_SECRET_ACCESS_KEY: "x",
    });
    expect(refusal(wiredStack())).toEqual([]);
  });

  test("may be given to the providers by the stack's author", () => {
    process.env.CDKTF_OUTDIR = "cdktf.out";
    const stack = wiredStack();
    new DigitaloceanProvider(stack, "cloud", { token: "x", spacesAccessId: "x", spacesSecretKey: "x" });
    new GithubProvider(stack, "repositories", { owner: "ann", token: "x" });
    expect(refusal(stack)).toEqual([]);
  });
});

describe("an app with a stack on each cloud", () => {
  function bothClouds() {
    const app = Testing.app();
    const server = hetznerServer("cx23", { location: "nbg1" });
    return {
      digitalocean: leastStack({}, app),
      hetzner: new SingleHostStack(app, "prod", { ...leastProps(), server }),
    };
  }
  const warnings = ({ host }: SingleHostStack) => host.node.metadata.filter(({ type }) => type === "@cdktf/warn");

  test("asks for the credentials of the one that has any, whichever is deployed", () => {
    Object.assign(process.env, { CDKTF_OUTDIR: "cdktf.out", DIGITALOCEAN_TOKEN: "x" });
    const { digitalocean, hetzner } = bothClouds();
    expect([...refusal(digitalocean), ...refusal(hetzner)]).toEqual([]);
    expect(warnings(hetzner).map(({ data }) => data)).toEqual([
      "HCLOUD_TOKEN is not set: this stack can not be deployed now.",
    ]);
    expect(warnings(digitalocean)).toEqual([]);
  });

  test("asks for all of them where there are none, and for a whole token beside the other cloud's", () => {
    process.env.CDKTF_OUTDIR = "cdktf.out";
    const neither = bothClouds();
    expect([...refusal(neither.digitalocean), ...refusal(neither.hetzner)]).toHaveLength(2);
    Object.assign(process.env, { DIGITALOCEAN_TOKEN: "x", HCLOUD_TOKEN: "short" });
    expect(refusal(bothClouds().hetzner)).toEqual([expect.stringContaining("must have 64 characters")]);
  });
});

describe("the token of Hetzner", () => {
  const of = () => refusal(leastStack({ server: hetznerServer("cx23", { location: "nbg1" }) }));
  const made = "tokens are made in a project of https://console.hetzner.cloud, under Security, API tokens";

  test.each([
    [undefined, `server: HCLOUD_TOKEN is not set; export it: ${made}`],
    ["x".repeat(63), `server: HCLOUD_TOKEN must have 64 characters, got 63; copy the whole of it: ${made}`],
  ])("is checked when the command line synthesizes: %s", (token, line) => {
    Object.assign(process.env, { CDKTF_OUTDIR: "cdktf.out", ...(token === undefined ? {} : { HCLOUD_TOKEN: token }) });
    expect(of()).toEqual([line]);
  });

  test("may stand in the environment", () => {
    Object.assign(process.env, { CDKTF_OUTDIR: "cdktf.out", HCLOUD_TOKEN: "x".repeat(64) });
    expect(of()).toEqual([]);
  });

  test.each([
    ["${var.TOKEN}", 0],
    ["short", 1],
  ])("may be given to the provider by the stack's author: %s", (token, faults) => {
    process.env.CDKTF_OUTDIR = "cdktf.out";
    const stack = leastStack({ server: hetznerServer("cx23", { location: "nbg1" }) });
    new HcloudProvider(stack, "cloud", { token });
    expect(refusal(stack)).toHaveLength(faults);
  });
});

describe("a budget", () => {
  test("that is exceeded warns once, with what costs what", () => {
    // GIVEN
    const stack = leastStack({ monthlyBudget: 10, app: ComposeApp.fromText(COMPOSE) });
    new BackupBucket(stack, "backups", { host: stack.host });

    // WHEN it is validated twice, as renderHost and a synthesis do
    expect([...refusal(stack), ...refusal(stack)]).toEqual([]);

    // THEN
    const warnings = stack.host.node.metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => data);
    expect(warnings).toEqual([
      "monthlyBudget: costs 11.00 USD a month, 1.00 USD more than the budget of 10.00 USD: droplet s-1vcpu-1gb 6.00 USD, Spaces subscription (250 GiB stored, 1 TiB out) 5.00 USD",
    ]);
  });
});
