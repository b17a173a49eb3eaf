/**
 * Real providers against the simulated APIs of DigitalOcean and GitHub: applied in spite of a failing call, resized, read again
 * after a restart, destroyed.
 */
import { ProviderSuite } from "./provider-suite";

jest.setTimeout(10 * 60 * 1000);

const odd = 'a "quote", a\nnewline, $$, ${x} %{y}, `tick`, ü';

const suite = new ProviderSuite({
  cloud: "digitalocean",
  account: "account",
  variables: { odd },
  failures: [
    // newer providers of DigitalOcean's try again by themselves after a 500; none does after a 422
    {
      order: { api: "digitalocean", method: "POST", path: "/v2/firewalls", status: 422 },
      message: /\/v2\/firewalls: 422 .*an error that the rehearsal was told to make/,
    },
    {
      order: { api: "github", method: "POST", path: "*/variables", status: 422 },
      message: /\/variables: 422 an error that the rehearsal was told to make/,
    },
  ],
  hiccups: [],
  sizes: ["s-2vcpu-2gb", "s-2vcpu-4gb"],
  regions: ["nyc3", "fra1"],
  refused: [
    { environment: { SPACES_SECRET_ACCESS_KEY: "wrong" }, message: /error reading Spaces bucket.*Forbidden/s },
    { environment: { DIGITALOCEAN_TOKEN: "" }, message: /401 .*Unable to authenticate you/ },
  ],
  unprotected: [],
  kinds: ["keys", "droplets", "volumes", "firewalls", "domains", "buckets", "assignments"],
});
const { run } = suite;

suite.isFinishedAfterFailing();
suite.isLeftAlone();

it("GitHub has the secrets byte for byte, and the log has none of them", async () => {
  const { beta } = await run.control("GET", "/github/secrets?repository=abhi10/chitram");
  expect(beta.ODD).toBe(odd);
  expect(beta.DROPLET_SSH_KEY).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  expect(run.log).not.toContain("PRIVATE KEY");
  expect(run.log).not.toContain("rehearsal-secret");
  expect(await run.control("GET", "/github/variables?repository=abhi10/chitram")).toEqual({
    beta: { DOMAIN: "chitram.example" },
  });
});

suite.isResized();
suite.grows();
suite.refusesStrangers();
suite.leavesNothing();

it("GitHub's environment is gone with its stack", async () => {
  const { github } = await run.control("GET", "/state");
  expect(github[0].environments).toEqual({});
});
