import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { JsonStore } from "../json-store";
import type { Surroundings } from "../simulated-api";
import { gitHubApi } from "./api";
import { Callers, mayUsePackages } from "./callers";
import type { CodeForge } from "./code-forge";
import { Collaboration, type Work } from "./collaboration";
import { Events } from "./events";
import { GitRepositories } from "./git-repositories";
import { GitServer } from "./git-server";
import type { Hub } from "./hub";
import type { WorkflowRunner } from "./workflow-runner";
import { WorkflowRuns } from "./workflow-runs";

/** GitHub whole: its REST API, git over HTTP, and whoever runs workflows. */
export class GitHub {
  public readonly hub: Hub;
  private readonly listener: RequestListener;

  /** @param runner null where workflows cannot run */
  public constructor(surroundings: Surroundings, forge: CodeForge, stateFolder: string, runner: WorkflowRunner | null) {
    const store = JsonStore.open(join(stateFolder, "github-work.json"), () => ({
      repositories: {} as Record<string, Work>,
    }));
    const git = new GitRepositories(join(stateFolder, "git"));
    const callers = new Callers((token) => forge.tokens[token]?.login ?? forge.repositories[0]?.owner ?? "rehearsal");
    const collaboration = new Collaboration(store, forge);
    const runs = new WorkflowRuns(forge, git, collaboration, callers, join(stateFolder, "runs"), runner);
    const events = new Events(git, collaboration, runs);
    this.hub = { forge, git, callers, collaboration, runs, events };
    runs.endAbandoned();

    const pushed: typeof events.pushed = (repository, caller, moved) => events.pushed(repository, caller, moved);
    const server = new GitServer(forge, git, callers, surroundings.log, pushed);
    const rest = getRequestListener(gitHubApi(surroundings, forge, this.hub).fetch as never);
    this.listener = (incoming, outgoing) => {
      if (incoming.url?.split("?")[0] === REGISTRY) this.answerRegistry(incoming, outgoing);
      else if (!server.answers(incoming, outgoing)) rest(incoming, outgoing);
    };
  }

  public serve(): Server {
    return createServer(this.listener);
  }

  /** Asked by ghcr.io, of whoever logs in to it or wants to pull or push there: a job's token is the password. */
  private answerRegistry({ headers }: IncomingMessage, outgoing: ServerResponse): void {
    const basic = /^Basic (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    const [, ...password] = Buffer.from(basic, "base64").toString("utf8").split(":");
    const pushes = /[:,]push\b/.test(decodeURIComponent(String(headers["x-forwarded-uri"])));
    const caller = this.hub.callers.callerOf(password.join(":"));
    if (mayUsePackages(caller, pushes)) outgoing.writeHead(204).end();
    else outgoing.writeHead(403).end('{"errors": [{"code": "DENIED", "message": "denied"}]}');
  }
}

/** No address of GitHub's: the rehearsal's registry asks there. */
const REGISTRY = "/rehearsal/registry";
