import { visible } from "../terminal";

/** Longer texts of others are cut: a page is for people. */
const LONGEST = 160;

/**
 * Text of others as a code span, in which GitHub sees no markup, no HTML, no @mention and no reference to an issue.
 * Not for tables: see `cell`.
 */
export function code(text: string): string {
  const shown = shorten(visible(text));
  const fence = "`".repeat(longestRun(shown) + 1);
  const padding = shown === "" || /^[ `]|[ `]$/.test(shown) ? " " : "";
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** The same in a table, whose cells end at a `|` even within code. */
export function cell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** The same where HTML stands, as in a `<summary>`. */
export function htmlCode(text: string): string {
  return `<code>${escapeHtml(shorten(visible(text)))}</code>`;
}

/**
 * A sentence of ours with text of others in it. No character of it is markup; what GitHub would make a mention, a reference or
 * a link of is parted by a space of no width.
 */
export function plain(text: string): string {
  return shorten(visible(text), 3 * LONGEST)
    .replace(/[\\`*_{}[\]<>#@|~!&$^]/g, "\\$&")
    .replace(/\\[@#]|:\/\/|\bwww(?=\.)/gi, "$&&#8203;");
}

/** Lines of others as a block that none of them can end. */
export function block(language: string, lines: readonly string[]): string[] {
  const fence = "`".repeat(lines.reduce((longest, line) => Math.max(longest, longestRun(line) + 1), 3));
  return [`${fence}${language}`, ...lines, fence];
}

/** A line of a file as it is, but for what steers a terminal or hides from a reader. */
export function visibleLine(line: string): string {
  return line.split("\t").map(visible).join("\t");
}

function shorten(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text;
  return `${Array.from(text.slice(0, longest)).slice(0, -1).join("")}... (${text.length} characters)`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
