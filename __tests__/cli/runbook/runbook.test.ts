import { execFileSync } from "node:child_process";
import { code, literal, word } from "../../../cli/runbook/markdown";
import { type RunbookFacts, renderRunbook } from "../../../cli/runbook/runbook";
import { expectGolden } from "../../golden";

const measured: RunbookFacts = {
  stack: "bakery",
  host: "bakery",
  company: "DigitalOcean",
  console: "https://cloud.digitalocean.com/droplets",
  deletion: "delete it in the cloud's console",
  urls: ["https://bakery.example"],
  address: "203.0.113.7",
  knownHosts: ["203.0.113.7 ssh-ed25519 AAAA", "bakery.example ssh-ed25519 AAAA"],
  services: ["web", "postgres"],
  credentials: ["DIGITALOCEAN_TOKEN", "TF_VAR_MAIL_PASSWORD"],
  hasDataVolume: true,
  backup: {
    bucket: "bakery-backups-cc670823",
    endpoint: "https://sfo3.digitaloceanspaces.com",
    keys: { id: "SPACES_ACCESS_KEY_ID", secret: "SPACES_SECRET_ACCESS_KEY" },
    password: "random_password.host_backup_password",
    schedule: "03:15",
    drill: "Sun 05:00",
    restoreFrom: "latest",
    databases: ["postgres"],
    volumes: ["bakery_photos"],
    answered: true,
    lastBackup: { at: "2026-11-21T03:15:40Z", seconds: 32_100 },
    lastDrill: { at: "2026-11-15T05:02:00Z", seconds: 74 },
  },
  contacts: [
    { name: "Bo | *the* baker", reach: "+49 30 1234 <bo@bakery.example>" },
    { name: "1. `on call`", reach: "[pager](http://x) ${HOME}\nnext line" },
  ],
  addition: "Call the *mill* when flour is late.\n",
  writtenAt: "2026-11-21 12:20 UTC",
};

const bare: RunbookFacts = {
  ...measured,
  company: "Hetzner",
  console: "https://console.hetzner.cloud",
  address: null,
  knownHosts: [],
  hasDataVolume: false,
  backup: null,
  contacts: [],
  addition: "",
};

const unmeasured: RunbookFacts = {
  ...measured,
  hasDataVolume: false,
  contacts: [],
  addition: "",
  backup: {
    ...(measured.backup as NonNullable<RunbookFacts["backup"]>),
    restoreFrom: null,
    drill: null,
    password: null,
    lastBackup: null,
    lastDrill: null,
  },
};

test.each([
  ["measured", measured],
  ["unmeasured", unmeasured],
  ["no-backups", bare],
])("a runbook, whole: %s", (name, facts) => {
  expectGolden(`cli/runbook/${name}.golden.md`, renderRunbook(facts));
});

test("what a server measured that does not answer is not known, rather than not there", () => {
  const backup = { ...(unmeasured.backup as NonNullable<RunbookFacts["backup"]>), answered: false };
  const lines = renderRunbook({ ...unmeasured, backup }).split("\n");
  const told = lines.filter((line) => /\((RTO|RPO)\)/.test(line));
  expect(told).toHaveLength(2);
  for (const line of told) expect(line).toMatch(/not known: the server did not answer to your SSH key/);
});

test("the password comes out of a state as the words say it", () => {
  const line = renderRunbook(measured)
    .split("\n")
    .find((text) => text.includes("state pull"));
  const attributes = { result: "it's ${the} `one`" };
  const resources = [
    { type: "terraform_data", name: "host_server_protection", instances: [{ attributes: {} }] },
    { type: "random_password", name: "host_backup_password", instances: [{ attributes }] },
  ];
  // Terraform stands in the way of nothing here but the network: what it pulls is what is piped in
  const words = (line ?? "").replace(/^terraform .* state pull/, "cat");
  const said = execFileSync("bash", ["-euo", "pipefail", "-c", words], { input: JSON.stringify({ resources }) });
  expect(said.toString()).toBe(`${attributes.result}\n`);
});

test("text of a team stays text", () => {
  expect(literal("# a | b_c <i> [x](y)\n**")).toBe("\\# a \\| b\\_c \\<i\\> \\[x\\](y) \\*\\*");
  expect(literal("1. one-two")).toBe("1\\. one-two");
  expect(code("a ``b`` c")).toBe("```a ``b`` c```");
  expect(code("`x")).toBe("`` `x ``");
  expect(word("it's $HOME")).toBe("'it'\\''s $HOME'");
  expect(word("~/bakery.variables")).toBe("~/bakery.variables");
});
