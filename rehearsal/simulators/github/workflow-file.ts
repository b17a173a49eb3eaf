import { parse } from "yaml";
import type { Permissions } from "./callers";

/** Something that happens in a repository, as a workflow's `on` asks for it. */
export type Happening =
  | { readonly name: "push"; readonly ref: string; readonly files: readonly string[] }
  | {
      readonly name: "pull_request";
      readonly action: string;
      /** The branch that it is to be merged into. */
      readonly base: string;
      readonly files: readonly string[];
    }
  | { readonly name: "workflow_dispatch" }
  | { readonly name: "schedule"; readonly cron: string };

/** A job, as far as GitHub itself looks at it: what it runs is the runner's. */
export interface WorkflowJob {
  readonly id: string;
  readonly name: string;
  /** As written: it may hold an expression. @default - none */
  readonly environment?: string;
  /** Names of the events that it is for, where its `if` asks for nothing else. @default - any */
  readonly events?: readonly string[];
  /** Names of the secrets that it reads. */
  readonly secrets: readonly string[];
}

export interface DispatchInput {
  readonly required: boolean;
  readonly default?: string;
}

type Node = Readonly<Record<string, unknown>>;
const DEFAULT_ACTIONS = ["opened", "synchronize", "reopened"];

/** A file of `.github/workflows`: when it runs, and with what. */
export class WorkflowFile {
  private constructor(
    public readonly path: string,
    private readonly root: Node,
  ) {}

  /** Throws where the file is no workflow. */
  public static parse(path: string, text: string): WorkflowFile {
    const root: unknown = parse(text);
    if (!isNode(root) || !isNode(root.jobs)) throw new Error(`${path}: No jobs defined`);
    if (root.on === undefined) throw new Error(`${path}: No event triggers defined in \`on\``);
    return new WorkflowFile(path, root);
  }

  public get name(): string {
    return typeof this.root.name === "string" ? this.root.name : this.path;
  }

  public get jobs(): readonly WorkflowJob[] {
    return this.jobNodes.map(([id, job]) => {
      const { environment } = job;
      const named = isNode(environment) ? environment.name : environment;
      const read = JSON.stringify([this.root.env, job]).matchAll(/\bsecrets\.([A-Za-z_]\w*)/g);
      return {
        id,
        name: typeof job.name === "string" ? job.name : id,
        ...(typeof named === "string" ? { environment: named } : {}),
        ...(typeof job.if === "string" && EVENTS.test(job.if) ? { events: eventsOf(job.if) } : {}),
        secrets: [...new Set([...read].map(([, name = ""]) => name.toUpperCase()))],
      };
    });
  }

  /**
   * What the run's token may do. One token serves all jobs here, so it has what any of them was given; a workflow that
   * says nothing gets what new repositories give.
   */
  public get permissions(): Permissions {
    const all: Record<string, "read" | "write"> = {};
    for (const [, job] of this.jobNodes) {
      const given = job.permissions ?? this.root.permissions ?? { contents: "read", packages: "read" };
      for (const [name, level] of Object.entries(
        given === "write-all" ? EVERYTHING : given === "read-all" ? {} : given,
      )) {
        if (level === "write" || (level === "read" && all[name] === undefined)) all[name] = level;
      }
    }
    return all;
  }

  /** Whether it is there for this. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#on */
  public isFor(happening: Happening): boolean {
    const settings = this.trigger(happening.name);
    if (settings === undefined) return false;
    switch (happening.name) {
      case "push": {
        const [, kind, name = ""] = /^refs\/(heads|tags)\/(.*)$/.exec(happening.ref) ?? [];
        const asks = (key: string) => settings[key] !== undefined || settings[`${key}-ignore`] !== undefined;
        if (kind === "tags" && !asks("tags") && asks("branches")) return false;
        if (kind === "heads" && !asks("branches") && asks("tags")) return false;
        const passes = passesFilter(settings, kind === "tags" ? "tags" : "branches", [name]);
        return passes && (kind === "tags" || passesFilter(settings, "paths", happening.files));
      }
      case "pull_request": {
        const actions = Array.isArray(settings.types) ? settings.types : DEFAULT_ACTIONS;
        return (
          actions.includes(happening.action) &&
          passesFilter(settings, "branches", [happening.base]) &&
          passesFilter(settings, "paths", happening.files)
        );
      }
      case "workflow_dispatch":
        return true;
      case "schedule":
        return this.crons.includes(happening.cron);
    }
  }

  public get crons(): readonly string[] {
    const schedule = isNode(this.root.on) ? this.root.on.schedule : undefined;
    return Array.isArray(schedule) ? schedule.map(({ cron }) => String(cron)) : [];
  }

  /** What a start by hand asks for. */
  public get inputs(): Readonly<Record<string, DispatchInput>> {
    const inputs = this.trigger("workflow_dispatch")?.inputs;
    if (!isNode(inputs)) return {};
    return Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => {
        const { required, default: value } = isNode(input) ? input : {};
        return [name, { required: required === true, ...(value === undefined ? {} : { default: String(value) }) }];
      }),
    );
  }

  private get jobNodes(): [string, Node][] {
    return Object.entries(this.root.jobs as Node).map(([id, job]) => [id, isNode(job) ? job : {}]);
  }

  /** Its settings; empty where it has none, undefined where the workflow does not ask for it. */
  private trigger(name: string): Node | undefined {
    const { on } = this.root;
    if (on === name || (Array.isArray(on) && on.includes(name))) return {};
    if (!isNode(on) || !(name in on)) return undefined;
    return isNode(on[name]) ? on[name] : {};
  }
}

const EVENTS = /^github\.event_name == '\w+'( \|\| github\.event_name == '\w+')*$/;
const eventsOf = (condition: string): string[] => [...condition.matchAll(/== '(\w+)'/g)].map(([, name = ""]) => name);

const EVERYTHING = Object.fromEntries(
  ["actions", "checks", "contents", "deployments", "issues", "packages", "pull-requests", "statuses"].map((name) => [
    name,
    "write",
  ]),
);

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** One name that the filter takes is enough. The last pattern that matches a name decides; `!` takes it out again. */
function passesFilter(settings: Node, key: string, names: readonly string[]): boolean {
  const [wanted, ignored] = [settings[key], settings[`${key}-ignore`]];
  if (Array.isArray(ignored)) return names.some((name) => !chosen(ignored.map(String), name));
  return !Array.isArray(wanted) || names.some((name) => chosen(wanted.map(String), name));
}

function chosen(patterns: readonly string[], name: string): boolean {
  return patterns.reduce((is, pattern) => {
    const negative = pattern.startsWith("!");
    return matches(negative ? pattern.slice(1) : pattern, name) ? !negative : is;
  }, false);
}

/** `*` stays within a folder, `**` does not. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet */
function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/\*\*\/?|\*|[?+]|\[[^\]]*\]|[.^${}()|\\]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return /^[?+[]/.test(part) ? part : `\\${part}`;
  });
  return new RegExp(`^${source}$`).test(name);
}
