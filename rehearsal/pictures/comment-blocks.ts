/** A piece of a line that looks the same throughout. */
export interface Run {
  readonly text: string;
  readonly code?: boolean;
  readonly bold?: boolean;
  readonly link?: boolean;
  readonly small?: boolean;
}

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly runs: readonly Run[] }
  | { readonly kind: "paragraph"; readonly runs: readonly Run[] }
  | { readonly kind: "item"; readonly runs: readonly Run[] }
  | { readonly kind: "alert"; readonly tone: string; readonly blocks: readonly Block[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly (readonly Run[])[])[]; readonly hasHead: boolean }
  | { readonly kind: "details"; readonly runs: readonly Run[]; readonly blocks: readonly Block[] }
  | { readonly kind: "code"; readonly lines: readonly string[] };

/** Reads the Markdown that `single-host review` writes; nothing else of Markdown is known here. */
export function readBlocks(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const takeWhile = (wanted: (each: string) => boolean): string[] => {
      const end = lines.findIndex((each, at) => at >= index && !wanted(each));
      const taken = lines.slice(index, end === -1 ? undefined : end);
      index += taken.length - 1;
      return taken;
    };
    const heading = /^(#+) (.*)$/.exec(line);
    if (line === "") continue;
    if (heading !== null) {
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, runs: readRuns(heading[2] ?? "") });
    } else if (line.startsWith("> [!")) {
      const inner = takeWhile((each) => each.startsWith(">")).map((each) => each.replace(/^> ?/, ""));
      const tone = /^\[!(\w+)\]/.exec(inner[0] ?? "")?.[1] ?? "";
      blocks.push({ kind: "alert", tone, blocks: readBlocks(inner.slice(1).join("\n")) });
    } else if (line.startsWith("|")) {
      const rows = takeWhile((each) => each.startsWith("|")).map((each) => {
        return each
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => readRuns(cell.trim().replaceAll("\\|", "|")));
      });
      const hasHead = rows[0]?.some((cell) => cell.length > 0) ?? false;
      blocks.push({ kind: "table", rows: [...(hasHead ? rows.slice(0, 1) : []), ...rows.slice(2)], hasHead });
    } else if (line.startsWith("<details")) {
      const inner = takeWhile((each) => each !== "</details>");
      index += 1;
      const summary = /<summary>(.*)<\/summary>/.exec(line)?.[1] ?? "";
      blocks.push({ kind: "details", runs: readRuns(summary), blocks: readBlocks(inner.slice(1).join("\n")) });
    } else if (line.startsWith("```")) {
      const fence = /^`+/.exec(line)?.[0] ?? "```";
      index += 1;
      blocks.push({ kind: "code", lines: takeWhile((each) => each !== fence) });
      index += 1;
    } else if (line.startsWith("- ")) {
      blocks.push({ kind: "item", runs: readRuns(line.slice(2)) });
    } else {
      blocks.push({ kind: "paragraph", runs: readRuns(line) });
    }
  }
  return blocks;
}

const INLINE =
  /(`+) ?(.+?) ?\1(?!`)|<code>(.*?)<\/code>|\*\*(.+?)\*\*(?!\*)|<sub>(.*?)<\/sub>|\[([^\]]+)\]\([^)]+\)|\\([!-/:-@[-`{-~])|&#8203;/g;

function readRuns(text: string): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) runs.push({ text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    const [, , code, htmlCode, bold, small, link, escaped] = match;
    if (code !== undefined) runs.push({ text: code, code: true });
    else if (htmlCode !== undefined) runs.push({ text: unescapeHtml(htmlCode), code: true });
    else if (bold !== undefined) runs.push(...readRuns(bold).map((run) => ({ ...run, bold: true })));
    else if (small !== undefined) runs.push(...readRuns(small).map((run) => ({ ...run, small: true })));
    else if (link !== undefined) runs.push({ text: link, link: true });
    else if (escaped !== undefined) runs.push({ text: escaped });
  }
  if (end < text.length) runs.push({ text: text.slice(end) });
  return runs;
}

function unescapeHtml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
