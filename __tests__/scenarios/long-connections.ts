import { createHash, randomBytes } from "node:crypto";
import { type ClientHttp2Session, connect } from "node:http2";
import { Agent, type RequestOptions, request } from "node:https";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a site is, for clients that bring their own name server and trust. */
export interface Place {
  readonly url: string;
  readonly address: string;
  readonly roots: string;
}

/** An answer as it came, whole or not. */
export interface Arrived {
  readonly status: number;
  readonly version: string;
  readonly body: Buffer;
  /** Why the connection broke before the end. @default - it did not */
  readonly broken?: string;
}

function options({ address, roots }: Place): RequestOptions {
  const lookup: LookupFunction = (_name, { all }, done) =>
    all ? done(null, [{ address, family: 4 }]) : done(null, address, 4);
  return { lookup, ca: roots, agent: false };
}

/** Asks over HTTP/1.1 and keeps what arrives. `onBegin` is told once the headers are there. */
export function arrive(
  place: Place,
  path: string,
  order?: string,
  agent?: Agent,
  onBegin = () => {},
): Promise<Arrived> {
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, place.url),
      { ...options(place), method: order === undefined ? "GET" : "POST", ...(agent ? { agent } : {}) },
      (answer) => {
        onBegin();
        const parts: Buffer[] = [];
        const end = (broken?: string) =>
          resolve({
            status: answer.statusCode ?? 0,
            version: String(answer.headers["x-app-version"]),
            body: Buffer.concat(parts),
            broken,
          });
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", (error) => end(error.message));
        answer.on("end", () => end());
      },
    );
    asked.on("error", reject);
    asked.end(order);
  });
}

/** A websocket, as far as a page that echoes needs one (RFC 6455: short text frames, and the end). */
export class Socket {
  /** The code with which it was closed; 1006, as browsers say, when the connection broke without a word. */
  public readonly closed: Promise<number>;
  private readonly texts: string[] = [];
  private pending = Buffer.alloc(0);

  private constructor(private readonly stream: Duplex) {
    this.closed = new Promise((resolve) => {
      stream.on("data", (part: Buffer) => {
        this.pending = Buffer.concat([this.pending, part]);
        const code = this.read();
        if (code === undefined) return;
        resolve(code);
        this.send(0x8, Buffer.alloc(0));
        stream.end();
      });
      stream.on("error", () => resolve(1006));
      stream.on("close", () => resolve(1006));
    });
  }

  public static open(place: Place, path: string): Promise<Socket> {
    const key = randomBytes(16).toString("base64");
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": key,
      "Sec-WebSocket-Version": "13",
    };
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, place.url), { ...options(place), headers });
      asked.on("upgrade", (_answer, stream) => resolve(new Socket(stream)));
      asked.on("response", ({ statusCode }) => reject(new Error(`no websocket, but ${statusCode}`)));
      asked.on("error", reject);
      asked.end();
    });
  }

  /** What comes back. */
  public async echo(text: string): Promise<string | undefined> {
    this.send(0x1, Buffer.from(text));
    for (let turn = 0; turn < 100 && this.texts.length === 0; turn++) await sleep(50);
    return this.texts.shift();
  }

  private send(kind: number, payload: Buffer): void {
    const mask = randomBytes(4);
    const masked = payload.map((byte, place) => byte ^ (mask[place % 4] as number));
    this.stream.write(Buffer.concat([Buffer.from([0x80 | kind, 0x80 | payload.length]), mask, masked]));
  }

  /** Takes whole frames off what has come; the code of a closing one. */
  private read(): number | undefined {
    for (;;) {
      const [kind, length] = this.pending;
      if (kind === undefined || length === undefined || this.pending.length < 2 + length) return undefined;
      const payload = this.pending.subarray(2, 2 + length);
      this.pending = this.pending.subarray(2 + length);
      if ((kind & 0xf) === 0x8) return payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.texts.push(payload.toString());
    }
  }
}

/** Customers who order all the time, each order under a number of its own: on kept and on fresh connections, and over HTTP/2. */
export class Orders {
  public readonly answers = new Map<string, Arrived | Error>();
  /** Ends of the one HTTP/2 connection before its time. */
  public readonly interruptions: string[] = [];
  private readonly kept = new Agent({ keepAlive: true, maxSockets: 4 });
  private readonly session: ClientHttp2Session;
  private readonly loop: Promise<void>;
  private stopped = false;

  public constructor(
    private readonly place: Place,
    private readonly path: string,
    private readonly everyMilliseconds = 100,
  ) {
    this.session = connect(place.url, { ca: place.roots, lookup: options(place).lookup } as object);
    this.session.on("error", (error) => this.interruptions.push(error.message));
    this.session.on("goaway", (code) => this.interruptions.push(`goaway ${code}`));
    this.loop = this.run();
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
    this.session.close();
    this.kept.destroy();
  }

  /** Those that were not answered as they should. */
  public get failed(): string[] {
    return [...this.answers].flatMap(([order, answer]) =>
      answer instanceof Error
        ? [`${order}: ${answer.message}`]
        : answer.status === 201 && answer.body.toString() === `${order}\n`
          ? []
          : [`${order}: ${answer.status} ${answer.broken ?? ""}`],
    );
  }

  public get versions(): string[] {
    return [
      ...new Set([...this.answers.values()].map((answer) => ("version" in answer ? answer.version : "none"))),
    ].sort();
  }

  private async run(): Promise<void> {
    const ways = [
      (order: string) => arrive(this.place, this.path, order, this.kept),
      (order: string) => arrive(this.place, this.path, order),
      (order: string) => this.overHttp2(order),
    ];
    const underWay: Promise<void>[] = [];
    for (let turn = 0; !this.stopped; turn++) {
      const order = randomBytes(8).toString("hex");
      const way = ways[turn % ways.length] as (typeof ways)[number];
      underWay.push(
        way(order)
          .catch((error: Error) => error)
          .then((answer) => void this.answers.set(order, answer)),
      );
      await sleep(this.everyMilliseconds);
    }
    await Promise.all(underWay);
  }

  private overHttp2(order: string): Promise<Arrived> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({ ":method": "POST", ":path": this.path, "content-length": order.length });
      const parts: Buffer[] = [];
      let head: { status: number; version: string } = { status: 0, version: "none" };
      stream.on("response", (headers) => {
        head = { status: headers[":status"] ?? 0, version: String(headers["x-app-version"]) };
      });
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("error", reject);
      stream.on("end", () => resolve({ ...head, body: Buffer.concat(parts) }));
      stream.end(order);
    });
  }
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
