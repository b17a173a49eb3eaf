import { type Block, type Run, readBlocks } from "./comment-blocks";
import { type Font, widthOf } from "./text-width";

const WIDTH = 860;
const PADDING = 16;
const BAR = 40; // with who comments, and when
const LINE = 24;
const SIZE = 14;
const CODE = 12;

const COLOURS = {
  text: "#1f2328",
  muted: "#59636e",
  border: "#d1d9e0",
  bar: "#f6f8fa",
  link: "#0969da",
  inline: "#818b981f",
  added: "#dafbe1",
  removed: "#ffebe9",
  hunk: "#ddf4ff",
  CAUTION: "#cf222e",
  WARNING: "#9a6700",
} as const;

const ICONS: Readonly<Record<string, string>> = {
  "🛑": `<path d="M5 0h8l5 5v8l-5 5H5l-5-5V5z" fill="#cf222e"/><path d="M9 4v6M9 12.5v1.5" stroke="#fff" stroke-width="2"/>`,
  "✅": `<rect width="18" height="18" rx="3" fill="#1a7f37"/><path d="M4 9.5l3.5 3.5L14 5.5" stroke="#fff" stroke-width="2.4" fill="none"/>`,
  "⚠️": `<path d="M9 1l9 16H0z" fill="#d4a72c"/><path d="M9 6.5v5M9 13v1.6" stroke="#3d2e00" stroke-width="1.8"/>`,
};
const ICON = new RegExp(`(${Object.keys(ICONS).join("|")})`);

/** The page of a review as GitHub shows it in a pull request. `open`: what of the folded is shown unfolded. */
export function renderComment(markdown: string, open: (summary: string) => boolean = () => false): string {
  const canvas = new Canvas(PADDING, BAR + PADDING, WIDTH - PADDING, open);
  canvas.blocks(readBlocks(markdown));
  const height = Math.ceil(canvas.bottom + PADDING - 6);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    "<title>A pull request's comment, as single-host review writes it</title>",
    "<style>text { font: 14px Arial, Helvetica, 'Liberation Sans', sans-serif; fill: #1f2328; white-space: pre }",
    ".fixed { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace }",
    "</style>",
    `<rect x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="6" fill="#fff" stroke="${COLOURS.border}"/>`,
    `<path d="M.5 ${BAR}V6.5a6 6 0 0 1 6-6h${WIDTH - 13}a6 6 0 0 1 6 6V${BAR}z" fill="${COLOURS.bar}" stroke="${COLOURS.border}"/>`,
    ...bar(),
    ...canvas.elements,
    "</svg>",
    "",
  ].join("\n");
}

function bar(): string[] {
  const who = "github-actions";
  const font = { size: SIZE, bold: true };
  const x = PADDING + widthOf(who, font) + 8;
  return [
    textAt(PADDING, 25, who, font),
    `<rect x="${round(x)}" y="11" width="30" height="18" rx="9" fill="none" stroke="${COLOURS.border}"/>`,
    textAt(x + 6, 24, "bot", { size: 12 }, COLOURS.muted),
    textAt(x + 38, 25, "commented", { size: SIZE }, COLOURS.muted),
  ];
}

/** Writes blocks from top to bottom. */
class Canvas {
  readonly elements: string[] = [];

  constructor(
    private readonly left: number,
    private top: number,
    private readonly right: number,
    private readonly open: (summary: string) => boolean,
  ) {}

  get bottom(): number {
    return this.top;
  }

  blocks(blocks: readonly Block[]): void {
    for (const [index, block] of blocks.entries()) {
      this.block(block);
      const isListed = block.kind === "item" && blocks[index + 1]?.kind === "item";
      this.top += isListed ? 2 : 12;
    }
  }

  private block(block: Block): void {
    if (block.kind === "heading") this.heading(block);
    if (block.kind === "paragraph") this.runs(block.runs, this.left, { size: SIZE });
    if (block.kind === "item") this.item(block.runs);
    if (block.kind === "alert") this.alert(block.tone, block.blocks);
    if (block.kind === "table") this.table(block.rows, block.hasHead);
    if (block.kind === "details") this.details(block.runs, block.blocks);
    if (block.kind === "code") this.code(block.lines);
  }

