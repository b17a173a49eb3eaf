import { formatMoney } from "../../constructs/model/price";
import type { Action } from "./action";
import type { ConfigurationApplied } from "./configuration";
import type { Downtime } from "./downtime";
import type { Drift } from "./drift";
import { block, cell, code, htmlCode, plain, visibleLine } from "./markdown-text";
import { fitPage, folded, listed, type Part, whole } from "./page";
import type { PlannedChange, Review } from "./review";
import type { SecurityChange } from "./security-change";
import { dangersInShort, stops } from "./stops";
import type { AllDifferences, FileDifference } from "./text-difference";
import type { Named } from "./vocabulary";
import { count, fileWords, firstOf, isIdle, more, namesOf, priceOf, verdictOf } from "./words";

export interface MarkdownOptions {
  /** The label by which a pull request accepts what is lost. @default - the page names the option of the command line */
  readonly label?: string;
}

/** No file takes the page for itself. */
const LONGEST_DIFFERENCE = 12_000;

const SIGNS = { stop: "🛑", accepted: "⚠️", calm: "✅" } as const;

/** A review as one page of GitHub's Markdown: the verdict and the stops first, what is long last and folded. */
export function renderMarkdown(review: Review, differences: AllDifferences, options: MarkdownOptions = {}): string {
  return fitPage([
    whole(heading(review)),
    stops(review, options.label),
    whole(summary(review)),
    listed("Security", securityLines(review.security)),
    listed("Downtime", review.downtime.map(downtimeLine)),
    listed("What changes", changeLines(review)),
    listed("Changed by hand, without Terraform", review.drift.map(driftLine)),
    ...foreign(review),
    ...prices(review),
    ...[...differences.values()].flat().map(difference),
  ]);
}

function heading(review: Review): string[] {
  const { tone, text } = verdictOf(review);
  const hosts = review.hosts.map(code).join(", ");
  const verdict = `${tone === "stop" ? "stop, " : ""}${text}`;
  const capital = `${verdict.slice(0, 1).toUpperCase()}${verdict.slice(1)}`;
  return [`## ${SIGNS[tone]} ${hosts === "" ? capital : `${hosts}: ${verdict}`}`, ""];
}

/** The page in five lines. */
function summary(review: Review): string[] {
  if (isIdle(review) && review.drift.length === 0 && !review.errored) return [];
  const { dangers, downtime, cost, security, configuration } = review;
  const { sum, dates } = priceOf(cost, "→");
  const secrets = configuration.flatMap((applied) => (isFirst(applied) ? [] : namesOf(applied.secrets)));
  const named = `${firstOf(secrets, 8).map(cell).join(", ")}${more(secrets, 8)}`;
  return [
    "| | |",
    "|---|---|",
    `| Data | ${dangers.length === 0 ? "nothing is lost" : `**${dangersInShort(dangers)}**`} |`,
    `| Downtime | ${downtimeInShort(downtime)} |`,
    `| Price | ${sum}${dates === "" ? "" : ` <sub>${dates}</sub>`} |`,
    `| Security | ${securityInShort(security)} |`,
    `| Secrets | ${secrets.length === 0 ? "none changes" : `changed: ${named}; values are never shown`} |`,
    "",
  ];
}

function downtimeInShort(all: readonly Downtime[]): string {
  const [worst, ...others] = all.filter(({ kind }) => kind !== "none");
  if (worst === undefined) return "none";
  return `**${plain(worst.what)}**${others.length > 0 ? `, and ${others.length} more below` : ""}`;
}

function securityInShort(all: readonly SecurityChange[]): string {
  const number = (...effects: SecurityChange["effect"][]) =>
    all.filter(({ effect }) => effects.includes(effect)).length;
  const open = number("opens", "look");
  if (open > 0) return `**${count(open, "change")} to look at**`;
  if (number("begins") > 0) return "as below, from the start";
  return number("closes") > 0 ? "something closes, nothing opens" : "nothing opens";
}

const EFFECTS: Readonly<Record<SecurityChange["effect"], string>> = { opens: "⚠️ ", closes: "", begins: "", look: "⚠️ " };

