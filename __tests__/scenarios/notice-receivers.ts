import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { RehearsalNetwork } from "../../rehearsal/network";
import type { Workspace } from "../../rehearsal/workspace";

/** What a receiver was sent. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Kind = (typeof NoticeReceivers.kinds)[number];

/** Slack, Discord, ntfy, a webhook and a dead-man's switch, where the servers reach them. Each refuses what the real one does. */
export class NoticeReceivers {
  public static readonly kinds = ["slack", "discord", "ntfy", "webhook", "heartbeat"] as const;

  public static async start(): Promise<NoticeReceivers> {
    const receivers = new NoticeReceivers();
    await new Promise<void>((resolve) => receivers.server.listen(0, "0.0.0.0", resolve));
    return receivers;
  }

  public readonly received: Received[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          const { url: path = "", headers } = request;
          const sent = { path, headers, body: Buffer.concat(chunks).toString("utf8") };
          const refusal = refusalOf(sent);
          if (!refusal) this.received.push(sent);
          response.writeHead(refusal ? 400 : 200).end(refusal || "ok");
        });
    });
  }

  private address(kind: Kind): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${RehearsalNetwork.fromEnvironment().gateway}:${port}/${kind === "heartbeat" ? "ping" : kind}/key`;
  }

  /** Before a deployment of Chitram: its backups tell these. */
  public async connect(workspace: Workspace, kinds: readonly Kind[]): Promise<void> {
    const variable = (kind: Kind) => `${kind.toUpperCase()}_URL`;
    const notices = kinds.map((kind) => `Notice.${kind}(Secret.given({ variable: "${variable(kind)}" }))`);
    workspace.edit("stacks/chitram-beta/index.ts", (text) =>
      text
        .replace("  GithubDeployWiring,\n", "  GithubDeployWiring,\n  Notice,\n")
        .replace("retention: { daily: 7 }", `retention: { daily: 7 }, notices: [${notices.join(", ")}]`),
    );
    const answers = Object.fromEntries(kinds.map((kind) => [variable(kind), this.address(kind)]));
    writeFileSync(join(workspace.folder, "answers.json"), JSON.stringify(answers));
  }

  /** What has come to a receiver. */
  public of(kind: string): readonly Received[] {
    return this.received.filter(({ path }) => path.startsWith(`/${kind}`));
  }

  public stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function refusalOf({ path, headers, body }: Received): string {
  const kind = path.split("/")[1];
  if (kind === "ntfy") return Buffer.byteLength(body) <= 4096 && headers.title ? "" : "no message with a title";
  if (kind === "ping") return "";
  const json = headers["content-type"] === "application/json" ? JSON.parse(body) : {};
  if (kind === "slack") return json.text ? "" : "no_text";
  if (kind === "discord") return json.content && json.content.length <= 2000 ? "" : "Must be 2000 or fewer in length.";
  return kind === "webhook" && json.text ? "" : "nobody is here";
}
