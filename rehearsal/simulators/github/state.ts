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

export interface Repository extends Vault {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly created_at: string;
  environments: Record<string, Environment>;
  deploy_keys: DeployKey[];
}

/** Every repository that exists, by `owner/name` in small letters. */
export interface Forge {
  lastId: number;
  repositories: Record<string, Repository>;
}

export const newForge = (): Forge => ({ lastId: randomInt(800_000_000, 900_000_000), repositories: {} });

/** The time as GitHub writes it. */
export const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
