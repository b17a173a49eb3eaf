import { BOT } from "./callers";
import { nodeId } from "./code-forge";
import type { Collaboration, Comment, Issue, Label, PullRequest } from "./collaboration";
import type { Repository } from "./state";

export const describeUser = (login: string) => ({
  login,
  id: login === BOT ? 41_898_282 : 10_000_001,
  type: login === BOT ? "Bot" : "User",
  site_admin: false,
});

export const apiUrl = ({ owner, name }: Repository): string => `https://api.github.com/repos/${owner}/${name}`;
export const pageUrl = ({ owner, name }: Repository): string => `https://github.com/${owner}/${name}`;

/** A repository, as it stands in what happens in it. */
export const describeSource = (repository: Repository) => ({
  id: repository.id,
  name: repository.name,
  full_name: `${repository.owner}/${repository.name}`,
  owner: describeUser(repository.owner),
  private: false,
  fork: false,
  html_url: pageUrl(repository),
  url: apiUrl(repository),
  clone_url: `${pageUrl(repository)}.git`,
  default_branch: "main",
});

export const describeLabel = (repository: Repository, label: Label) => ({
  ...label,
  node_id: nodeId(),
  url: `${apiUrl(repository)}/labels/${encodeURIComponent(label.name)}`,
  default: false,
});

export function describeIssue(collaboration: Collaboration, repository: Repository, issue: Issue) {
  const { number, id, title, body, state, login, created_at, updated_at, closed_at } = issue;
  const { comments } = collaboration.of(repository);
  const labels = issue.labels.map((name) => describeLabel(repository, collaboration.needLabel(repository, name)));
  return {
    ...{ id, number, title, body, state, created_at, updated_at, closed_at },
    node_id: nodeId(),
    user: describeUser(login),
    labels,
    assignees: [],
    locked: false,
    comments: comments.filter((comment) => comment.issue === number).length,
    url: `${apiUrl(repository)}/issues/${number}`,
    comments_url: `${apiUrl(repository)}/issues/${number}/comments`,
    html_url: `${pageUrl(repository)}/${issue.pull === undefined ? "issues" : "pull"}/${number}`,
    ...(issue.pull === undefined ? {} : { pull_request: { url: `${apiUrl(repository)}/pulls/${number}` } }),
  };
}

export function describePull(collaboration: Collaboration, repository: Repository, issue: PullRequest) {
  const { comments, labels, ...shared } = describeIssue(collaboration, repository, issue);
  const { head, base, headSha, baseSha, mergeSha, merged_at } = issue.pull;
  const end = (ref: string, sha: string) => ({
    ...{ ref, sha, label: `${repository.owner}:${ref}`, user: describeUser(repository.owner) },
    repo: {
      id: repository.id,
      full_name: `${repository.owner}/${repository.name}`,
      url: apiUrl(repository),
      fork: false,
    },
  });
  return {
    ...shared,
    labels,
    comments,
    url: `${apiUrl(repository)}/pulls/${issue.number}`,
    issue_url: `${apiUrl(repository)}/issues/${issue.number}`,
    head: end(head, headSha),
    base: end(base, baseSha),
    draft: false,
    merged: merged_at !== null,
    merged_at,
    mergeable: merged_at === null ? mergeSha !== null : null,
    mergeable_state: mergeSha === null ? "dirty" : "clean",
    merge_commit_sha: mergeSha,
    maintainer_can_modify: false,
  };
}

export const describeComment = (repository: Repository, { issue, login, ...comment }: Comment) => ({
  ...comment,
  node_id: nodeId(),
  user: describeUser(login),
  url: `${apiUrl(repository)}/issues/comments/${comment.id}`,
  issue_url: `${apiUrl(repository)}/issues/${issue}`,
  html_url: `${pageUrl(repository)}/issues/${issue}#issuecomment-${comment.id}`,
});
