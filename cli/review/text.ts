import { type Paint, visible } from "../terminal";
import type { ConfigurationApplied, Differences } from "./configuration";
import { type Danger, isSafe, type PlannedChange, type Review } from "./review";

const ACTIONS: Readonly<Record<PlannedChange["action"], string>> = {
  create: "create",
  update: "change in place",
  replace: "replace",
  destroy: "destroy",
};

const DANGERS: Readonly<Record<Danger["action"], string>> = {
  update: "CHANGES",
  replace: "REPLACES",
  destroy: "DESTROYS",
};

/** A review for a person: what matters first, the verdict last. */
export function renderReview(review: Review, paint: Paint): string[] {
  return [
    ...review.dangers.flatMap((danger) => renderDanger(danger, paint)),
    ...review.lost.map(({ address, holds }) => {
      return paint.yellow(`already gone from the cloud, created empty: ${visible(address)} (lost: ${holds})`);
    }),
    ...review.configuration.flatMap(renderConfiguration),
    ...renderChanges(review.changes, paint),
    ...review.moved.map(({ from, to }) => `move             ${visible(from)} -> ${visible(to)}`),
    ...review.imported.map(({ address, id }) => `import           ${visible(address)} from ${visible(id)}`),
    ...review.forgotten.map(
      (address) => `forget           ${visible(address)} (it stays in the cloud, and is paid for)`,
    ),
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

function renderChanges(changes: readonly PlannedChange[], paint: Paint): string[] {
  return changes.map(({ address, action, attributes, downtime }) => {
    const which = attributes.length === 0 ? "" : ` (${visible(attributes.join(", "))})`;
    const notice = downtime === null ? "" : paint.yellow(`: ${downtime}`);
    return `${ACTIONS[action].padEnd(15)}  ${visible(address)}${which}${notice}`;
  });
}

function verdict(review: Review, paint: Paint): string {
  if (!isSafe(review)) {
    const open = review.dangers.filter((danger) => !danger.accepted);
    const accept = open.map(({ acceptance }) => `--accept '${visible(acceptance)}'`).join(" ");
    return paint.bold(paint.red(`Do not apply: ${countLosses(open)}. If that is meant: ${accept}`));
  }
  if (review.dangers.length > 0) return paint.yellow("Only what was accepted is lost.");
  const idle = [review.configuration, review.changes, review.moved, review.imported, review.forgotten].every(
    (list) => list.length === 0,
  );
  return paint.green(idle ? "Nothing changes." : "No data is lost.");
}

function countLosses(open: readonly Danger[]): string {
  const changes = open.filter(({ action }) => action === "update").length;
  const resources = open.length - changes;
  const parts: string[] = [];
  if (resources === 1) parts.push("1 resource that holds data would be lost");
  if (resources > 1) parts.push(`${resources} resources that hold data would be lost`);
  if (changes === 1) parts.push("1 change in place would lose data");
  if (changes > 1) parts.push(`${changes} changes in place would lose data`);
  return parts.join(", ");
}
