import { join } from "node:path";
import { recoverState } from "../../../cli/recover/lost-state";
import { SynthesizedHost } from "../../../cli/synthesized-host";
import { SynthesizedStack } from "../../../cli/synthesized-stack";
import { Terraform } from "../../../cli/terraform";
import { Running } from "../../rehearsal/simulators/running";

const running = new Running();
const environment = { ...process.env };
const keys = { TF_VAR_ID: "id", TF_VAR_SECRET: "secret" };

beforeAll(() => running.start());
beforeEach(() => {
  process.env = {
    ...environment,
    ...keys,
    DIGITALOCEAN_TOKEN: "any",
    DIGITALOCEAN_API_URL: running.addresses.digitalocean,
    HCLOUD_TOKEN: "t".repeat(64),
    HCLOUD_ENDPOINT: `${running.addresses.hetzner}/v1`,
    PATH: __dirname, // no restic is here
  };
});
afterAll(async () => {
  process.env = environment;
  await running.clean();
});

interface Case {
  /** Its name, in Terraform's words where a part of it was drawn. */
  readonly bucket?: string;
  readonly server?: string;
  readonly variables?: string;
}

function hostOf({ bucket = "bakery-backups", server = "digitalocean_droplet" }: Case): SynthesizedHost {
  const backup = { repository: `s3:https://sfo3.digitaloceanspaces.com/${bucket}/bakery` };
  const secrets = {
    "backup AWS_ACCESS_KEY_ID": "${sha256(var.ID)}",
    "backup AWS_SECRET_ACCESS_KEY": "${sha256(var.SECRET)}",
  };
  const files = { "host.json": JSON.stringify({ name: "bakery", backup }) };
  const resource = {
    [server]: { host_server: { name: "bakery" } },
    terraform_data: { host_configuration: { triggers_replace: { files, secrets } } },
  };
  return SynthesizedHost.of(new SynthesizedStack("bakery", "/nowhere", { resource }), undefined);
}

/** What it says, and that nobody had to look for a password before. */
async function refusal(given: Case = {}): Promise<string> {
  const asked = jest.fn<Promise<string>, []>();
  const options = { bucket: undefined, password: asked, variables: given.variables, dryRun: false, tell: () => {} };
  const refused = recoverState(hostOf(given), new Terraform("/nowhere"), [], options);
  const error = await refused.then(
    () => new Error("it was not refused"),
    (reason: Error) => reason,
  );
  expect(asked).not.toHaveBeenCalled();
  return error.message;
}

test("restic that is not there is said before the password is asked for", async () => {
  expect(await refusal()).toMatch(/^restic: is not installed; install restic 0\.14 or newer: apt install restic/);
});

test("so is a key of the bucket that is not there", async () => {
  delete process.env.TF_VAR_SECRET;
  expect(await refusal()).toBe("TF_VAR_SECRET: is not set; export it: with it the bucket is read");
});

test("a state that is not here may lie elsewhere: that is said before anything else is asked for", async () => {
  expect(await refusal({ bucket: "bakery-backups-${random_id.host_backup_bucket.hex}" })).toBe(
    "Terraform's state: is empty here; if it lies on another laptop, type the same there; if it is lost, name the bucket with " +
      "the backups, as the cloud's console shows it: --bucket bakery-backups-...",
  );
});

test("so is a place where no file can be", async () => {
  const folder = join(__dirname, "not-there");
  expect(await refusal({ variables: join(folder, "variables") })).toBe(
    `--variables: there is no folder ${folder}; make it, or name a file in another`,
  );
});

describe("while the server stands", () => {
  test("nobody is sent to delete it who only has not got the state", async () => {
    await running.droplet({ name: "bakery" });
    expect(await refusal()).toMatch(
      /still stands .*; if Terraform's state lies on another laptop, type the same there\. /,
    );
  });

  test("at Hetzner its protection has to go first: the console refuses to delete it", async () => {
    await running.server({ name: "bakery" });
    expect(await refusal({ server: "hcloud_server" })).toMatch(
      /backup now`, switch its protection off in the cloud's console and delete it there, and run this again$/,
    );
  });
});