/** What happens in the same way is one line. */
function securityLines(all: readonly SecurityChange[]): string[] {
  const lines = new Map<string, string[]>();
  for (const { effect, what, subject } of all) {
    const line = `- ${EFFECTS[effect]}${plain(what)}:`;
    lines.set(line, [...(lines.get(line) ?? []), subject]);
  }
  return [...lines].map(
    ([line, subjects]) => `${line} ${firstOf(subjects, 12).map(code).join(", ")}${more(subjects, 12)}`,
  );
}

function downtimeLine({ what, note, source }: Downtime): string {
  const link = source.startsWith("https://") ? `[${new URL(source).hostname}](${source})` : plain(source);
  return `- ${plain(what)}${note === null ? "" : `: ${plain(note)}`} <sub>${link}</sub>`;
}

/** What changes in this library's words: one by one, and what comes or goes by its kind. */
function changeLines({ configuration, changes, moved, imported, forgotten }: Review): string[] {
  const own = changes.filter(({ named }) => named !== null && !isRecord(named));
  return [
    ...configuration.map(configurationLine),
    ...own.filter(({ action }) => action !== "create" && action !== "destroy").map(changeLine),
    ...byKind(own.filter(({ action }) => action === "destroy")).map((line) => `- destroys ${line}`),
    ...byKind(own.filter(({ action }) => action === "create")).map((line) => `- new: ${line}`),
    ...moved.map(({ from, to }) => `- moves in the state, nowhere else: ${code(from)} to ${code(to)}`),
    ...imported.map(({ address, id }) => `- takes over what is there: ${code(address)} from ${code(id)}`),
    ...forgotten.map((address) => `- forgets ${code(address)}: it stays in the cloud, and is paid for`),
  ];
}

/** What stands for something else that is told, and nobody misses by itself. */
function isRecord({ what }: Named): boolean {
  return /^(protection of|record of|end of|project's list|bucket's versioning)/.test(what);
}

function byKind(changes: readonly PlannedChange[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const { named } of changes) {
    if (named === null) continue;
    kinds.set(named.what, [...(kinds.get(named.what) ?? []), ...(named.name === null ? [] : [named.name])]);
  }
  return [...kinds].map(([what, names]) => `**${what}** ${names.map(code).join(", ")}`.trimEnd());
}

function configurationLine(applied: ConfigurationApplied): string {
  const what = `- **${applied.what}** applied (${applied.why})`;
  if (isFirst(applied)) return what;
  const files = namesOf(applied.files);
  const secrets = namesOf(applied.secrets);
  const parts = [
    ...(files.length > 0 ? [`${firstOf(files, 12).map(code).join(", ")}${more(files, 12)}`] : []),
    ...(secrets.length > 0 ? [`${count(secrets.length, "secret")} changed`] : []),
  ];
  return parts.length === 0 ? what : `${what}: ${parts.join("; ")}. It arrives over SSH; nothing is replaced`;
}

function isFirst({ why }: ConfigurationApplied): boolean {
  return why === "first time" || why === "server is new";
}

const ACTIONS: Readonly<Record<Action, string>> = {
  create: "creates",
  update: "changes",
  replace: "replaces",
  destroy: "destroys",
  unknown: "does something unknown to",
};

function changeLine({ named, address, action, values, attributes }: PlannedChange): string {
  const subject = subjectOf(named, address);
  if (action === "update") {
    const told = firstOf(values, 6).map(({ attribute, before, after }) => valueChange(attribute, before, after));
    // what a provider computes is unknown in any change, and told only where it is all there is
    const later = `${firstOf(attributes, 4).map(code).join(", ")}${more(attributes, 4)} known after the apply`;
    return `- ${subject}, in place: ${told.length === 0 ? later : told.join(", ")}${more(values, 6)}`;
  }
  const because = attributes.length > 0 ? ` (${firstOf(attributes, 6).map(code).join(", ")})` : "";
  return `- ${ACTIONS[action]} ${subject}${because}`;
}

