import type { Context } from "hono";
import { type Api, Refusal } from "../simulated-api";
import { tokenOf } from "./access";
import { bodyOf, found, notFound, nothing, page, text } from "./answers";
import type { Caller } from "./callers";
import { nodeId } from "./code-forge";
import { apiUrl, describeUser, pageUrl } from "./conversation-answers";
import { type Author, type GitRepository, NO_COMMIT, type TreeEntry } from "./git-repository";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import type { Repository, Token } from "./state";

const DEFAULT_BRANCH = "main";

/** What is in a repository: files, branches, commits and refs. */
export function routeContents(api: Api, hub: Hub): void {
  routeFiles(api, hub);
  routeBranches(api, hub);
  routeCommits(api, hub);
  routeRefs(api, hub);
}

function routeFiles(api: Api, hub: Hub): void {
  const base = `${REPOSITORY}/contents/:path{.*}`;
  const pathOf = (context: Context): string => {
    const path = decodeURIComponent(new URL(context.req.url).pathname.replace(/^.*?\/contents\/?/, ""));
    if (/(^|\/)\.\.?(\/|$)/.test(path)) throw new Refusal(422, "path contains a malformed path component");
    return path.replace(/\/$/, "");
  };
  const describe = (repository: Repository, entry: TreeEntry, ref: string): Record<string, unknown> => {
    const url = `${apiUrl(repository)}/contents/${encodeURI(entry.path)}?ref=${encodeURIComponent(ref)}`;
    const { path, sha, size } = entry;
    const type = entry.type === "tree" ? "dir" : "file";
    const download_url = `https://raw.githubusercontent.com/${repository.owner}/${repository.name}/${ref}/${path}`;
    return {
      ...{ type, name: path.split("/").at(-1), path, sha, size, url, download_url },
      html_url: `${pageUrl(repository)}/blob/${ref}/${path}`,
      git_url: `${apiUrl(repository)}/git/${entry.type}s/${sha}`,
    };
  };
  const withContent = async (git: GitRepository, entry: TreeEntry) => ({
    encoding: "base64",
    // lines of 60, as GitHub has them
    content: (await git.blob(entry.sha)).toString("base64").replace(/.{1,60}/g, "$&\n"),
  });

  api.on("GET", [`${REPOSITORY}/contents`, base], async (context) => {
    const repository = repositoryOf(hub, context);
    const git = await hub.git.of(repository);
    const ref = context.req.query("ref") || DEFAULT_BRANCH;
    const commit = await git.resolve(ref);
    if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
    const at = found(await git.entries(commit, pathOf(context)));
    if (Array.isArray(at)) {
      if (at.length === 0) throw notFound();
      return Response.json(at.map((entry: TreeEntry) => describe(repository, entry, ref)));
    }
    const entry = at as TreeEntry;
    return Response.json({ ...describe(repository, entry, ref), ...(await withContent(git, entry)) });
  });

  const write = async (context: Context, removes: boolean): Promise<Response> => {
    const caller = writerOf(hub, context, "contents");
    const repository = repositoryOf(hub, context);
    const path = pathOf(context);
    refuseWorkflows(path, tokenOf(context, hub.forge), caller);
    const body = await bodyOf(context);
    const given = (name: string): string => text(body[name]) || (context.req.query(name) ?? "");
    if (given("message") === "") throw new Refusal(422, 'Invalid request. "message" wasn\'t supplied.');
    if (!removes && typeof body.content !== "string") {
      throw new Refusal(422, 'Invalid request. "content" wasn\'t supplied.');
    }
    const git = await hub.git.of(repository);
    const branch = given("branch") || DEFAULT_BRANCH;
    const tip = await git.resolve(`refs/heads/${branch}`);
    const empty = (await git.refs("refs/heads/")).size === 0;
    if (tip === undefined && !(empty && branch === DEFAULT_BRANCH))
      throw new Refusal(404, `Branch ${branch} not found`);
    const there = tip === undefined ? undefined : await git.entries(tip, path);
    const old = Array.isArray(there) ? undefined : (there as TreeEntry | undefined);
    if (removes && old === undefined) throw notFound();
    if (old !== undefined && given("sha") === "") throw new Refusal(422, 'Invalid request. "sha" wasn\'t supplied.');
    if (given("sha") !== "" && old?.sha !== given("sha")) {
      throw new Refusal(409, `${path} does not match ${given("sha")}`);
    }
    const person = { name: caller.login, email: `${caller.login}@users.noreply.github.com` };
    const author = readAuthor(body.author) ?? readAuthor(body.committer) ?? person;
    const moved = await git.writeFile({
      branch,
      path,
      ...(removes ? {} : { content: Buffer.from(text(body.content), "base64") }),
      message: given("message"),
      author,
      committer: readAuthor(body.committer) ?? author,
    });
    await hub.events.pushed(repository, caller, [moved]);
    const entry = removes ? undefined : ((await git.entries(moved.after, path)) as TreeEntry);
    const content = entry === undefined ? null : describe(repository, entry, branch);
    const commit = await describeGitCommit(git, repository, moved.after);
    return Response.json({ content, commit }, { status: old === undefined ? 201 : 200 });
  };
  api.put(base, (context) => write(context, false));
  api.delete(base, (context) => write(context, true));
}

