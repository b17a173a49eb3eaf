import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Command } from "commander";
import { projectFolder } from "../workspace";
import { type Bindings, generateBindings, readTexts } from "./generate";
import { committedSchema, readSchemas, writeSchema } from "./schema";
import { boundProviders } from "./selection";

const bindingsFolder = join(projectFolder, "constructs", "clouds", "hetzner", "bindings");
const remedy = "run `npm run bindings` and commit what it writes";

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Every text that belongs into the bindings' folder, by the committed schemas. */
async function generateAll(): Promise<Bindings> {
  const all: [string, string][] = [];
  for (const provider of boundProviders) all.push(...(await generateBindings(provider, committedSchema(provider))));
  return new Map(all);
}

/** The paths whose text is another than it should be. */
function differences(should: Bindings): string[] {
  const is: Bindings = existsSync(bindingsFolder) ? readTexts(bindingsFolder) : new Map();
  return [...new Set([...should.keys(), ...is.keys()])].filter((path) => should.get(path) !== is.get(path)).sort();
}

function write(bindings: Bindings): void {
  rmSync(bindingsFolder, { recursive: true, force: true });
  for (const [path, text] of bindings) {
    const file = join(bindingsFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function run(options: { schema?: true; check?: true }): Promise<void> {
  if (options.schema) {
    const schemas = await readSchemas((step, detail) => say(`${step}: ${detail ?? ""}`));
    for (const [provider, schema] of schemas) writeSchema(provider, schema);
  }
  const bindings = await generateAll();
  const different = differences(bindings);
  const folder = relative(projectFolder, bindingsFolder);
  if (!options.check) write(bindings);
  else if (different.length > 0) {
    throw new Error([`${folder}: is not what the schemas say; ${remedy}`, ...different].join("\n  "));
  }
  say(`${folder}: ${bindings.size} files, ${options.check ? "as the schemas say" : `${different.length} changed`}`);
}

new Command("bindings")
  .description("Makes the bindings of the providers that have none on npm, from their committed schemas.")
  .option("--schema", "first read the schemas anew, from the real providers")
  .option("--check", "write nothing; fail when the committed bindings are others")
  .action(run)
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
