/** Text of others as Markdown shows it: itself, in one line. */
export function literal(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|~&]/g, "\\$&")
    .replace(/^([#+-])/, "\\$1")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}

/** Text as code; the fence is longer than any run of backticks in it. */
export function code(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const space = /^`|`$/.test(line) ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Lines to type. */
export function shell(...lines: readonly string[]): string[] {
  return ["```sh", ...lines, "```"];
}

/** One word for a shell. */
export function word(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function table(...rows: readonly (readonly [string, string])[]): string[] {
  return ["| | |", "|---|---|", ...rows.map(([what, is]) => `| ${what} | ${is.replaceAll("\n", " ")} |`)];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
