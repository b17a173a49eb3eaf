import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const reporter = join(__dirname, "..", "..", "rehearsal", "reporter.js");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reporter-"));
  writeFileSync(join(folder, "package.json"), "{}");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs jest over files; what it prints, and what it leaves. */
function run(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const results = join(folder, "made", "results.json");
  const argv = [require.resolve("jest/bin/jest"), "--rootDir", folder, `--reporters=${reporter}`];
  const env = { ...process.env, REHEARSAL_RESULTS: results, FORCE_COLOR: "0" };
  const { stderr } = spawnSync(process.execPath, argv, { cwd: folder, env, encoding: "utf8" });
  return { printed: stderr, results: JSON.parse(readFileSync(results, "utf8")) };
}

it("counts, and tells a failure with its reason once", () => {
  const { printed, results } = run({
    "a.test.js": 'it("stands", () => {}); it("falls", () => { throw new Error("no ground\\nlogs: here"); });',
  });
  expect(results).toEqual({
    passed: 1,
    failed: 1,
    failures: [{ test: "falls", message: expect.stringMatching(/^Error: no ground\nlogs: here\n/) }],
  });
  expect(printed.match(/● falls/g)).toHaveLength(1);
  expect(printed).toMatch(/1 passed, 1 failed in 1 files\n$/);
});

it("tells once what fails every test of a file", () => {
  const { printed, results } = run({
    "a.test.js": 'beforeAll(() => { throw new Error("no cloud"); }); it("one", () => {}); it("two", () => {});',
  });
  expect(results).toMatchObject({ passed: 0, failed: 2 });
  expect(printed.match(/Error: no cloud/g)).toHaveLength(1);
});

it("counts a file that cannot be read as a failure", () => {
  const { results } = run({ "a.test.js": "it(", "b.test.js": 'it("stands", () => {});' });
  expect(results).toMatchObject({ passed: 1, failed: 1, failures: [{ test: expect.stringMatching(/a\.test\.js$/) }] });
});
