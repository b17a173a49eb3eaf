import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Who writes a commit. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/** A commit as git keeps it. */
export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Author & { readonly date: string };
  readonly committer: Author & { readonly date: string };
  readonly message: string;
}

/** One entry of a folder. */
export interface TreeEntry {
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly path: string;
  /** Of a file, in bytes. */
  readonly size: number;
}

/** A branch or tag that a push has moved. A commit of zeros: there was none, or there is none any more. */
export interface MovedRef {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

export const NO_COMMIT = "0".repeat(40);

/** A repository as GitHub keeps it: bare, and read and written by the real git. */
export class GitRepository {
  private constructor(public readonly folder: string) {}

  /** The one in a folder; made, empty, where there is none. */
  public static async open(folder: string): Promise<GitRepository> {
    const repository = new GitRepository(folder);
    if (existsSync(join(folder, "HEAD"))) return repository;
    mkdirSync(folder, { recursive: true });
    await repository.git(["init", "--quiet", "--bare", "--initial-branch=main", "."]);
    // a job fetches the commit that it runs for, whatever the branch is by then
    await repository.git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    await repository.git(["config", "http.receivepack", "true"]);
    return repository;
  }

  /** The commit that a branch, a tag or a commit's own name means; undefined where there is none. */
  public async resolve(revision: string): Promise<string | undefined> {
    for (const name of [`refs/heads/${revision}`, `refs/tags/${revision}`, revision]) {
      const found = await this.lines(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
      if (found[0] !== undefined) return found[0];
    }
    return undefined;
  }

  /** Each ref below a prefix, with its commit. */
  public async refs(prefix = "refs/"): Promise<ReadonlyMap<string, string>> {
    const format = "--format=%(refname) %(objectname)";
    const lines = await this.lines(["for-each-ref", format, prefix]);
    return new Map(lines.map((line) => line.split(" ") as [string, string]));
  }

  public async setRef(ref: string, sha: string, old?: string): Promise<void> {
    await this.git(["update-ref", ref, sha, ...(old === undefined ? [] : [old])]);
  }

  public async deleteRef(ref: string): Promise<void> {
    await this.git(["update-ref", "-d", ref]);
  }

  public async commit(sha: string): Promise<Commit> {
    const format = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"].join("%x00");
    const text = (await this.git(["show", "--no-patch", `--format=${format}`, sha])).toString("utf8");
    const [id = "", tree = "", parents = "", ...people] = text.split("\0");
    const [name = "", email = "", date = "", by = "", byEmail = "", committed = "", message = ""] = people;
    return {
      sha: id,
      tree,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      author: { name, email, date },
      committer: { name: by, email: byEmail, date: committed },
      message: message.replace(/\n+$/, ""),
    };
  }

  /** The newest first. @param path only those that changed it */
  public async log(revision: string, path?: string, most = 100): Promise<string[]> {
    const paths = path === undefined ? [] : ["--", path];
    return this.lines(["log", "--format=%H", `--max-count=${most}`, revision, ...paths]);
  }

  /** The files in which two commits differ; all of the second where the first is none. */
  public async changedFiles(before: string, after: string): Promise<string[]> {
    if (before === NO_COMMIT) return this.names(["ls-tree", "-r", "-z", "--name-only", after]);
    return this.names(["diff", "--name-only", "-z", before, after]);
  }

  /** The commit in which two branches parted. */
  public async mergeBase(left: string, right: string): Promise<string | undefined> {
    return (await this.lines(["merge-base", left, right]))[0];
  }

  /** What is at a path: one entry for a file, a list for a folder, undefined for nothing. */
  public async entries(revision: string, path: string): Promise<TreeEntry | readonly TreeEntry[] | undefined> {
    if (path !== "") {
      const [own] = await this.listed(revision, [path]);
      if (own === undefined || own.type !== "tree") return own;
    }
    return this.listed(revision, path === "" ? [] : [`${path}/`]);
  }

  public async blob(sha: string): Promise<Buffer> {
    return this.git(["cat-file", "blob", sha]);
  }

  /** Commits one file's new content to a branch, or its removal. The branch is made where the repository is empty. */
  public async writeFile(change: {
    readonly branch: string;
    readonly path: string;
    /** @default - the file is removed */
    readonly content?: Buffer;
    readonly message: string;
    readonly author: Author;
    readonly committer?: Author;
  }): Promise<MovedRef> {
    const { branch, path, content, message, author, committer = author } = change;
    const ref = `refs/heads/${branch}`;
    const before = (await this.refs(ref)).get(ref);
    const index = join(this.folder, `index-${randomUUID()}`);
    const env = { GIT_INDEX_FILE: index };
    try {
      if (before !== undefined) await this.git(["read-tree", before], { env });
      const blob = content && (await this.git(["hash-object", "-w", "--stdin"], { input: content })).toString().trim();
      // mode 0 takes the entry out
      const entry = blob === undefined ? `0 ${NO_COMMIT}\t${path}\0` : `100644 ${blob}\t${path}\0`;
      await this.git(["update-index", "-z", "--index-info"], { env, input: Buffer.from(entry) });
      const tree = (await this.git(["write-tree"], { env })).toString().trim();
      const parents = before === undefined ? [] : [before];
      const after = await this.makeCommit(tree, parents, message, author, committer);
      await this.setRef(ref, after, before ?? NO_COMMIT);
      return { ref, before: before ?? NO_COMMIT, after };
    } finally {
      rmSync(index, { force: true });
    }
  }

  /** The commit that joins two; undefined where they contradict each other. */
  public async merge(base: string, head: string, message: string, author: Author): Promise<string | undefined> {
    const tree = await this.lines(["merge-tree", "--write-tree", base, head]);
    if (tree.length !== 1) return undefined;
    return this.makeCommit(tree[0] as string, [base, head], message, author, author);
  }

  private async makeCommit(
    tree: string,
    parents: readonly string[],
    message: string,
    author: Author,
    committer: Author,
  ): Promise<string> {
    const env = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
    };
    const argv = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent])];
    return (await this.git(argv, { env, input: Buffer.from(message) })).toString().trim();
  }

  private async listed(revision: string, paths: readonly string[]): Promise<TreeEntry[]> {
    const lines = await this.names(["ls-tree", "-z", "--long", revision, "--", ...paths]);
    return lines.map((line) => {
      const [about = "", path = ""] = line.split("\t");
      const [, type, sha = "", size] = about.split(/ +/);
      return { type: type as TreeEntry["type"], sha, path, size: Number(size) || 0 };
    });
  }

  private async lines(argv: readonly string[]): Promise<string[]> {
    return (await this.git(argv, { accept: [0, 1] }))
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "");
  }

  /** Names end with a zero byte: they may hold anything else. */
  private async names(argv: readonly string[]): Promise<string[]> {
    return (await this.git(argv))
      .toString("utf8")
      .split("\0")
      .filter((name) => name !== "");
  }

  private git(
    argv: readonly string[],
    options: { input?: Buffer; env?: Readonly<Record<string, string>>; accept?: readonly number[] } = {},
  ): Promise<Buffer> {
    const env = { ...gitEnvironment(), ...options.env };
    return new Promise((resolve, reject) => {
      const settings = { cwd: this.folder, env, encoding: "buffer" as const, maxBuffer: 256 * 1024 * 1024 };
      const child = execFile("git", ["--literal-pathspecs", ...argv], settings, (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        if ((options.accept ?? [0]).includes(code)) resolve(stdout);
        else reject(new Error(`git ${argv[0]}: ended with ${error?.code}: ${stderr.toString("utf8").trim()}`));
      });
      child.stdin?.on("error", () => {}); // it may end without reading
      child.stdin?.end(options.input);
    });
  }
}

/** Git as it is, without the settings of whoever runs the rehearsal. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...Object.fromEntries(own),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    // bare repositories of another user's are no danger to a server of its own
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  };
}
