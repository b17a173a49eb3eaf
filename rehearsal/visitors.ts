/**
 * The visitors of a `Load`, in a process of their own: what their turn costs is neither the test's time nor hidden in it.
 *
 * Open loop: a visit begins when it is due, however slow the answers to earlier ones are, and its time counts from then.
 */
import { randomUUID } from "node:crypto";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { Agent, type RequestOptions, request as requestHttp1 } from "node:https";
import type { LookupFunction } from "node:net";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { connect as connectTls, createSecureContext, type SecureContext } from "node:tls";
import type { Connection, LoadProps, Sample, Taken, VisitedRequest } from "./load";

const PATIENCE = 60_000;
const STREAMS = 100; // of one HTTP/2 connection; servers take 250

/** What ends a visit: the version that answered, or a failure. */
type Ended = (failure: string | null, version?: string) => void;

class Visitors {
  private readonly kept = new Agent({ keepAlive: true });
  private readonly fresh = new Agent({ keepAlive: false, maxCachedSessions: 0 });
  private readonly secureContext: SecureContext;
  private readonly url: URL;
  private readonly sessions: { readonly session: ClientHttp2Session; streams: number }[] = [];
  private readonly delay = monitorEventLoopDelay({ resolution: 5 });
  private processor = process.cpuUsage();
  private samples: Sample[] = [];
  private underWay = 0;
  private turn = 0;
  private due = performance.now();
  private rate: number;
  private ended: (() => void) | undefined;

  public constructor(private readonly props: LoadProps) {
    this.url = new URL(props.url);
    this.secureContext = createSecureContext({ ca: props.roots });
    this.rate = props.requestsPerSecond ?? 20;
    this.delay.enable();
    this.run();
  }

  public setRate(requestsPerSecond: number): void {
    this.rate = requestsPerSecond;
    this.due = performance.now();
  }

  /** What has ended since the last time. */
  public take(): Taken {
    const { user, system } = process.cpuUsage(this.processor);
    const taken = {
      samples: this.samples,
      processorSeconds: (user + system) / 1e6,
      late: this.delay.percentile(99) / 1e6,
    };
    this.samples = [];
    this.processor = process.cpuUsage();
    this.delay.reset();
    return taken;
  }

  /** No new visits; returns once those under way have ended. */
  public async end(): Promise<void> {
    this.rate = 0;
    if (this.underWay > 0) await new Promise<void>((resolve) => (this.ended = resolve));
    this.kept.destroy();
    for (const { session } of this.sessions) session.destroy();
  }

  private run(): void {
    const now = performance.now();
    while (this.rate > 0 && this.due <= now) {
      this.visit(this.due);
      this.due += 1000 / this.rate;
    }
    if (this.ended === undefined)
      setTimeout(() => this.run(), Math.max(1, this.rate > 0 ? this.due - performance.now() : 50));
  }

  private visit(due: number): void {
    const { requests, connections } = this.props;
    const visited = requests[this.turn % requests.length] as VisitedRequest;
    const connection = connections[this.turn % connections.length] as Connection;
    this.turn++;
    this.underWay++;
    const id = randomUUID();
    let open = true;
    const ended: Ended = (failure, version) => {
      if (!open) return;
      open = false;
      this.samples.push({
        at: performance.timeOrigin + due,
        took: performance.now() - due,
        request: `${visited.method ?? "GET"} ${visited.path}`,
        connection,
        ...(failure === null ? { version } : { failure }),
      });
      if (--this.underWay === 0 && this.ended) this.ended();
    };
    const body = visited.body === undefined ? undefined : Buffer.from(visited.body.replaceAll("{id}", id), "latin1");
    if (connection.startsWith("HTTP/2")) this.overHttp2(visited, body, connection === "HTTP/2, kept", ended);
    else this.overHttp1(visited, body, connection === "HTTP/1.1, kept", ended);
  }

