import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RunningCloud } from "./cloud";
import { command, endRunningCommands } from "./command";
import { scenarioNames } from "./scenario-names";
import { Steps } from "./steps";
import { projectFolder, rehearsalFolder } from "./workspace";

/** What `npm test` counts: every test of every kind. */
interface Count {
  passed: number;
  failed: number;
}

const count: Count = { passed: 0, failed: 0 };

/** Runs one part of the tests; a part that fails is counted, shown, and does not stop the next. */
async function part(steps: Steps, name: string, argv: readonly string[], results?: string): Promise<void> {
  try {
    await steps.step(name, async (tell) => {
      const shown = (line: string) => (steps.interactive ? tell(line) : steps.say(line));
      const { code } = await command(argv, {
        cwd: projectFolder,
        onLine: shown,
        env: { ...process.env, FORCE_COLOR: "0" },
        accept: Array.from({ length: 256 }, (_, any) => any),
      });
      if (code !== 0) throw new Error(`exit code ${code}; what it printed stands above`);
    });
    if (!results) count.passed += 1;
  } catch (error) {
    if (!results) count.failed += 1;
    process.stdout.write(`${(error as Error).message}\n`);
  }
  if (results) add(results);
}

/** Adds what jest counted. Without a result jest itself failed: that is one failure. */
function add(results: string): void {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, "utf8"));
    count.passed += numPassedTests;
    count.failed += numFailedTests + numRuntimeErrorTestSuites;
  } catch {
    count.failed += 1;
  }
}

async function main(): Promise<void> {
  const steps = new Steps(process.stdout);
  process.once("SIGINT", () => {
    steps.interrupted = true;
    endRunningCommands();
  });
  const jest = [process.execPath, require.resolve("jest/bin/jest")];
  const results = join(rehearsalFolder, "results.json");
  mkdirSync(rehearsalFolder, { recursive: true });
  const run = async (name: string, args: readonly string[]) => {
    rmSync(results, { force: true });
    await part(steps, name, [...jest, ...args, "--json", `--outputFile=${results}`], results);
  };
  try {
    await part(steps, "format, lint, types", ["bash", join(projectFolder, ".ci", "check")]);
    await run("unit tests", ["--selectProjects", "unit"]);
    await part(steps, "the host program's unit tests", ["bash", join(projectFolder, ".ci", "host-tests")]);
    await part(steps, "what the scenarios need", [
      process.execPath,
      require.resolve("tsx/cli"),
      join(__dirname, "preparation.ts"),
    ]);
    await run("the renderers' texts, judged by the real tools", ["--selectProjects", "tools", "--runInBand"]);
    for (const name of scenarioNames()) {
      await run(`scenario ${name}`, ["--selectProjects", "scenarios", "--runInBand", `/${name}.scenario.ts`]);
    }
  } finally {
    await RunningCloud.down();
  }
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
  process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
}

main().catch((error: Error) => {
  process.stdout.write(`${error.message}\n${count.passed} passed, ${count.failed + 1} failed\n`);
  process.exitCode = 1;
});
