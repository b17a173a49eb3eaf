import { during, LIBRARY, latencyOf, type ReleaseNumbers, type ReleaseRun, visits } from "./release-run";

const MARGIN = { left: 58, right: 16, top: 84, bottom: 40 };
const COLUMN = 560;
const GAP = 46; // between columns, with room for the axis of the second
const PANEL = 118;
const ROW = PANEL + 40; // with the line of text above it
const STRIP = 16; // at the top of a panel, for what failed
const CELL = 2; // requests whose dots would touch are one dot
const AXIS: readonly (readonly [number, string])[] = [
  ...([
    [1, "1 ms"],
    [10, "10 ms"],
    [100, "100 ms"],
  ] as const),
  ...([
    [1000, "1 s"],
    [10_000, "10 s"],
    [100_000, ""],
  ] as const),
];

const style = `
  text { font: 12px system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; fill: #1f2937 }
  .title { font-size: 17px; font-weight: 600 }
  .shape { font-size: 14px; font-weight: 600 }
  .way { font-weight: 600 }
  .axis { font-size: 11px; fill: #6b7280 }
  .bad { fill: #c81e1e; font-weight: 600 }
  .good { fill: #047857; font-weight: 600 }
  .end { text-anchor: end }
  .middle { text-anchor: middle }
  .panel { fill: #f8fafc; stroke: #cbd5e1 }
  .grid { stroke: #e2e8f0 }
  .release { fill: #f59e0b; fill-opacity: .2 }
  .failed { fill: #dc2626 }
  .dots { stroke: #1d4ed8; stroke-width: ${CELL}; fill: none }`;

/** How long each request took, over time: a column a shape, a row a way of releasing, the same axes for all. */
export function renderReleasesPlot({ runs }: Pick<ReleaseNumbers, "runs">): string {
  const shapes = [...new Set(runs.map(({ shape }) => shape))];
  const rows = [...new Set(runs.map(rowOf))].sort((one, other) => Number(isBusy(one)) - Number(isBusy(other)));
  const seconds = shownSeconds(runs);
  const width = MARGIN.left + shapes.length * COLUMN + (shapes.length - 1) * GAP + MARGIN.right;
  const height = MARGIN.top + rows.length * ROW + MARGIN.bottom;
  const panels = runs.map((run) => {
    const left = MARGIN.left + shapes.indexOf(run.shape) * (COLUMN + GAP);
    const top = MARGIN.top + rows.indexOf(rowOf(run)) * ROW + ROW - PANEL;
    return group(left, top, renderPanel(run, seconds));
  });
  const heads = shapes.map((shape, index) =>
    text(MARGIN.left + index * (COLUMN + GAP), 66, headOf(shape, runs), "shape"),
  );
  const axes = shapes.map((_, index) =>
    group(MARGIN.left + index * (COLUMN + GAP), MARGIN.top + rows.length * ROW, renderTime(seconds)),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    "<title>Releases under load: how long requests took, and which failed</title>",
    `<style>${style}\n</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>`,
    text(MARGIN.left, 34, "Releases under load", "title"),
    ...renderLegend(width - MARGIN.right),
    ...heads,
    ...panels,
    ...axes,
    "</svg>",
    "",
  ].join("\n");
}

const rowOf = ({ way, load }: ReleaseRun) => `${way}, ${load}`;
const isBusy = (row: string) => row.endsWith("near saturation");

function headOf(shape: string, runs: readonly ReleaseRun[]): string {
  const alone = runs.some((run) => run.shape === shape && run.alone !== undefined);
  return alone ? `${shape}: its backend cannot run twice` : `${shape}: a new version starts beside the old`;
}

/** As long as the longest of the other ways: the library's further releases look alike. */
function shownSeconds(runs: readonly ReleaseRun[]): number {
  const ends = (some: readonly ReleaseRun[]) => some.map(({ phases }) => Math.max(0, ...phases.map(({ to }) => to)));
  const others = ends(runs.filter(({ way }) => way !== LIBRARY));
  return Math.max(10, Math.ceil(Math.max(...(others.length > 0 ? others : ends(runs))) / 10_000) * 10);
}

