import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { RunningCloud } from "./cloud";
import { command, endRunningCommands } from "./command";
import { argumentsFor, type Occasion, scenarios } from "./scenarios";
import { Steps } from "./steps";
import { projectFolder, rehearsalFolder } from "./workspace";

/** A test that failed, with what it said. */
interface Failure {
  readonly test: string;
  readonly message: string;
}

/** What one part of the tests came to. */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

interface Part extends Outcome {
  readonly name: string;
  readonly seconds: number;
}

const partFile = join(rehearsalFolder, "part.json");

/** What a run counts: every test of every kind. It is on disk after each part, so that a run cut off leaves it too. */
class Results {
  public static readonly file = join(rehearsalFolder, "results.json");
  private readonly parts: Part[] = [];

  public add(part: Part): void {
    this.parts.push(part);
    mkdirSync(rehearsalFolder, { recursive: true });
    const { passed, failed, parts } = this;
    writeFileSync(Results.file, `${JSON.stringify({ passed, failed, parts }, null, 2)}\n`);
  }

  public get passed(): number {
    return this.parts.reduce((sum, { passed }) => sum + passed, 0);
  }

  public get failed(): number {
    return this.parts.reduce((sum, { failed }) => sum + failed, 0);
  }

  /** What failed, once more at the end: where, the first line of why, and which folder holds its logs. */
  public get complaints(): string[] {
    return this.parts.flatMap(({ name, failures }) =>
      failures.flatMap(({ test, message }, index) => {
        // what a whole file waits for fails each of its tests, for one reason
        if (failures.findIndex((other) => other.message === message) < index) return [];
        const lines = stripVTControlCharacters(message).trim().split("\n");
        const logs = lines.find((line) => line.startsWith("logs: "));
        return [`${name}: ${test}`, `  ${lines[0]}`, ...(logs ? [`  ${logs}`] : [])];
      }),
    );
  }
}

/** Runs one part of the tests; a part that fails is counted, shown, and does not stop the next. */
async function part(steps: Steps, results: Results, name: string, argv: readonly string[]): Promise<void> {
  const begin = Date.now();
  rmSync(partFile, { force: true });
  let message = "";
  try {
    await steps.step(name, async (tell) => {
      const { code } = await command(argv, {
        cwd: projectFolder,
        onLine: (line) => (steps.interactive ? tell(line) : steps.say(line)),
        env: { ...process.env, FORCE_COLOR: "0", REHEARSAL_RESULTS: partFile },
        accept: Array.from({ length: 256 }, (_, any) => any),
      });
      if (code !== 0) throw new Error(`exit code ${code}; what it printed stands above`);
    });
  } catch (error) {
    message = (error as Error).message;
    process.stdout.write(`${message}\n`);
  }
  results.add({ name, seconds: Math.round((Date.now() - begin) / 1000), ...outcome(name, message) });
}

/** What jest counted. A part without a count is one test, and so is jest itself when it ended badly. */
function outcome(name: string, message: string): Outcome {
  const whole: Outcome =
    message === ""
      ? { passed: 1, failed: 0, failures: [] }
      : { passed: 0, failed: 1, failures: [{ test: name, message }] };
  try {
    const counted: Outcome = JSON.parse(readFileSync(partFile, "utf8"));
    if (message === "" || counted.failed > 0) return counted;
    return { ...whole, passed: counted.passed };
  } catch {
    return whole;
  }
}

/** Everything that a change has to pass; or, by night, the scenarios that are too slow for that. */
async function main(nightly: boolean): Promise<void> {
  const steps = new Steps(process.stdout);
  process.once("SIGINT", () => {
    steps.interrupted = true;
    endRunningCommands();
  });
  const results = new Results();
  rmSync(Results.file, { force: true });
  const run = (name: string, ...argv: string[]) => part(steps, results, name, argv);
  const jest = (name: string, ...args: string[]) =>
    run(
      name,
      process.execPath,
      require.resolve("jest/bin/jest"),
      `--reporters=${join(__dirname, "reporter.js")}`,
      ...args,
    );
  const prepare = () =>
    run("what the scenarios need", process.execPath, require.resolve("tsx/cli"), join(__dirname, "preparation.ts"));
  const scenariosOf = async (occasion: Occasion) => {
    for (const scenario of scenarios().filter((one) => one.occasion === occasion)) {
      await jest(`scenario ${scenario.name}`, ...argumentsFor(scenario));
    }
  };
  try {
    if (nightly) {
      await prepare();
      await scenariosOf("nightly");
    } else {
      await run("format, lint, types", "bash", join(projectFolder, ".ci", "check"));
      await jest("unit tests", "--selectProjects", "unit");
      await run("the host program's unit tests", "bash", join(projectFolder, ".ci", "host-tests"));
      await prepare();
      await jest("the renderers' texts, judged by the real tools", "--selectProjects", "tools", "--runInBand");
      await scenariosOf("scenario");
    }
  } finally {
    await RunningCloud.down();
  }
  const { passed, failed, complaints } = results;
  process.stdout.write([...complaints, `${passed} passed, ${failed} failed`, ""].join("\n"));
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

main(process.argv.includes("--nightly")).catch((error: Error) => {
  process.stdout.write(`${error.message}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
});