  private item(runs: readonly Run[]): void {
    this.elements.push(`<circle cx="${this.left + 12}" cy="${this.top + 12}" r="2.5" fill="${COLOURS.text}"/>`);
    this.runs(runs, this.left + 26, { size: SIZE });
  }

  private heading({ level, runs }: Extract<Block, { kind: "heading" }>): void {
    const size = level === 2 ? 20 : 16;
    this.runs(runs, this.left, { size, bold: true }, size * 1.5);
    if (level > 2) return;
    this.top += 6;
    this.elements.push(`<path d="M${this.left} ${this.top}H${this.right}" stroke="${COLOURS.border}"/>`);
  }

  private alert(tone: string, blocks: readonly Block[]): void {
    const colour = tone === "CAUTION" ? COLOURS.CAUTION : COLOURS.WARNING;
    const [begin, x] = [this.top, this.left + 20];
    const mark = `<path d="M5 .7h6L15.3 5v6L11 15.3H5L.7 11V5z" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
    const sign = `${mark}<path d="M8 4v5M8 10.8v1.5" stroke="${colour}" stroke-width="1.5"/>`;
    this.elements.push(`<g transform="translate(${x} ${this.top + 3})">${sign}</g>`);
    this.elements.push(
      textAt(
        x + 24,
        this.top + 16,
        `${tone.slice(0, 1)}${tone.slice(1).toLowerCase()}`,
        { size: SIZE, bold: true },
        colour,
      ),
    );
    const inner = new Canvas(x, this.top + LINE + 4, this.right, this.open);
    inner.blocks(blocks);
    this.elements.push(...inner.elements);
    this.top = inner.bottom - 8;
    this.elements.push(`<rect x="${this.left}" y="${begin}" width="4" height="${this.top - begin}" fill="${colour}"/>`);
  }

  private table(rows: readonly (readonly (readonly Run[])[])[], hasHead: boolean): void {
    const columns = Math.max(...rows.map((row) => row.length));
    const widest = Array.from({ length: columns }, (_, column) =>
      Math.max(...rows.map((row) => runsWidth(row[column] ?? [], { size: SIZE })), 20),
    );
    const room = this.right - this.left - columns * 26;
    const last = widest.length - 1;
    const others = widest.slice(0, last).reduce((sum, width) => sum + width, 0);
    const widths = widest.map((width, column) => (column === last ? Math.min(width, room - others) : width) + 26);
    for (const [index, row] of rows.entries()) {
      const begin = this.top;
      let [x, height] = [this.left, 0];
      const inner = row.map((runs, column) => {
        const canvas = new Canvas(x + 13, begin + 6, x + (widths[column] ?? 0) - 13, this.open);
        canvas.runs(runs, x + 13, { size: SIZE, bold: hasHead && index === 0 });
        x += widths[column] ?? 0;
        height = Math.max(height, canvas.bottom - begin + 6, LINE + 12);
        return canvas;
      });
      x = this.left;
      for (const width of widths) {
        this.elements.push(
          `<rect x="${round(x)}" y="${begin}" width="${round(width)}" height="${height}" fill="none" stroke="${COLOURS.border}"/>`,
        );
        x += width;
      }
      this.elements.push(...inner.flatMap(({ elements }) => elements));
      this.top = begin + height;
    }
  }

  private details(runs: readonly Run[], blocks: readonly Block[]): void {
    const isOpen = this.open(runs.map(({ text }) => text).join(""));
    const [x, y] = [this.left + 2, this.top + 8];
    this.elements.push(`<path d="M${x} ${y}${isOpen ? "h9l-4.5 8z" : "v9l8-4.5z"}" fill="${COLOURS.text}"/>`);
    this.runs(runs, this.left + 18, { size: SIZE });
    if (!isOpen) return;
    this.top += 12;
    this.blocks(blocks);
    this.top -= 12;
  }

  private code(lines: readonly string[]): void {
    const height = lines.length * 18 + 24;
    this.elements.push(
      `<rect x="${this.left}" y="${this.top}" width="${this.right - this.left}" height="${height}" rx="6" fill="${COLOURS.bar}"/>`,
    );
    const font = { size: CODE, fixed: true };
    const widest = Math.floor((this.right - this.left - 24) / widthOf("m", font));
    for (const [index, line] of lines.map(indented).entries()) {
      const y = this.top + 12 + index * 18;
      const fill = line.startsWith("+") ? COLOURS.added : line.startsWith("-") ? COLOURS.removed : undefined;
      if (fill)
        this.elements.push(
          `<rect x="${this.left}" y="${y}" width="${this.right - this.left}" height="18" fill="${fill}"/>`,
        );
      const colour = line.startsWith("@@") ? COLOURS.muted : COLOURS.text;
      const shown = line.slice(0, widest);
      const indent = widthOf(/^ */.exec(shown)?.[0] ?? "", font);
      this.elements.push(
        textAt(this.left + 12 + indent, y + 13, shown.trimStart().replaceAll("  ", " \u00a0"), font, colour),
      );
    }
    this.top += height;
  }

  /** Text in lines as long as there is room. */
  runs(runs: readonly Run[], left: number, font: Font, lineHeight = LINE): void {
    let x = left;
    const newLine = () => {
      x = left;
      this.top += lineHeight;
    };
    for (const run of runs.flatMap(splitIcons)) {
      if (run.text in ICONS) {
        this.elements.push(
          `<g transform="translate(${round(x)} ${this.top + lineHeight / 2 - 9})">${ICONS[run.text]}</g>`,
        );
        x += 18;
        continue;
      }
      const own = fontOf(run, font);
      for (const word of run.text.match(run.code ? /.+/gu : /\s*\S+|\s+/gu) ?? []) {
        const width = widthOf(word, own) + (run.code ? 11 : 0);
        if (x + width > this.right && x > left) newLine();
        const shown = run.code ? word : word.trim();
        // a space at the beginning of a text is nothing in SVG, and nothing at the beginning of a line
        if (x > left) x += widthOf(/^\s*/.exec(run.code ? "" : word)?.[0] ?? "", own);
        if (shown !== "") this.elements.push(...this.word(shown, x, run, own, lineHeight));
        x += widthOf(shown, own) + (run.code ? 11 : 0);
      }
    }
    newLine();
  }

  private word(text: string, x: number, run: Run, font: Font, lineHeight: number): string[] {
    const base = this.top + lineHeight / 2 + font.size * 0.36 + (run.small ? 2 : 0);
    if (!run.code)
      return [textAt(x, base, text, font, run.link ? COLOURS.link : run.small ? COLOURS.muted : COLOURS.text)];
    const [width, height] = [widthOf(text, font) + 10, font.size + 8];
    const y = this.top + lineHeight / 2 - height / 2;
    return [
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="5" fill="#818b98" fill-opacity=".14"/>`,
      textAt(x + 5, base, text, font),
    ];
  }
}