  private overHttp1(visited: VisitedRequest, body: Buffer | undefined, keep: boolean, ended: Ended): void {
    const lookup: LookupFunction = (_name, options, done) =>
      options.all ? done(null, [{ address: this.props.address, family: 4 }]) : done(null, this.props.address, 4);
    const options: RequestOptions & { secureContext: SecureContext } = {
      method: visited.method ?? "GET",
      headers: { ...visited.headers, ...(body ? { "content-length": body.length } : {}) },
      lookup,
      secureContext: this.secureContext,
      agent: keep ? this.kept : this.fresh,
      timeout: PATIENCE,
    };
    const asked = requestHttp1(new URL(visited.path, this.url), options, (response) => {
      response.on("error", (error) => ended(reason(error)));
      response.on("end", () =>
        ended(judged(response.statusCode), String(response.headers[this.props.versionHeader] ?? "")),
      );
      response.resume();
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within a minute")));
    asked.on("error", (error) => ended(reason(error)));
    asked.end(body);
  }

  private overHttp2(visited: VisitedRequest, body: Buffer | undefined, keep: boolean, ended: Ended): void {
    const entry = keep ? this.session() : { session: this.connect(ended), streams: 0 };
    const { session } = entry;
    entry.streams++;
    let status: number | undefined;
    let version = "";
    const stream = session.request(
      { ":method": visited.method ?? "GET", ":path": visited.path, ...visited.headers },
      { endStream: body === undefined },
    );
    stream.setTimeout(PATIENCE, () => stream.destroy(new Error("no answer within a minute")));
    stream.on("response", (headers) => {
      status = headers[":status"];
      version = String(headers[this.props.versionHeader] ?? "");
    });
    stream.on("error", (error) => ended(reason(error)));
    stream.on("end", () => ended(judged(status), version));
    stream.on("close", () => {
      ended("closed without an answer");
      entry.streams--;
      if (!keep) session.close();
    });
    stream.resume();
    if (body) stream.end(body);
  }

  /** One that is kept and has room for a further stream. */
  private session(): { readonly session: ClientHttp2Session; streams: number } {
    const usable = this.sessions.find(
      ({ session, streams }) => !session.closed && !session.destroyed && streams < STREAMS,
    );
    if (usable) return usable;
    const entry = { session: this.connect(() => {}), streams: 0 };
    const forget = () => {
      const index = this.sessions.indexOf(entry);
      if (index >= 0) this.sessions.splice(index, 1);
    };
    entry.session.on("goaway", forget);
    entry.session.on("close", forget);
    this.sessions.push(entry);
    return entry;
  }

  private connect(ended: Ended): ClientHttp2Session {
    const { hostname, port } = this.url;
    const options = { host: this.props.address, port: Number(port || 443), servername: hostname };
    const session = connectHttp2(this.url, {
      createConnection: () => connectTls({ ...options, ALPNProtocols: ["h2"], secureContext: this.secureContext }),
    });
    session.on("error", (error) => ended(reason(error)));
    return session;
  }
}

function judged(status: number | undefined): string | null {
  if (status === undefined) return "closed without an answer";
  return status >= 200 && status < 300 ? null : String(status);
}

function reason(error: NodeJS.ErrnoException): string {
  return error.code === undefined || error.code === "ERR_HTTP2_STREAM_ERROR" ? error.message : error.code;
}

/** What a `Load` says to its visitors. */
export type Word = { start: LoadProps } | { rate: number } | "take" | "end";

let visitors: Visitors | undefined;

process.on("message", async (word: Word) => {
  if (word === "take") process.send?.(visitors?.take());
  else if (word === "end") {
    await visitors?.end();
    process.send?.(visitors?.take(), () => process.disconnect());
  } else if ("start" in word) visitors = new Visitors(word.start);
  else visitors?.setRate(word.rate);
});
// whoever has started it is gone: nobody wants these visits any more
process.on("disconnect", () => process.exit());
