import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { argumentsFor, descriptionOf, scenarios } from "./scenarios";
import { projectFolder } from "./workspace";

/** Each scenario with what it says of itself. */
function list(): string {
  const all = scenarios();
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map((scenario) => `  ${scenario.name.padEnd(width)}  ${descriptionOf(scenario)}\n`).join("");
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
    const all = scenarios();
    const chosen = all.find((scenario) => scenario.name === name);
    if (!chosen) {
      const names = all.map((scenario) => scenario.name).join(", ");
      process.stderr.write(`scenario: there is no "${name}"; choose one of ${names}\n`);
      process.exitCode = 1;
      return;
    }
    const argv = [
      require.resolve("jest/bin/jest"),
      `--reporters=${join(__dirname, "reporter.js")}`,
      ...argumentsFor(chosen),
    ];
    process.exitCode = spawnSync(process.execPath, argv, { cwd: projectFolder, stdio: "inherit" }).status ?? 1;
  })
  .parse();