/** A line with spaces in the place of tabs, which SVG does not know. */
function indented(line: string): string {
  return line.replace(/\t/g, (_, index: number, text: string) => {
    const column = text.slice(0, index).replaceAll("\t", " ".repeat(8)).length;
    return " ".repeat(8 - (column % 8));
  });
}

function fontOf(run: Run, { size, bold = false }: Font): Font {
  if (run.code) return { size: size * 0.85, bold: bold || run.bold === true, fixed: true };
  return { size: run.small ? size * 0.75 : size, bold: bold || run.bold === true };
}

function runsWidth(runs: readonly Run[], font: Font): number {
  return runs.flatMap(splitIcons).reduce((sum, run) => {
    return sum + (run.text in ICONS ? 18 : widthOf(run.text, fontOf(run, font)) + (run.code ? 11 : 0));
  }, 0);
}

function splitIcons(run: Run): Run[] {
  if (run.code) return [run];
  return run.text
    .split(ICON)
    .filter((text) => text !== "")
    .map((text) => ({ ...run, text }));
}

function textAt(
  x: number,
  y: number,
  text: string,
  { size, bold = false, fixed = false }: Font,
  fill: string = COLOURS.text,
): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const look = `${bold ? ";font-weight:600" : ""}${fill === COLOURS.text ? "" : `;fill:${fill}`}`;
  const length =
    text.trim() === ""
      ? ""
      : ` textLength="${round(widthOf(text, { size, bold, fixed }))}" lengthAdjust="spacingAndGlyphs"`;
  return `<text x="${round(x)}" y="${round(y)}" style="font-size:${round(size)}px${look}"${fixed ? ' class="fixed"' : ""}${length}>${escaped}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
