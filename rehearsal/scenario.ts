import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { scenarioDescription, scenarioNames } from "./scenario-names";
import { projectFolder } from "./workspace";

new Command("scenario")
  .description("Runs one scenario on the embedded cloud.")
  .argument("[name]", "the scenario")
  .option("--list", "name the scenarios")
  .action((name: string | undefined, { list }: { list?: boolean }) => {
    const names = scenarioNames();
    if (list || !name) {
      const width = Math.max(...names.map(({ length }) => length));
      for (const each of names) process.stdout.write(`${each.padEnd(width)}  ${scenarioDescription(each)}\n`);
      return;
    }
    if (!names.includes(name)) {
      process.stderr.write(`scenario: there is no "${name}"; choose one of ${names.join(", ")}\n`);
      process.exitCode = 1;
      return;
    }
    const argv = [
      require.resolve("jest/bin/jest"),
      "--selectProjects",
      "scenarios",
      "--runInBand",
      `/${name}.scenario.ts`,
    ];
    process.exitCode = spawnSync(process.execPath, argv, { cwd: projectFolder, stdio: "inherit" }).status ?? 1;
  })
  .parse();