function renderPanel(run: ReleaseRun, seconds: number): string[] {
  const x = (milliseconds: number) => (milliseconds / 1000 / seconds) * COLUMN;
  const all = visits(run);
  const shown = all.filter(({ at }) => at >= 0 && at < seconds * 1000);
  const failed = all.filter(({ failure }) => failure !== "").length;
  const bands = run.phases
    .filter(({ kind, from }) => kind === "release" && from < seconds * 1000)
    .map(({ from, to }) => {
      const wide = Math.min(x(to), COLUMN) - x(from);
      return `<rect class="release" x="${digits(x(from))}" width="${digits(wide)}" height="${PANEL}"/>`;
    });
  const grid = AXIS.filter(([, label]) => label !== "").flatMap(([value, label]) => [
    `<path class="grid" d="M0 ${digits(y(value))}h${COLUMN}"/>`,
    text(-6, y(value) + 4, label, "axis end"),
  ]);
  return [
    `<rect class="panel" width="${COLUMN}" height="${PANEL}"/>`,
    ...grid,
    ...bands,
    ...renderDots(shown.filter(({ failure }) => failure === "").map(({ at, took }) => [x(at), y(took)] as const)),
    ...renderFailures(shown.filter(({ failure }) => failure !== "").map(({ at }) => x(at))),
    text(0, -8, `${run.way}, ${run.rate} requests/s`, "way"),
    text(COLUMN, -8, summary(run, all, failed), `end ${failed === 0 ? "good" : "bad"}`),
  ];
}

function summary(run: ReleaseRun, all: ReturnType<typeof visits>, failed: number): string {
  const [rest, release] = (["rest", "release"] as const).map((kind) => latencyOf(during(run, kind, all)).p99);
  const count = all.length.toLocaleString("en");
  return `${failed.toLocaleString("en")} of ${count} failed, p99 ${words(rest ?? 0)} → ${words(release ?? 0)}`;
}

const words = (milliseconds: number) =>
  milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

/** The more requests there are in a place, the stronger it is. */
function renderDots(points: readonly (readonly [number, number])[]): string[] {
  const cells = new Map<string, number>();
  for (const [x, y] of points) {
    const cell = `M${Math.floor(x / CELL) * CELL} ${Math.round(y / CELL) * CELL}h${CELL}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return (
    [
      [1, 1, 0.4],
      [2, 4, 0.65],
      [5, Number.POSITIVE_INFINITY, 0.95],
    ] as const
  ).flatMap(([least, most, opacity]) => {
    const path = [...cells].filter(([, count]) => count >= least && count <= most).map(([cell]) => cell);
    return path.length === 0 ? [] : [`<path class="dots" opacity="${opacity}" d="${path.join("")}"/>`];
  });
}

/** Bars at the top, as high as there are digits in the number of requests that failed at that moment. */
function renderFailures(points: readonly number[]): string[] {
  const counts = new Map<number, number>();
  for (const x of points) {
    const column = Math.floor(x / CELL) * CELL;
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  return [...counts].map(([column, count]) => {
    const high = Math.min(STRIP, 6 + 7 * Math.log10(count));
    return `<rect class="failed" x="${column}" width="${CELL}" height="${digits(high)}"/>`;
  });
}

function y(milliseconds: number): number {
  const [least, most] = [Math.log10(AXIS[0]?.[0] ?? 1), Math.log10(AXIS.at(-1)?.[0] ?? 1)];
  const part = (Math.log10(Math.max(milliseconds, 1)) - least) / (most - least);
  return PANEL - part * (PANEL - STRIP);
}

function renderTime(seconds: number): string[] {
  const step = [5, 10, 20, 30, 60, 120, 300].find((candidate) => seconds / candidate <= 8) ?? 600;
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
  return ticks.map((tick) => text((tick / seconds) * COLUMN, 18, `${tick} s`, "axis middle"));
}

function renderLegend(right: number): string[] {
  return [
    `<path class="dots" style="stroke-width: 4" d="M${right - 312} 30h4"/>`,
    text(right - 302, 34, "a request"),
    `<rect class="release" x="${right - 222}" y="22" width="16" height="14"/>`,
    text(right - 200, 34, "a release"),
    `<rect class="failed" x="${right - 120}" y="22" width="3" height="14"/>`,
    text(right - 110, 34, "failed requests"),
  ];
}

function group(x: number, y: number, content: readonly string[]): string {
  return `<g transform="translate(${x} ${y})">\n${content.join("\n")}\n</g>`;
}

function text(x: number, y: number, content: string, kind = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${digits(x)}" y="${digits(y)}"${kind === "" ? "" : ` class="${kind}"`}>${escaped}</text>`;
}

const digits = (value: number) => String(Math.round(value * 10) / 10);
