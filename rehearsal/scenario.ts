import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { scenarioDescription, scenarioNames } from "./scenario-names";
import { projectFolder } from "./workspace";

/** Each scenario with what it says of itself. */
function list(): string {
  const names = scenarioNames();
  const width = Math.max(...names.map(({ length }) => length));
  return names.map((name) => `  ${name.padEnd(width)}  ${scenarioDescription(name)}\n`).join("");
}

new Command("scenario")
  .description("Runs one scenario on the embedded cloud.")
  .argument("[name]", "the scenario")
  .option("--list", "name the scenarios")
  .addHelpText("after", () => `\nScenarios:\n${list()}\nExit code: 0 passed, 1 failed; logs of a failed one are kept.`)
  .action((name: string | undefined, options: { list?: boolean }) => {
    if (options.list || !name) {
      process.stdout.write(list());
      return;
    }
    const names = scenarioNames();
    if (!names.includes(name)) {
      process.stderr.write(`scenario: there is no "${name}"; choose one of ${names.join(", ")}\n`);
      process.exitCode = 1;
      return;
    }
    const argv = [
      require.resolve("jest/bin/jest"),
      `--reporters=${join(__dirname, "reporter.js")}`,
      "--selectProjects",
      "scenarios",
      "--runInBand",
      `/${name}.scenario.ts`,
    ];
    process.exitCode = spawnSync(process.execPath, argv, { cwd: projectFolder, stdio: "inherit" }).status ?? 1;
  })
  .parse();