function driftLine({ named, address, values, security }: Drift): string {
  const told = firstOf(values, 6).map(({ attribute, before, after, putBack }) => {
    return `${valueChange(attribute, before, after)}${putBack ? " (this plan puts it back)" : ""}`;
  });
  const opened = securityLines(security).map((line) => line.slice("- ".length));
  return `- ${subjectOf(named, address)}: ${[...opened, ...told].join(", ")}${more(values, 6)}`;
}

function subjectOf(named: Named | null, address: string): string {
  if (named === null) return code(address);
  return `**${named.what}**${named.name === null ? "" : ` ${code(named.name)}`}`;
}

function valueChange(attribute: string, before: string, after: string): string {
  const isLong = [before, after].every((text) => /^\(\d+ characters\)$/.test(text));
  return isLong ? `${code(attribute)} changed` : `${code(attribute)} ${value(before)} → ${value(after)}`;
}

/** A plain word needs no quotes; what says itself that it can't be shown is no value. */
function value(text: string): string {
  const word = /^"([\w./:@-]+)"$/.exec(text)?.[1];
  return /^\([\w ]*\)$/.test(text) ? text : code(word ?? text);
}

/** Resources that are not this library's. What goes is told openly; the rest is counted, and folded. */
function foreign({ changes }: Review): Part[] {
  const others = changes.filter(({ named }) => named === null);
  const goes = ({ action }: PlannedChange) => action === "destroy" || action === "replace" || action === "unknown";
  const stays = others.filter((change) => !goes(change));
  const counts = (["create", "update"] as const).flatMap((action) => {
    const number = stays.filter((each) => each.action === action).length;
    return number === 0 ? [] : [`${number} ${action === "create" ? "created" : "changed in place"}`];
  });
  return [
    listed("Other resources", others.filter(goes).map(changeLine)),
    folded(`Other resources: ${counts.join(", ")}`, stays.map(changeLine)),
  ];
}

function prices({ cost: { before, after } }: Review): Part[] {
  const lines = [...before.lines, ...after.lines];
  const names = [...new Set(lines.map(({ what }) => what))];
  const sum = (those: typeof lines, what: string) => {
    const own = those.filter((line) => line.what === what).map(({ monthly }) => monthly);
    const amount = own.reduce((total, money) => total + money.amount, 0);
    return own[0] === undefined ? "" : formatMoney({ ...own[0], amount });
  };
  const rows = names.map((what) => {
    const line = lines.find((each) => each.what === what);
    const list = line === undefined ? "" : `[${line.date}](${line.source})`;
    return `| ${plain(what)} | ${sum([...before.lines], what)} | ${sum([...after.lines], what)} | ${list} |`;
  });
  const unknown = after.unknown.map(({ what, reason }) => `| not counted: ${cell(what)}: ${cell(reason)} | | | |`);
  if (rows.length + unknown.length === 0) return [];
  const head = ["| a month | before | after | price list |", "|---|---:|---:|---|"];
  return [folded("Price, line by line", [...head, ...rows, ...unknown])];
}

function difference({ path, how, lines }: FileDifference): Part {
  const summaryLine = `<details><summary>${htmlCode(path)} ${how}: ${fileWords(path)}</summary>`;
  if (lines === null) {
    const why = "Its lines are not shown: they are secret, not known before the apply, or there is no `git` here.";
    return whole([summaryLine, "", why, "", "</details>", ""]);
  }
  const shown: string[] = [];
  let left = LONGEST_DIFFERENCE;
  for (const line of lines) {
    const seen = visibleLine(line);
    left -= seen.length + 1;
    if (left < 0) break;
    shown.push(seen);
  }
  const [fence = "", ...rest] = block("diff", shown);
  const end = rest.pop() ?? "";
  const hidden = lines.length - shown.length;
  const foot =
    hidden > 0 ? [end, "", `${count(hidden, "more line")} of it ${hidden === 1 ? "is" : "are"} cut here.`] : [end];
  return {
    head: [summaryLine, "", fence],
    lines: rest,
    foot: [...foot, "", "</details>", ""],
    cut: (number) => `Cut for GitHub's limit: ${count(number, "line")} of ${code(path)}.`,
  };
}
