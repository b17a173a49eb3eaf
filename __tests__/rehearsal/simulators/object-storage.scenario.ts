/**
 * Hetzner's Object Storage with the real MinIO provider, over TLS by its own name: applied in spite of a failing call, destroyed.
 */
import { ProviderRun } from "./provider-run";

// each part goes on from where the one before it ended
jest.setTimeout(5 * 60 * 1000);

const run = new ProviderRun({}, "object-storage");
beforeAll(() => run.start());
afterAll(() => run.stop());

const apply = (...argv: string[]) => run.terraform(["apply", "-auto-approve", ...argv], { accept: [0, 1] });
const buckets = async () => (await run.control("GET", "/state")).buckets;

it("a bucket with versions is there after an apply that failed at first", async () => {
  const versioning = { api: "object-storage", method: "PUT", path: "/deita-files/", nth: 2 };
  await run.control("POST", "/fail", { ...versioning, times: 1, status: 403 });
  expect((await apply()).output).toMatch(/Error: .*told to fail/s);
  expect((await apply()).output).toContain("Apply complete!");
  expect(await buckets()).toEqual({ "deita-files": { region: "nbg1", lifecycle: null } });
  const calls = (await run.calls()).filter(({ api }) => api === "object-storage");
  expect(calls).toContainEqual(expect.objectContaining({ method: "PUT", query: "?versioning=", status: 200 }));
});

it("a second plan is empty", async () => {
  expect((await run.plan()).output).toContain("No changes.");
});

it("without the rehearsal's authority no name is believed", async () => {
  const environment = { SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt" };
  expect((await run.terraform(["plan"], { environment, accept: [1] })).output).toMatch(/x509: .*unknown authority/);
});

it("nothing is left after a destroy", async () => {
  await run.terraform(["apply", "-auto-approve"]);
  await run.terraform(["destroy", "-auto-approve"]);
  expect(await buckets()).toEqual({});
});
