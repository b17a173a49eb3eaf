import { randomInt } from "node:crypto";

export interface Secret {
  /** What the sealed box held, as a workflow's job would get it. */
  readonly value: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Variable extends Secret {}

/** A place for secrets and variables: a repository or one of its environments. */
export interface Vault {
  readonly key: { readonly id: string; readonly publicKey: string; readonly privateKey: string };
  secrets: Record<string, Secret>;
  variables: Record<string, Variable>;
}

export interface BranchPolicy {
  readonly id: number;
  name: string;
  readonly type: "branch" | "tag";
}

export interface Environment extends Vault {
  readonly id: number;
  readonly name: string;
  readonly created_at: string;
  updated_at: string;
  can_admins_bypass: boolean;
  wait_timer: number;
  prevent_self_review: boolean;
  reviewers: { type: "User" | "Team"; id: number }[];
  deployment_branch_policy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  branch_policies: BranchPolicy[];
}

export interface DeployKey {
  readonly id: number;
  readonly title: string;
  readonly key: string;
  readonly read_only: boolean;
  readonly created_at: string;
}

export type Role = "none" | "read" | "write" | "admin";

export interface Repository extends Vault {
  readonly id: number;
  owner: string;
  name: string;
  readonly created_at: string;
  private: boolean;
  archived: boolean;
  /** Roles by login, besides the owner's own. */
  collaborators: Record<string, Role>;
  environments: Record<string, Environment>;
  deploy_keys: DeployKey[];
}

/** A person or a company, by its login in small letters. */
export interface Account {
  readonly id: number;
  readonly login: string;
  type: "User" | "Organization";
  plan: "free" | "pro" | "team" | "enterprise";
  /** A company's teams: numbers by slug. */
  teams: Record<string, number>;
}

/** What a token may. */
export interface Token {
  /** Whose it is; null: somebody who is an administrator everywhere. */
  readonly login: string | null;
  /** A classic token's scopes; null for the other kinds. */
  readonly scopes: readonly string[] | null;
  /** A fine-grained token's permissions; null for a classic one. */
  readonly permissions: Readonly<Record<string, "read" | "write">> | null;
  /** Its owner has taken it back, or it has run out. */
  readonly revoked?: boolean;
}

/** What a rehearsal's own token is, whatever its text. */
export const ACCEPTED_BY_ALL: Token = { login: null, scopes: ["read:org", "repo", "workflow"], permissions: null };

export interface Forge {
  lastId: number;
  /** Every repository that exists, by `owner/name` in small letters. */
  repositories: Record<string, Repository>;
  accounts: Record<string, Account>;
  tokens: Record<string, Token>;
  /** Numbers of repositories by names that they had before, in small letters. */
  formerNames: Record<string, number>;
}

export const newForge = (): Forge => ({
  lastId: randomInt(800_000_000, 900_000_000),
  repositories: {},
  accounts: {},
  tokens: {},
  formerNames: {},
});

/** The time as GitHub writes it. */
export const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
