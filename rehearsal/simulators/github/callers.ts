import { randomBytes } from "node:crypto";

/** What a job's token may be allowed: `permissions` of a workflow. */
export type Permissions = Readonly<Record<string, "read" | "write">>;

/** Somebody who calls. */
export interface Caller {
  readonly login: string;
  /** What a job's token may do, in one repository. @default - a person's token: everything */
  readonly job?: { readonly repositoryId: number; readonly permissions: Permissions };
}

/** The one token of the person who owns all repositories, as the rehearsal's environment has it. */
export const OWNER_TOKEN = "rehearsal";

export const BOT = "github-actions[bot]";

/** Tokens of jobs, which end with their run, and whose the others are. */
export class Callers {
  private readonly jobs = new Map<string, Caller>();

  /** @param personOf whose a token is that no job has */
  public constructor(private readonly personOf: (token: string) => string) {}

  public issue(repositoryId: number, permissions: Permissions): string {
    const token = `ghs_${randomBytes(18).toString("hex")}`;
    this.jobs.set(token, { login: BOT, job: { repositoryId, permissions } });
    return token;
  }

  public end(token: string): void {
    this.jobs.delete(token);
  }

  /** Undefined for a job's token whose run has ended. */
  public callerOf(token: string): Caller | undefined {
    if (token.startsWith("ghs_")) return this.jobs.get(token);
    return { login: this.personOf(token) };
  }
}

/** Whether a caller may pull images from ghcr.io, or push them there. */
export function mayUsePackages(caller: Caller | undefined, pushes: boolean): boolean {
  const level = caller?.job?.permissions.packages;
  return level === "write" || (level === "read" && !pushes);
}

/** Whether a caller may write what a permission is about. */
export function mayWrite({ job }: Caller, repositoryId: number, permission: string): boolean {
  return job === undefined || (job.repositoryId === repositoryId && job.permissions[permission] === "write");
}
