import { BOT, type Caller } from "./callers";
import { type Collaboration, type PullRequest, pullOf } from "./collaboration";
import { describePull, describeSource, describeUser } from "./conversation-answers";
import type { GitRepositories } from "./git-repositories";
import { type Commit, type MovedRef, NO_COMMIT } from "./git-repository";
import type { Repository } from "./state";
import type { RepositoryEvent, WorkflowRuns } from "./workflow-runs";

/** What happens in repositories, told to their workflows with the payloads that GitHub sends. */
export class Events {
  public constructor(
    private readonly git: GitRepositories,
    private readonly collaboration: Collaboration,
    private readonly runs: WorkflowRuns,
  ) {}

  /** Branches or tags were moved, by a push or by a call. */
  public async pushed(repository: Repository, caller: Caller, moved: readonly MovedRef[]): Promise<void> {
    const git = await this.git.of(repository);
    for (const { ref, before, after } of moved) {
      if (!/^refs\/(heads|tags)\//.test(ref)) continue;
      if (after !== NO_COMMIT) {
        const commits = await git.log(before === NO_COMMIT ? after : `${before}..${after}`, undefined, 20);
        const described = await Promise.all(
          commits.reverse().map(async (sha) => describeCommit(await git.commit(sha))),
        );
        await this.tell(repository, caller, {
          happening: { name: "push", ref, files: await git.changedFiles(before, after) },
          ref,
          sha: after,
          headSha: after,
          title: described.at(-1)?.message.split("\n")[0] ?? ref,
          payload: {
            ref,
            before,
            after,
            created: before === NO_COMMIT,
            deleted: false,
            forced: false,
            base_ref: null,
            commits: described,
            head_commit: described.at(-1) ?? null,
            pusher: { name: caller.login, email: `${caller.login}@users.noreply.github.com` },
          },
        });
      }
      if (ref.startsWith("refs/heads/")) await this.branchMoved(repository, caller, ref.slice("refs/heads/".length));
    }
  }

  /** Something was done with a pull request. */
  public async pullRequest(
    repository: Repository,
    caller: Caller,
    issue: PullRequest,
    action: string,
    more: Record<string, unknown> = {},
  ): Promise<void> {
    const { pull } = issue;
    // GitHub runs nothing while the branches contradict each other
    if (pull.mergeSha === null && action !== "closed") return;
    const git = await this.git.of(repository);
    const parted = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? NO_COMMIT;
    await this.tell(repository, caller, {
      happening: {
        name: "pull_request",
        action,
        base: pull.base,
        files: await git.changedFiles(parted, pull.headSha),
      },
      ref: `refs/pull/${issue.number}/merge`,
      sha: pull.mergeSha ?? pull.headSha,
      headSha: pull.headSha,
      branch: pull.head,
      title: issue.title,
      payload: {
        action,
        number: issue.number,
        pull_request: describePull(this.collaboration, repository, issue),
        ...more,
      },
    });
  }

  /** Looks at a pull request's branches anew. */
  public async refresh(repository: Repository, issue: PullRequest): Promise<void> {
    const git = await this.git.of(repository);
    const { pull, number } = issue;
    const [head, base] = [await git.resolve(pull.head), await git.resolve(pull.base)];
    if (head === undefined || base === undefined) return;
    if (pull.mergeSha !== null && head === pull.headSha && base === pull.baseSha) return;
    const author = { name: "GitHub", email: "noreply@github.com" };
    pull.headSha = head;
    pull.baseSha = base;
    pull.mergeSha = (await git.merge(base, head, `Merge ${head} into ${base}`, author)) ?? null;
    await git.setRef(`refs/pull/${number}/head`, head);
    if (pull.mergeSha !== null) await git.setRef(`refs/pull/${number}/merge`, pull.mergeSha);
  }

  private async branchMoved(repository: Repository, caller: Caller, branch: string): Promise<void> {
    for (const issue of this.collaboration.of(repository).issues) {
      const pulled = pullOf(issue);
      if (pulled === undefined || issue.state === "closed") continue;
      const { pull } = pulled;
      if (pull.base !== branch && pull.head !== branch) continue;
      const before = pull.headSha;
      await this.refresh(repository, pulled);
      if (before === pull.headSha) continue;
      await this.pullRequest(repository, caller, pulled, "synchronize", { before, after: pull.headSha });
    }
    this.collaboration.save();
  }

  private async tell(repository: Repository, caller: Caller, event: Omit<RepositoryEvent, "actor">): Promise<void> {
    // what a job does with its own token starts no further run, lest they never end
    if (caller.login === BOT) return;
    const surroundings = { repository: describeSource(repository), sender: describeUser(caller.login) };
    const payload = { ...event.payload, ...surroundings };
    await this.runs.consider(repository, { ...event, actor: caller.login, payload });
  }
}

function describeCommit({ sha, tree, message, author, committer }: Commit) {
  return {
    id: sha,
    tree_id: tree,
    distinct: true,
    message,
    timestamp: committer.date,
    author: { name: author.name, email: author.email, username: author.name },
    committer: { name: committer.name, email: committer.email, username: committer.name },
  };
}
