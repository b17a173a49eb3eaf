import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { RunningCloud } from "./cloud";
import { endRunningCommands } from "./command";
import { type RehearsalReport, rehearseStack } from "./stack-rehearsal";
import { Steps } from "./steps";
import { projectFolder } from "./workspace";

interface Options {
  readonly down?: boolean;
  readonly json?: boolean;
}

/** Stacks that can be rehearsed: each folder of stacks/ is one. */
function stackNames(): string[] {
  return readdirSync(join(projectFolder, "stacks"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(projectFolder, "stacks", entry.name, "index.ts")))
    .map(({ name }) => name);
}

async function main(stack: string, options: Options): Promise<void> {
  const steps = new Steps(options.json ? process.stderr : process.stdout);
  if (options.down) {
    await steps.step("every trace of the rehearsal removed", () => RunningCloud.down());
    return;
  }
  if (!stackNames().includes(stack)) {
    throw new Error(`stack: there is no folder stacks/${stack}; choose one of ${stackNames().join(", ")}`);
  }
  onInterrupt(steps);
  try {
    const { report } = await rehearseStack(stack, steps);
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else process.stdout.write(summary(report));
  } catch (error) {
    if (!steps.interrupted) throw error;
    steps.interrupted = false;
    await steps.step("every trace of the rehearsal removed", () => RunningCloud.down());
    process.exitCode = 130;
  }
}

/** Ctrl-C ends what runs and removes every trace; a second one, a moment later, leaves all as it is. */
function onInterrupt(steps: Steps): void {
  let first = 0;
  process.on("SIGINT", () => {
    // npm passes on the signal that the terminal has sent to all: two of them are one Ctrl-C
    if (first !== 0 && Date.now() - first > 1000) process.exit(130);
    if (first !== 0) return;
    first = Date.now();
    steps.interrupted = true;
    steps.say("interrupted: every trace is removed (Ctrl-C again leaves it as it is)");
    endRunningCommands();
  });
}

function summary(report: RehearsalReport): string {
  const width = Math.max(...report.steps.map(({ name }) => name.length));
  return [
    "",
    `  site       ${report.url}`,
    `  address    ${report.address}`,
    `  log in     ${report.login}`,
    `  logs       ${report.logs}`,
    "",
    ...report.steps.map(({ name, seconds }) => `  ${name.padEnd(width)} ${seconds.toFixed(1).padStart(7)} s`),
    "",
    ...report.price.map((line) => `  ${line}`),
    "",
    "  Try next:",
    `    . ${report.environmentFile}   # this shell now talks to the embedded cloud`,
    `    npx cdktf diff ${report.stack}       # nothing to change; then edit stacks/${report.stack} and look again`,
    ...report.visits.map((line) => `    ${line}`),
    "    npm run rehearse -- --down         # removes every trace",
    "",
    `rehearsed ${report.stack}: ${new URL(report.url).protocol.replace(":", "")} ok, diff empty, ${Math.round(report.seconds)} s`,
    "",
  ].join("\n");
}

const { version } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"));

const program = new Command("rehearse")
  .version(version)
  .description(
    "Deploys a stack to an embedded cloud on this machine with the real Terraform, and checks it from outside.",
  )
  .argument("[stack]", "a folder of stacks/", "chitram-beta")
  .option("--down", "remove every trace of earlier rehearsals, and do nothing else")
  .option("--json", "print the report as JSON; progress goes to standard error")
  .addHelpText(
    "after",
    [
      `\nStacks: ${stackNames().join(", ")}.`,
      "The cloud stays up afterwards, to be looked at; the next rehearsal starts from nothing.",
      "Exit code: 0 rehearsed, 1 a step failed or there is no such stack, 130 interrupted.",
    ].join("\n"),
  )
  .action(main);

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
});