function routeBranches(api: Api, hub: Hub): void {
  const describe = async (repository: Repository, name: string, sha: string) => ({
    name,
    commit: await describeCommit(await hub.git.of(repository), repository, sha),
    protected: false,
    _links: { self: `${apiUrl(repository)}/branches/${name}`, html: `${pageUrl(repository)}/tree/${name}` },
  });
  api.get(`${REPOSITORY}/branches`, async (context) => {
    const repository = repositoryOf(hub, context);
    const refs = await (await hub.git.of(repository)).refs("refs/heads/");
    return page(context, [...refs], (part) =>
      part.map(([ref, sha]) => ({ name: ref.slice("refs/heads/".length), commit: { sha }, protected: false })),
    );
  });
  api.get(`${REPOSITORY}/branches/:branch{.+}`, async (context) => {
    const repository = repositoryOf(hub, context);
    const name = context.req.param("branch");
    const sha = await (await hub.git.of(repository)).resolve(`refs/heads/${name}`);
    if (sha === undefined) throw new Refusal(404, "Branch not found");
    return Response.json(await describe(repository, name, sha));
  });
}

function routeCommits(api: Api, hub: Hub): void {
  api.get(`${REPOSITORY}/commits`, async (context) => {
    const repository = repositoryOf(hub, context);
    const git = await hub.git.of(repository);
    const { sha = DEFAULT_BRANCH, path } = context.req.query();
    const tip = await git.resolve(sha);
    if (tip === undefined)
      throw (await git.refs()).size === 0 ? new Refusal(409, "Git Repository is empty.") : notFound();
    const all = await git.log(tip, path);
    const described = await Promise.all(all.map((commit) => describeCommit(git, repository, commit)));
    return page(context, described, (part) => part);
  });
  api.get(`${REPOSITORY}/commits/:sha`, async (context) => {
    const repository = repositoryOf(hub, context);
    const git = await hub.git.of(repository);
    const sha = await git.resolve(context.req.param("sha"));
    if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${context.req.param("sha")}`);
    const { parents } = await git.commit(sha);
    const files = await git.changedFiles(parents[0] ?? NO_COMMIT, sha);
    const described = await describeCommit(git, repository, sha);
    return Response.json({ ...described, files: files.map((filename) => ({ filename })) });
  });
}

function routeRefs(api: Api, hub: Hub): void {
  const describe = (repository: Repository, ref: string, sha: string) => ({
    ref,
    node_id: nodeId(),
    url: `${apiUrl(repository)}/git/${ref}`,
    object: { type: "commit", sha, url: `${apiUrl(repository)}/git/commits/${sha}` },
  });
  api.get(`${REPOSITORY}/git/ref/:ref{.+}`, async (context) => {
    const repository = repositoryOf(hub, context);
    const ref = `refs/${context.req.param("ref")}`;
    const sha = found((await (await hub.git.of(repository)).refs(ref)).get(ref));
    return Response.json(describe(repository, ref, sha));
  });
  api.get(`${REPOSITORY}/git/matching-refs/:ref{.+}`, async (context) => {
    const repository = repositoryOf(hub, context);
    const refs = await (await hub.git.of(repository)).refs();
    const wanted = [...refs].filter(([ref]) => ref.startsWith(`refs/${context.req.param("ref")}`));
    return page(context, wanted, (part) => part.map(([ref, sha]) => describe(repository, ref, sha)));
  });
  api.post(`${REPOSITORY}/git/refs`, async (context) => {
    const caller = writerOf(hub, context, "contents");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    const git = await hub.git.of(repository);
    const [ref, sha] = [text(body.ref), text(body.sha)];
    if (!/^refs\/[^/]+\/./.test(ref)) throw new Refusal(422, "Reference name is invalid");
    if ((await git.refs(ref)).has(ref)) throw new Refusal(422, "Reference already exists");
    if (!/^[0-9a-f]{40}$/.test(sha) || (await git.resolve(sha)) === undefined) {
      throw new Refusal(422, "Object does not exist");
    }
    await git.setRef(ref, sha);
    await hub.events.pushed(repository, caller, [{ ref, before: NO_COMMIT, after: sha }]);
    return Response.json(describe(repository, ref, sha), { status: 201 });
  });
  api.patch(`${REPOSITORY}/git/refs/:ref{.+}`, async (context) => {
    const caller = writerOf(hub, context, "contents");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    const git = await hub.git.of(repository);
    const [ref, sha] = [`refs/${context.req.param("ref")}`, text(body.sha)];
    const before = (await git.refs(ref)).get(ref);
    if (before === undefined) throw new Refusal(422, "Reference does not exist");
    if ((await git.resolve(sha)) === undefined) throw new Refusal(422, "Object does not exist");
    if (body.force !== true && (await git.mergeBase(before, sha)) !== before) {
      throw new Refusal(422, "Update is not a fast forward");
    }
    await git.setRef(ref, sha);
    await hub.events.pushed(repository, caller, [{ ref, before, after: sha }]);
    return Response.json(describe(repository, ref, sha));
  });
  api.delete(`${REPOSITORY}/git/refs/:ref{.+}`, async (context) => {
    const caller = writerOf(hub, context, "contents");
    const repository = repositoryOf(hub, context);
    const git = await hub.git.of(repository);
    const ref = `refs/${context.req.param("ref")}`;
    const before = (await git.refs(ref)).get(ref);
    if (before === undefined) throw new Refusal(422, "Reference does not exist");
    await git.deleteRef(ref);
    await hub.events.pushed(repository, caller, [{ ref, before, after: NO_COMMIT }]);
    return nothing();
  });
}

async function describeGitCommit(git: GitRepository, repository: Repository, sha: string) {
  const { tree, parents, author, committer, message } = await git.commit(sha);
  return {
    sha,
    node_id: nodeId(),
    url: `${apiUrl(repository)}/git/commits/${sha}`,
    html_url: `${pageUrl(repository)}/commit/${sha}`,
    ...{ author, committer, message },
    tree: { sha: tree, url: `${apiUrl(repository)}/git/trees/${tree}` },
    parents: parents.map((parent) => ({ sha: parent, url: `${apiUrl(repository)}/git/commits/${parent}` })),
  };
}

async function describeCommit(git: GitRepository, repository: Repository, sha: string) {
  const { author, committer, message, tree, parents, ...about } = await describeGitCommit(git, repository, sha);
  return {
    ...about,
    url: `${apiUrl(repository)}/commits/${sha}`,
    commit: { author, committer, message, tree },
    author: describeUser(repository.owner),
    committer: describeUser(repository.owner),
    parents,
  };
}

/** A classic token needs a scope of its own for workflows, another kind a permission. */
function refuseWorkflows(path: string, { scopes, permissions }: Token, { job }: Caller): void {
  if (!path.startsWith(".github/workflows/")) return;
  if (job !== undefined) throw new Refusal(403, "Resource not accessible by integration");
  if (scopes !== null && !scopes.includes("workflow")) throw notFound();
  if (permissions !== null && permissions.workflows !== "write") {
    throw new Refusal(403, "Resource not accessible by personal access token");
  }
}

function readAuthor(value: unknown): Author | undefined {
  const { name, email } = (value ?? {}) as Record<string, unknown>;
  return text(name) === "" || text(email) === "" ? undefined : { name: text(name), email: text(email) };
}
