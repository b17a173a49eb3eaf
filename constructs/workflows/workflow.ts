import { Document, isMap, isPair, isScalar, visit } from "yaml";
import type { PinnedAction } from "./pinned-actions";

/** A GitHub workflow. Names are GitHub's own: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax */
export interface Workflow {
  readonly name: string;
  readonly "run-name"?: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly concurrency?: Concurrency;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress": boolean;
}

export interface Job {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly environment?: { readonly name: string; readonly url?: string };
  readonly concurrency?: Concurrency;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  readonly "timeout-minutes": number;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export type Step = RunStep | ActionStep;

interface AnyStep {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Commands. Never with an expression in them: values come by `env`. */
export interface RunStep extends AnyStep {
  readonly run: string;
  readonly "working-directory"?: string;
}

export interface ActionStep extends AnyStep {
  readonly uses: PinnedAction;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

/** The text of a workflow's file. */
export function renderWorkflow(header: readonly string[], { jobs, ...workflow }: Workflow): string {
  const fields = {
    ...workflow,
    // Nothing is allowed that a job does not name.
    permissions: {},
    defaults: { run: { shell: "bash" } },
    jobs: Object.fromEntries(
      Object.entries(jobs).map(([id, { steps, name, needs, ...job }]) => [
        id,
        { name, needs, "runs-on": "ubuntu-24.04", ...job, steps: steps.map(stepFields) },
      ]),
    ),
  };
  const document = new Document(fields, { aliasDuplicateObjects: false });
  document.commentBefore = header.map((line) => ` ${line}`).join("\n");
  const actions = new Map(
    Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .flatMap((step) => ("uses" in step ? [[reference(step.uses), step.uses.version] as const] : [])),
  );
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === "uses" && isScalar(value)) {
        value.comment = ` ${actions.get(String(value.value))}`;
      }
    },
  });
  spaceOut(document);
  return document.toString({ lineWidth: 0, blockQuote: "literal" });
}

function stepFields(step: Step): Record<string, unknown> {
  const { name, id, if: condition, env, ...does } = step;
  const head = { name, id, if: condition };
  if (!("uses" in does)) return { ...head, "working-directory": does["working-directory"], env, run: does.run };
  return { ...head, uses: reference(does.uses), env, with: does.with };
}

function reference({ name, commit }: PinnedAction): string {
  return `${name}@${commit}`;
}

/** An empty line before each section and each job. */
function spaceOut(document: Document): void {
  const jobs = document.get("jobs");
  for (const map of [document.contents, jobs]) {
    if (!isMap(map)) continue;
    for (const [index, pair] of map.items.entries()) {
      if (isPair(pair) && isScalar(pair.key) && (map === document.contents || index > 0)) pair.key.spaceBefore = true;
    }
  }
}
