/**
 * Real providers against the simulated APIs: applied in spite of a failing call, resized, read again after a restart, destroyed.
 */
import { ProviderRun } from "./provider-run";

// each part goes on from where the one before it ended
jest.setTimeout(10 * 60 * 1000);

const odd = 'a "quote", a\nnewline, $$, ${x} %{y}, `tick`, ü';
const run = new ProviderRun({ odd });
beforeAll(() => run.start());
afterAll(() => run.stop());

const apply = (...argv: string[]) => run.terraform(["apply", "-auto-approve", ...argv], { accept: [0, 1] });

it("an apply that fails halfway is finished by the next one", async () => {
  await run.control("POST", "/fail", { api: "digitalocean", method: "POST", path: "/v2/firewalls" });
  await run.control("POST", "/fail", { api: "github", method: "POST", path: "*/variables", status: 422 });
  const failed = await run.terraform(["apply", "-auto-approve"], { accept: [1] });
  // newer providers of DigitalOcean's try again by themselves after a 500; none does after a 422
  expect(failed.output).toMatch(/\/variables: 422 an error that the rehearsal was told to make/);
  const injected = (await run.calls()).filter((call) => call.injected);
  expect(injected.map(({ status }) => status).sort()).toEqual([422, 500]);
  const applied = await apply();
  expect(applied.output).toMatch(/Apply complete! Resources: [1-9]\d* added, 0 changed, 0 destroyed/);
});

it("a second plan is empty, also after the simulators were ended and started", async () => {
  expect((await run.plan()).output).toContain("No changes.");
  await run.restart();
  expect((await run.plan()).output).toContain("No changes.");
});

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

it("another size is a change in place, and back again; another region is a replacement", async () => {
  const resized = await apply("-var=size=s-2vcpu-4gb");
  expect(resized.output).toContain("Apply complete! Resources: 0 added, 1 changed, 0 destroyed.");
  const back = await run.plan("-var=size=s-2vcpu-2gb");
  expect(back.output).toMatch(/server will be updated in-place/);
  const moved = await run.plan("-var=size=s-2vcpu-4gb", "-var=region=fra1");
  expect(moved.output).toMatch(/server must be replaced/);
  expect(moved.output).toMatch(/"nyc3" -> "fra1" # forces replacement/);
});

it("a volume grows and backups are switched on in place", async () => {
  const changed = await apply("-var=size=s-2vcpu-4gb", "-var=volume_size=40", "-var=backups=true");
  expect(changed.output).toContain("Apply complete! Resources: 0 added, 2 changed, 0 destroyed.");
  const plan = await run.plan("-var=size=s-2vcpu-4gb", "-var=volume_size=40", "-var=backups=true");
  expect(plan.output).toContain("No changes.");
});

it("wrong credentials are refused, each as its company does", async () => {
  const spaces = await run.terraform(["plan"], { environment: { SPACES_SECRET_ACCESS_KEY: "wrong" }, accept: [1] });
  expect(spaces.output).toMatch(/error reading Spaces bucket.*Forbidden/s);
  const token = await run.terraform(["plan"], { environment: { DIGITALOCEAN_TOKEN: "" }, accept: [1] });
  expect(token.output).toMatch(/401 .*Unable to authenticate you/);
});

it("nothing is left after a destroy, and every call was one that the simulators know", async () => {
  // a volume never shrinks: the provider judges that even now
  await run.terraform(["destroy", "-auto-approve", "-var=volume_size=40"]);
  const { digitalocean, github } = await run.control("GET", "/state");
  for (const kind of ["keys", "droplets", "volumes", "firewalls", "domains", "buckets", "assignments"]) {
    expect(digitalocean[kind]).toEqual({});
  }
  expect(github[0].environments).toEqual({});
  expect((await run.calls()).filter((call) => call.unknown)).toEqual([]);
});
