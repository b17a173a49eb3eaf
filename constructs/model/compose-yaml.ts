import { LineCounter, parseDocument, type ScalarTag, type Tags, type YAMLError } from "yaml";
import { isMapping, type Mapping } from "./compose-fields";
import type { Faults } from "./faults";

/** compose's own tags mean something between files only: read alone, `!override` is its value and `!reset` nothing. */
const TAGS = [
  { tag: "!override", collection: "map" as const, resolve: (node: unknown) => node },
  { tag: "!override", collection: "seq" as const, resolve: (node: unknown) => node },
  { tag: "!reset", collection: "map" as const, resolve: () => null },
  { tag: "!reset", collection: "seq" as const, resolve: () => null },
  { tag: "!override", resolve: (text: string) => text } satisfies ScalarTag,
  { tag: "!reset", resolve: () => null } satisfies ScalarTag,
];

/** Reads the YAML of a compose file; what is wrong with it is reported with its line. */
export function readComposeYaml(text: string, file: string, faults: Faults, path: string): Mapping | null {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    merge: true,
    lineCounter: lines,
    customTags: TAGS as Tags,
    logLevel: "silent",
  });
  for (const error of document.errors.slice(0, 1)) {
    faults.add(path, `${file} line ${lineOf(error, lines)}: ${problemOf(error)}`, remedyOf(error));
  }
  if (document.errors.length > 0) {
    return null;
  }
  const content: unknown = document.toJS({ maxAliasCount: -1 });
  if (content === null || content === undefined) {
    faults.add(path, `${file} is empty`, "name the file that holds your services");
    return null;
  }
  if (!isMapping(content)) {
    faults.add(
      path,
      `${file} is not a compose file: it holds ${excerpt(text)}`,
      "a compose file begins with `services:`",
    );
    return null;
  }
  return content;
}

function lineOf(error: YAMLError, lines: LineCounter): number {
  return error.linePos?.[0].line ?? lines.linePos(error.pos[0]).line;
}

function problemOf(error: YAMLError): string {
  if (error.code === "TAB_AS_INDENT") {
    return "it is indented with a tab";
  }
  return (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
}

function remedyOf(error: YAMLError): string {
  return error.code === "TAB_AS_INDENT" ? "indent with spaces: YAML allows no tabs" : "mend the YAML";
}

function excerpt(text: string): string {
  const line = text.trim().split("\n")[0] ?? "";
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}...` : line);
}
