import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "upgrade"];

/** An answer of the server behind the proxy, read to its end. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** One request through the proxy and its answer. */
export class Exchange {
  public constructor(
    public readonly incoming: IncomingMessage,
    public readonly outgoing: ServerResponse,
  ) {}

  public forwardedHeaders(): OutgoingHttpHeaders {
    const { headers } = this.incoming;
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
  }

  /** Passes the request and its answer through as they are; returns the answer's status. */
  public async pipe(upstream: ClientRequest): Promise<number> {
    const answered = answerOf(upstream);
    const [answer] = await Promise.all([answered, pipeline(this.incoming, upstream)]);
    const status = answer.statusCode ?? 502;
    this.outgoing.writeHead(status, answer.headers);
    await pipeline(answer, this.outgoing);
    return status;
  }

  /** Passes a short request on and reads its answer whole. */
  public async ask(upstream: ClientRequest, body: string): Promise<WholeAnswer> {
    const answered = answerOf(upstream);
    upstream.end(body);
    const answer = await answered;
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await text(answer) };
  }

  public send(status: number, body: string): void {
    this.outgoing.writeHead(status, {
      "content-type": "application/xml",
      "content-length": Buffer.byteLength(body),
    });
    this.outgoing.end(this.incoming.method === "HEAD" ? undefined : body);
  }

  /** An error as S3 words it. */
  public refuse(status: number, code: string, message: string): void {
    this.incoming.resume();
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    this.send(status, body);
  }
}

function answerOf(upstream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once("response", resolve);
    upstream.once("error", reject);
  });
}
