import type { Action } from "./action";
import type { Danger } from "./dangers";
import { code, plain } from "./markdown-text";
import type { Part } from "./page";
import type { Review } from "./review";
import { count } from "./words";

const ENDED = "Terraform ended this plan with an error: nothing of it can be applied, and it may not show everything.";
const PROTECTED = "What is protected is never destroyed: who means it deploys `protection: false` before.";

const PARTIAL =
  "This plan leaves something out (it was made with `-target`, or too little is known yet): plan again after the apply.";

/** So many that each gets one line. */
const MANY = 40;

/** What would be lost, in GitHub's red box, and what is or may be lost otherwise, in a yellow one: never folded. */
export function stops({ dangers, errored, complete, lost, deferred }: Review, label: string | undefined): Part {
  const [open, accepted] = [dangers.filter((each) => !each.accepted), dangers.filter((each) => each.accepted)];
  const red: string[][] = [];
  if (errored)
    red.push([open.length > 0 ? `${ENDED} ${PROTECTED}` : `${ENDED} The run's log has Terraform's own words.`]);
  red.push(...dangerBlocks(open));
  if (open.length > 0 && !errored) red.push([howToAccept(open, label)]);
  const yellow = [
    ...dangerBlocks(accepted),
    ...lost.map(({ address, holds }) => {
      return [`Already gone from the cloud, made anew and empty: ${code(address)}. Lost: ${plain(holds)}`];
    }),
    ...deferred.map(({ address, action, reason }) => {
      return [`Not decided yet, so a later plan does it: ${ACTIONS[action]} ${code(address)} (${plain(reason)})`];
    }),
  ];
  if (!complete && !errored) yellow.push([PARTIAL]);
  return {
    head: [],
    lines: [...alert("CAUTION", red), ...alert("WARNING", yellow)],
    foot: [],
    cut: (lines) =>
      `**There is more than fits here: ${count(lines, "line")} about what is lost.** \`single-host review\` prints them all.`,
  };
}

/** `of what holds data: 2 replaced` */
export function dangersInShort(dangers: readonly Danger[]): string {
  const told = (["destroy", "replace", "update", "unknown"] as const).flatMap((action) => {
    const number = dangers.filter((danger) => danger.action === action).length;
    return number === 0 ? [] : [`${number} ${PARTICIPLES[action]}`];
  });
  return `of what holds data: ${told.join(", ")}`;
}

const PARTICIPLES: Readonly<Record<Danger["action"], string>> = {
  destroy: "destroyed",
  replace: "replaced",
  update: "changed with a loss",
  unknown: "touched in an unknown way",
};

const ACTIONS: Readonly<Record<Action, string>> = {
  create: "creates",
  destroy: "destroys",
  replace: "replaces",
  update: "changes",
  unknown: "does something unknown to",
};

function alert(kind: string, blocks: readonly (readonly string[])[]): string[] {
  if (blocks.length === 0) return [];
  const lines = blocks.flatMap((each, index) => (index === 0 ? each : ["", ...each]));
  return [`> [!${kind}]`, ...lines.map((line) => `> ${line}`.trimEnd()), ""];
}

function dangerBlocks(dangers: readonly Danger[]): string[][] {
  if (dangers.length === 0) return [];
  return dangers.length > MANY ? [dangers.map((danger) => `- ${titleOf([danger])}`)] : alike(dangers).map(dangerLines);
}

/** What is lost in the same way, for the same reason: it is told once. */
function alike(dangers: readonly Danger[]): [Danger, ...Danger[]][] {
  const groups = new Map<string, [Danger, ...Danger[]]>();
  for (const danger of dangers) {
    const { action, named, holds, because, remedy } = danger;
    const key = JSON.stringify([action, named?.what, holds, because, remedy]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [danger]);
    else group.push(danger);
  }
  return [...groups.values()];
}

function dangerLines(dangers: [Danger, ...Danger[]]): string[] {
  const [{ holds, because, remedy, accepted }] = dangers;
  return [
    `**${titleOf(dangers)}**`,
    `- lost: ${plain(holds)}`,
    `- because: ${plain(because)}`,
    ...(accepted ? [] : [`- remedy: ${plain(remedy)}`]),
  ];
}

function titleOf(dangers: [Danger, ...Danger[]]): string {
  const [{ action, named, accepted }] = dangers;
  const verb = `${ACTIONS[action].slice(0, 1).toUpperCase()}${ACTIONS[action].slice(1)}`;
  const addresses = dangers.map(({ address }) => code(address)).join(", ");
  return `${verb} ${named === null ? "" : `the ${named.what} `}${addresses}${accepted ? " (accepted)" : ""}`;
}

function howToAccept(open: readonly Danger[], label: string | undefined): string {
  if (label !== undefined) return `If that is meant: put the label ${code(label)} on this pull request.`;
  const options = open.length > 3 ? "--accept-all" : open.map(({ acceptance }) => `--accept '${acceptance}'`).join(" ");
  return `If that is meant: ${code(options)}.`;
}
