import { type Paint, visible } from "../terminal";
import type { Action } from "./action";
import type { ConfigurationApplied, Differences } from "./configuration";
import type { Danger } from "./dangers";
import type { Drift } from "./drift";
import { visibleLine } from "./markdown-text";
import { isSafe, type PlannedChange, type Review } from "./review";
import type { SecurityChange } from "./security-change";
import type { AllDifferences, FileDifference } from "./text-difference";
import { count, countLosses, isIdle, priceOf } from "./words";

const ACTIONS: Readonly<Record<Action, string>> = {
  create: "create",
  update: "change in place",
  replace: "replace",
  destroy: "destroy",
  unknown: "unknown action",
};

const DANGERS: Readonly<Record<Danger["action"], string>> = {
  update: "CHANGES",
  replace: "REPLACES",
  destroy: "DESTROYS",
  unknown: "UNKNOWN ACTION ON",
};

/** A screen or two of a file, in a terminal. */
const MOST_LINES = 80;

/** A review for a person: what matters first, the verdict last. */
export function renderReview(review: Review, differences: AllDifferences, paint: Paint): string[] {
  return [
    ...review.dangers.flatMap((danger) => renderDanger(danger, paint)),
    ...review.lost.map(({ address, holds }) => {
      return paint.yellow(`already gone from the cloud, created empty: ${visible(address)} (lost: ${holds})`);
    }),
    ...review.drift.map((drift) => renderDrift(drift, paint)),
    ...review.configuration.flatMap((applied) => [
      ...renderConfiguration(applied),
      ...(differences.get(applied) ?? []).flatMap((difference) => renderDifference(difference, paint)),
    ]),
    ...renderChanges(review.changes, paint),
    ...review.moved.map(({ from, to }) => `move             ${visible(from)} -> ${visible(to)}`),
    ...review.imported.map(({ address, id }) => `import           ${visible(address)} from ${visible(id)}`),
    ...review.forgotten.map(
      (address) => `forget           ${visible(address)} (it stays in the cloud, and is paid for)`,
    ),
    ...review.deferred.map(({ address, action, reason }) => {
      return `later            ${visible(address)} (${ACTIONS[action]}, by a later plan: ${visible(reason)})`;
    }),
    ...(review.complete || review.errored
      ? []
      : [
          paint.yellow(
            "This plan leaves something out (a -target, or too little is known yet): plan again after the apply.",
          ),
        ]),
    ...review.security.map((change) => renderSecurity(change, paint)),
    ...review.downtime.map(({ what, note, source }) => {
      const text = visible(note === null ? what : `${what}; ${note}`);
      return `downtime         ${text} ${paint.dim(`[${source}]`)}`;
    }),
    ...renderPrice(review),
    verdict(review, paint),
  ];
}

function renderDanger(danger: Danger, paint: Paint): string[] {
  const what = `${DANGERS[danger.action]} ${visible(danger.address)}`;
  return [
    danger.accepted ? paint.yellow(`${what} (accepted)`) : paint.bold(paint.red(what)),
    `  lost     ${visible(danger.holds)}`,
    `  because  ${visible(danger.because)}`,
    ...(danger.accepted ? [] : [`  remedy   ${visible(danger.remedy)}`]),
  ];
}

function renderDrift({ address, values }: Drift, paint: Paint): string {
  const told = values.map(({ attribute, before, after, putBack }) => {
    return `${visible(attribute)} ${visible(before)} -> ${visible(after)}${putBack ? ", this plan puts it back" : ""}`;
  });
  return paint.yellow(`changed by hand  ${visible(address)}: ${told.join("; ")}`);
}

function renderConfiguration(applied: ConfigurationApplied): string[] {
  const lines = [`${applied.what} applied (${applied.why})  ${visible(applied.address)}`];
  if (applied.why === "first time" || applied.why === "server is new") return lines;
  for (const [kind, differences] of Object.entries({ files: applied.files, secrets: applied.secrets })) {
    const text = renderDifferences(differences);
    if (text !== "") lines.push(`  ${kind.padEnd(7)}  ${text}`);
  }
  return lines;
}

function renderDifferences(differences: Differences): string {
  return Object.entries(differences)
    .filter(([, names]) => names.length > 0)
    .map(([how, names]) => `${visible(names.join(", "))} ${how}`)
    .join("; ");
}

function renderDifference({ path, lines }: FileDifference, paint: Paint): string[] {
  if (lines === null) return [paint.dim(`  ${visible(path)}: its lines can't be shown`)];
  const coloured = (line: string) => {
    if (line.startsWith("+")) return paint.green(line);
    return line.startsWith("-") ? paint.red(line) : line;
  };
  const hidden = lines.length - MOST_LINES;
  return [
    paint.bold(`  ${visible(path)}`),
    ...lines.slice(0, MOST_LINES).map((line) => `    ${coloured(visibleLine(line))}`),
    ...(hidden > 0 ? [paint.dim(`    ${count(hidden, "more line")}`)] : []),
  ];
}

function renderChanges(changes: readonly PlannedChange[], paint: Paint): string[] {
  return changes.map(({ address, action, attributes, downtime }) => {
    const which = attributes.length === 0 ? "" : ` (${visible(attributes.join(", "))})`;
    const notice =
      downtime.length === 0 ? "" : paint.yellow(`: ${visible(downtime.map(({ what }) => what).join(", "))}`);
    return `${ACTIONS[action].padEnd(15)}  ${visible(address)}${which}${notice}`;
  });
}

function renderSecurity({ effect, what, subject }: SecurityChange, paint: Paint): string {
  const line = `security         ${visible(what)}: ${visible(subject)}`;
  return effect === "opens" || effect === "look" ? paint.yellow(line) : line;
}

function renderPrice({ cost }: Review): string[] {
  const { sum, dates } = priceOf(cost);
  return dates === "" ? [] : [`price            ${sum}, ${dates}`];
}

function verdict(review: Review, paint: Paint): string {
  const open = review.dangers.filter((danger) => !danger.accepted);
  if (review.errored) {
    const losses = open.length > 0 ? `${countLosses(open)}, and ` : "";
    return paint.bold(paint.red(`Do not apply: ${losses}Terraform ended this plan with an error. Read what it said.`));
  }
  if (!isSafe(review)) {
    const accept = open.map(({ acceptance }) => `--accept '${visible(acceptance)}'`).join(" ");
    return paint.bold(paint.red(`Do not apply: ${countLosses(open)}. If that is meant: ${accept}`));
  }
  if (review.dangers.length > 0) return paint.yellow("Only what was accepted is lost.");
  return paint.green(isIdle(review) ? "Nothing changes." : "No data is lost.");
}
