import type { Duration } from "./duration";
import type { Faults } from "./faults";

/** Who may use an environment, and from where. */
export interface GithubProtection {
  /**
   * Who has to agree to a job before it gets the environment's secrets: people by login, teams of the repository's owner as
   * `team:ops`. One of them is enough. Private repositories need GitHub Enterprise.
   * @default - nobody: a job starts at once
   */
  readonly reviewers?: readonly string[];
  /**
   * Whether somebody else than who started a job has to agree to it.
   * @default - whoever started it may agree, too
   */
  readonly preventSelfReview?: boolean;
  /**
   * Branches whose jobs may use the environment: names and patterns such as `release/*`; `"protected"`: those that branch
   * protection guards; `"any"`.
   * @default - the repository's default branch alone
   */
  readonly branches?: readonly string[] | "protected" | "any";
  /**
   * How long a job waits before it starts, at most 30 days. Private repositories need GitHub Enterprise.
   * @default - it does not
   */
  readonly waitTimer?: Duration;
}

/** https://docs.github.com/en/rest/deployments/environments#create-or-update-an-environment */
const MOST_REVIEWERS = 6;
const LONGEST_WAIT_MINUTES = 43_200;
const LOGIN = /^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}(_[A-Za-z0-9]+)?$/;
const TEAM = /^team:[a-z0-9_-]{1,255}$/;

/** A reviewer: a person, or a team of the repository's owner. */
export interface GithubReviewer {
  readonly kind: "user" | "team";
  readonly name: string;
}

export function parseReviewer(text: string): GithubReviewer {
  return text.startsWith("team:") ? { kind: "team", name: text.slice(5) } : { kind: "user", name: text };
}

export function validateProtection(faults: Faults, protection: GithubProtection): void {
  const { reviewers = [], branches = "any", waitTimer, preventSelfReview = false } = protection;
  for (const reviewer of reviewers) {
    if (LOGIN.test(reviewer) || TEAM.test(reviewer)) continue;
    const remedy = 'write a login, or a team\'s short name as "team:ops"';
    faults.add("reviewers", `${JSON.stringify(reviewer)} is nobody on GitHub`, remedy);
  }
  validateTwice(
    faults,
    "reviewers",
    reviewers.map((reviewer) => reviewer.toLowerCase()),
  );
  if (reviewers.length > MOST_REVIEWERS) {
    faults.add("reviewers", `must be ${MOST_REVIEWERS} at most, got ${reviewers.length}`, "name a team");
  }
  if (preventSelfReview && reviewers.length === 0) {
    faults.add("preventSelfReview", "is true, and there are no reviewers", "name them: reviewers");
  }
  if (Array.isArray(branches)) validateBranches(faults, branches);
  const minutes = (waitTimer?.toSeconds() ?? 60) / 60;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_WAIT_MINUTES) {
    const problem = `must be 1 minute to 30 days in whole minutes, got ${waitTimer}`;
    faults.add("waitTimer", problem, "as in Duration.minutes(10)");
  }
}

function validateBranches(faults: Faults, branches: readonly string[]): void {
  if (branches.length === 0) faults.add("branches", "must name one at least, got none", 'or write "any"');
  if (branches.some((branch) => branch.trim() === ""))
    faults.add("branches", "one of them is empty", "name it, or leave it out");
  validateTwice(faults, "branches", branches);
}

function validateTwice(faults: Faults, path: string, names: readonly string[]): void {
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  for (const name of repeated) faults.add(path, `${JSON.stringify(name)} is there twice`, "keep one of them");
}
