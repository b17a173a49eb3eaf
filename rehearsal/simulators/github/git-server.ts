import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallLog } from "../call-log";
import { type Caller, type Callers, mayWrite, OWNER_TOKEN } from "./callers";
import type { CodeForge } from "./code-forge";
import type { GitRepositories } from "./git-repositories";
import { gitEnvironment, type MovedRef, NO_COMMIT } from "./git-repository";
import type { Repository } from "./state";

const PATH =
  /^\/(?<owner>[\w.-]+)\/(?<name>[\w.-]+?)(?:\.git)?\/(?<service>info\/refs|git-upload-pack|git-receive-pack)$/;

/** Called with what a push has moved, once it is there. */
export type Pushed = (repository: Repository, caller: Caller, moved: readonly MovedRef[]) => Promise<void>;

/**
 * Git over HTTP, as `git clone` and `git push` speak it, by git's own `http-backend`. Everybody reads, as from a public
 * repository; who pushes gives a token as the password, under any name.
 */
export class GitServer {
  public constructor(
    private readonly forge: CodeForge,
    private readonly git: GitRepositories,
    private readonly callers: Callers,
    private readonly log: CallLog,
    private readonly pushed: Pushed,
  ) {}

  /** Answers what is meant for it; false for what is not. */
  public answers(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    const { pathname, search } = new URL(incoming.url ?? "/", "http://github.com");
    const parts = PATH.exec(pathname)?.groups;
    if (parts === undefined) return false;
    const started = Date.now();
    outgoing.on("finish", () =>
      this.log.add({
        time: new Date(started).toISOString(),
        api: "github",
        method: incoming.method ?? "GET",
        path: pathname,
        ...(search === "" ? {} : { query: search }),
        status: outgoing.statusCode,
        milliseconds: Date.now() - started,
      }),
    );
    this.answer(incoming, outgoing, parts as Record<"owner" | "name" | "service", string>, search).catch((error) => {
      console.error(`git: ${incoming.method} ${pathname}:`, error);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
    return true;
  }

  private async answer(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { owner, name, service }: Record<"owner" | "name" | "service", string>,
    search: string,
  ): Promise<void> {
    const fullName = `${owner}/${name}`.toLowerCase();
    const repository =
      this.forge.repositories.find((known) => `${known.owner}/${known.name}`.toLowerCase() === fullName) ??
      this.forge.renamed(owner, name);
    if (repository === undefined) return say(outgoing, 404, "Repository not found.");
    const caller = this.callerOf(incoming, repository);
    const writes = service === "git-receive-pack" || search === "?service=git-receive-pack";
    if (caller === "wrong" || ((writes || repository.private) && caller === undefined)) {
      outgoing.setHeader("www-authenticate", 'Basic realm="GitHub"');
      return say(
        outgoing,
        401,
        "Invalid username or token. Password authentication is not supported for Git operations.",
      );
    }
    if (writes && (repository.archived || caller === undefined || !mayWrite(caller, repository.id, "contents"))) {
      return say(outgoing, 403, "Write access to repository not granted.");
    }
    const content = await this.git.of(repository);
    const before = service === "git-receive-pack" ? await content.refs() : undefined;
    await backend(incoming, outgoing, content.folder, `/${service}`, search.slice(1), caller?.login ?? "");
    if (before === undefined || caller === undefined) {
      outgoing.end();
      return;
    }
    const after = await content.refs();
    const moved = [...new Set([...before.keys(), ...after.keys()])]
      .map((ref) => ({ ref, before: before.get(ref) ?? NO_COMMIT, after: after.get(ref) ?? NO_COMMIT }))
      .filter((move) => move.before !== move.after);
    // whoever has pushed finds at once what the push has started
    await this.pushed(repository, caller, moved).finally(() => outgoing.end());
  }

  /** `wrong` for a password that is nobody's token. */
  private callerOf({ headers }: IncomingMessage, repository: Repository): Caller | "wrong" | undefined {
    const [, kind = "", value = ""] = /^(\S+) (\S+)$/.exec(headers.authorization ?? "") ?? [];
    if (value === "") return undefined;
    const basic = Buffer.from(value, "base64").toString("utf8");
    const token = /^basic$/i.test(kind) ? basic.slice(basic.indexOf(":") + 1) : value;
    const known = this.forge.tokens[token];
    const { login, scopes = null, revoked } = known ?? {};
    const isPersons = token === OWNER_TOKEN || (known !== undefined && !revoked && (scopes?.includes("repo") ?? true));
    if (!isPersons && !token.startsWith("ghs_")) return "wrong";
    if (login && !["write", "admin"].includes(this.forge.roleIn(repository, login))) return "wrong";
    return this.callers.callerOf(token) ?? "wrong";
  }
}

function say(outgoing: ServerResponse, status: number, message: string): void {
  outgoing.writeHead(status, { "content-type": "text/plain" }).end(`${message}\n`);
}

/** One request, handed to `git http-backend` as CGI has it; the caller ends the answer: https://git-scm.com/docs/git-http-backend */
function backend(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  folder: string,
  path: string,
  query: string,
  login: string,
): Promise<void> {
  const { headers, method = "GET" } = incoming;
  const env = {
    ...gitEnvironment(),
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: method,
    REMOTE_USER: login,
    CONTENT_TYPE: headers["content-type"] ?? "",
    ...(headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: headers["content-length"] }),
    ...(headers["content-encoding"] === undefined ? {} : { HTTP_CONTENT_ENCODING: headers["content-encoding"] }),
    ...(headers["git-protocol"] === undefined ? {} : { GIT_PROTOCOL: String(headers["git-protocol"]) }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "inherit"] });
    child.on("error", reject);
    child.stdin.on("error", () => {}); // it may refuse before all is read
    incoming.pipe(child.stdin);
    let head: Buffer | null = Buffer.alloc(0);
    child.stdout.on("data", (chunk: Buffer) => {
      if (head === null) {
        outgoing.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      writeHead(outgoing, head.subarray(0, end).toString("latin1"));
      outgoing.write(head.subarray(end + 4));
      head = null;
    });
    child.on("close", (code) => {
      if (head !== null) reject(new Error(`git http-backend ended with ${code} and no answer`));
      else resolve();
    });
  });
}

function writeHead(outgoing: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split("\r\n")) {
    const [, name = "", value = ""] = /^([^:]+): *(.*)$/.exec(line) ?? [];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else outgoing.setHeader(name, value);
  }
  outgoing.writeHead(status);
}
