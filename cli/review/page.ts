/** GitHub takes 65,536 characters of a comment; some are for whoever puts the page into one. */
const LONGEST_PAGE = 60_000;

/** A part of a page that may be cut between its lines. */
export interface Part {
  /** Always there when anything of the part is. */
  readonly head: readonly string[];
  readonly lines: readonly string[];
  /** Closes what the head has opened. */
  readonly foot: readonly string[];
  /** What is said in the place of lines that are cut. */
  readonly cut: (lines: number) => string;
}

/** Writes parts in their order until the page is full, and says of each what is cut. */
export function fitPage(parts: readonly Part[], longest = LONGEST_PAGE): string {
  const page: string[] = [];
  let left = longest;
  for (const [index, part] of parts.entries()) {
    // the sentences that say of the parts to come what is cut
    const reserved = parts.slice(index + 1).reduce((sum, { cut, lines }) => sum + cut(lines.length).length + 2, 0);
    const written = fitPart(part, left - reserved);
    page.push(...written);
    left -= sizeOf(written);
  }
  return page.join("\n");
}

/** A list under its heading; nothing where there is nothing. */
export function listed(title: string, lines: readonly string[]): Part {
  return lines.length === 0 ? whole([]) : cuttable([`### ${title}`, ""], lines, [""], title);
}

/** Lines that a reader unfolds; nothing where there is nothing. */
export function folded(title: string, lines: readonly string[]): Part {
  const head = [`<details><summary>${title}</summary>`, ""];
  return lines.length === 0 ? whole([]) : cuttable(head, lines, ["", "</details>", ""], title);
}

/** What is never cut. */
export function whole(lines: readonly string[]): Part {
  return { head: lines, lines: [], foot: [], cut: () => "" };
}

function cuttable(head: readonly string[], lines: readonly string[], foot: readonly string[], title: string): Part {
  return { head, lines, foot, cut: (number) => `Cut for GitHub's limit: ${number} lines of "${title}".` };
}

function fitPart({ head, lines, foot, cut }: Part, room: number): string[] {
  const whole = [...head, ...lines, ...foot];
  if (sizeOf(whole) <= room) return whole;
  let left = room - sizeOf([...head, ...foot, cut(lines.length), ""]);
  const kept: string[] = [];
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    kept.push(line);
  }
  if (kept.length === 0) return [cut(lines.length), ""];
  return [...head, ...kept, ...foot, cut(lines.length - kept.length), ""];
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
