import type { JsonStore } from "../json-store";
import { found } from "./answers";
import type { CodeForge } from "./code-forge";
import { now, type Repository } from "./state";

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly login: string;
  body: string;
  readonly created_at: string;
  updated_at: string;
}

/** A wish to merge one branch into another. */
export interface Pull {
  readonly head: string;
  base: string;
  /** The newest commit of each, as of the last push. */
  headSha: string;
  baseSha: string;
  /** What a merge would make; null where the branches contradict each other. */
  mergeSha: string | null;
  merged_at: string | null;
}

/** An issue; one with a `pull` is a pull request, as GitHub counts them together. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly login: string;
  title: string;
  body: string | null;
  state: "open" | "closed";
  labels: string[];
  readonly created_at: string;
  updated_at: string;
  closed_at: string | null;
  readonly pull?: Pull;
}

export type PullRequest = Issue & { readonly pull: Pull };

/** The issue as a pull request; undefined where it is none. */
export const pullOf = (issue: Issue): PullRequest | undefined =>
  issue.pull === undefined ? undefined : (issue as PullRequest);

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export type Conclusion = "success" | "failure" | "cancelled" | "skipped" | "startup_failure";

export interface RunStep {
  readonly name: string;
  readonly number: number;
  readonly conclusion: Conclusion;
}

export interface RunJob {
  readonly id: number;
  /** Its key in the workflow. */
  readonly key: string;
  readonly name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: Conclusion | null;
  steps: RunStep[];
}

/** One run of a workflow. */
export interface Run {
  readonly id: number;
  readonly run_number: number;
  readonly name: string;
  readonly path: string;
  readonly event: string;
  readonly display_title: string;
  /** The branch that it is about: of a pull request, its head. */
  readonly head_branch: string;
  readonly head_sha: string;
  /** What is checked out. */
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  readonly payload: unknown;
  readonly created_at: string;
  updated_at: string;
  /** `waiting`: for the reviewers of its environments. */
  status: "queued" | "waiting" | "in_progress" | "completed";
  conclusion: Conclusion | null;
  /** Environments that wait for a reviewer. */
  waitingFor: string[];
  jobs: RunJob[];
}

/** A verdict on a commit that is no run's job. */
export interface CheckRun {
  readonly id: number;
  name: string;
  readonly head_sha: string;
  status: string;
  conclusion: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  details_url: string | null;
  readonly started_at: string;
  completed_at: string | null;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly target_url: string | null;
  readonly login: string;
  readonly created_at: string;
}

/** What people and workflows do in one repository. */
export interface Work {
  lastNumber: number;
  issues: Issue[];
  comments: Comment[];
  labels: Label[];
  runs: Run[];
  runNumbers: Record<string, number>;
  checks: CheckRun[];
  statuses: CommitStatus[];
}

/** The work in all repositories, by their numbers. */
export class Collaboration {
  public constructor(
    private readonly store: JsonStore<{ repositories: Record<string, Work> }>,
    private readonly forge: CodeForge,
  ) {}

  public save(): void {
    this.store.save();
  }

  public nextId(): number {
    const id = this.forge.nextId();
    this.forge.save();
    return id;
  }

  public of({ id }: Repository): Work {
    const { repositories } = this.store.value;
    const empty = { lastNumber: 0, issues: [], comments: [], runs: [], runNumbers: {}, checks: [], statuses: [] };
    repositories[id] ??= { ...empty, labels: [] };
    return repositories[id];
  }

  public issue(repository: Repository, number: string): Issue {
    return found(this.of(repository).issues.find((issue) => String(issue.number) === number));
  }

  public pull(repository: Repository, number: string): PullRequest {
    return found(pullOf(this.issue(repository, number)));
  }

  public addIssue(
    repository: Repository,
    login: string,
    given: Pick<Issue, "title" | "body"> & Partial<Pick<Issue, "labels" | "pull">>,
  ): Issue {
    const work = this.of(repository);
    work.lastNumber += 1;
    const times = { created_at: now(), updated_at: now(), closed_at: null };
    const issue: Issue = {
      id: this.nextId(),
      number: work.lastNumber,
      login,
      state: "open",
      labels: [],
      ...times,
      ...given,
    };
    for (const label of issue.labels) this.needLabel(repository, label);
    work.issues.push(issue);
    return issue;
  }

  /** GitHub makes a label that an issue is given and nobody has made. */
  public needLabel(repository: Repository, name: string): Label {
    const { labels } = this.of(repository);
    const known = labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known;
    const label = { id: this.nextId(), name, color: "ededed", description: null };
    labels.push(label);
    return label;
  }
}
