import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ConstructsMakerProviderTarget, Language } from "@cdktf/commons";
import { CodeMaker, TerraformProviderConstraint, TerraformProviderGenerator } from "@cdktf/provider-generator";
import { inWorkFolder } from "../cache";
import type { ProviderSchema } from "./schema";
import type { BoundProvider } from "./selection";

/** Texts by their path below the bindings' folder. */
export type Bindings = ReadonlyMap<string, string>;

/** Makes a provider's bindings as `cdktf get` does, with an index that loads each resource when it is first used. */
export function generateBindings(provider: BoundProvider, schema: ProviderSchema): Promise<Bindings> {
  return inWorkFolder(`bindings-${provider.name}`, async (folder) => {
    const constraint = new TerraformProviderConstraint(`${provider.source}@${provider.versions}`);
    const generator = new TerraformProviderGenerator(new CodeMaker(), schema);
    generator.generate(new ConstructsMakerProviderTarget(constraint, Language.TYPESCRIPT));
    await generator.save(folder);
    const generated = readTexts(join(folder, "providers"));
    const modules = [...generated.keys()].filter((path) => path.endsWith("/index.ts") && path.split("/").length === 3);
    return new Map([
      ...[...generated]
        .filter(([path]) => path.endsWith(".ts") && path.split("/").length > 2)
        .map(([path, text]): [string, string] => [path, withOverrides(text)]),
      ...lazyIndex(provider, modules.map((path) => path.split("/")[1] as string).sort()),
    ]);
  });
}

/**
 * The types and the program of the index are two files: what TypeScript makes of `export * as` loads every resource at
 * once, which costs each synthesis that needs only one.
 */
function lazyIndex({ name }: BoundProvider, modules: readonly string[]): [string, string][] {
  const generatedFrom = `// generated from ../../schema/${name}.json by \`npm run bindings\`\n`;
  const types = modules.map((module) => `export * as ${camelCase(module)} from "./${module}";\n`);
  const getters = modules.map(
    (module) =>
      `Object.defineProperty(exports, "${camelCase(module)}", { enumerable: true, get: () => require("./${module}") });\n`,
  );
  const marker = 'Object.defineProperty(exports, "__esModule", { value: true });\n';
  return [
    [`${name}/index.d.ts`, generatedFrom + types.join("")],
    [`${name}/index.js`, `"use strict";\n${generatedFrom}${marker}${getters.join("")}`],
  ];
}

/** The generator leaves out the word that this project's compiler settings ask for. */
function withOverrides(text: string): string {
  return text
    .replace(/^ {2}protected (?=synthesize(Hcl)?Attributes\(\))/gm, "  protected override ")
    .replace(/^ {2}public (?=[gs]et alias\()/gm, "  public override ")
    .replace(/^ {2}constructor\(protected .*wrapsSet/gm, (line) =>
      line.replaceAll("protected ", "protected override "),
    );
}

function camelCase(module: string): string {
  return module.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

export function readTexts(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}
