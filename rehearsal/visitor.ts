import { lookup as systemLookup } from "node:dns";
import { Resolver } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";

/** An answer as a browser would have it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The certificates that the site presented, leaf first, by the name of their subject. @default - [] over plain HTTP */
  readonly chain: readonly string[];
}

export interface VisitOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** @default - 10 seconds */
  readonly timeoutMilliseconds?: number;
}

export interface VisitorProps {
  /** Address of the site: `https://chitram.example`. */
  readonly url: string;
  /** Address of a name server that knows the embedded cloud's names. */
  readonly nameServer: string;
  /** Root certificates that the visitor trusts besides no other: those of the embedded cloud's Let's Encrypt. */
  readonly roots: string;
  /** Runs a command on the server, as its team would over SSH. */
  readonly onServer: (command: string, input?: string) => Promise<string>;
}

/** Somebody outside who visits the deployed site: own name server, own trust, no way in but the site's ports. */
export class Visitor {
  public readonly url: string;
  private readonly resolver = new Resolver();

  public constructor(public readonly props: VisitorProps) {
    this.url = props.url;
    this.resolver.setServers([props.nameServer]);
  }

  /** Runs a command on the server, as its team would over SSH. */
  public onServer(command: string, input?: string): Promise<string> {
    return this.props.onServer(command, input);
  }

  public async visit(path: string, options: VisitOptions = {}): Promise<Answer> {
    const url = new URL(path, this.url);
    const lookup: LookupFunction = (name, lookupOptions, done) => {
      if (/^[\d.]+$/.test(name)) return systemLookup(name, lookupOptions, done);
      this.resolver.resolve4(name).then(
        ([address]) =>
          lookupOptions.all
            ? done(null, [{ address: address as string, family: 4 }])
            : done(null, address as string, 4),
        (error: NodeJS.ErrnoException) => done(error, ""),
      );
    };
    const secure = url.protocol === "https:";
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(
        url,
        {
          method: options.method ?? "GET",
          headers: options.headers,
          lookup,
          timeout: options.timeoutMilliseconds ?? 10_000,
          agent: false,
          ...(secure ? { ca: this.props.roots } : {}),
        },
        (response) => {
          const parts: Buffer[] = [];
          const chain = secure ? certificateChain(response.socket as TLSSocket) : [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts), chain }),
          );
        },
      );
      request.on("timeout", () =>
        request.destroy(new Error(`${url}: no answer within ${options.timeoutMilliseconds ?? 10_000} ms`)),
      );
      request.on("error", reject);
      request.end(options.body);
    });
  }

  /**
   * Visits until the answer is well, for so many seconds; throws what was wrong with the last one.
   * @param status the only one that is well. @default - all below 500
   */
  public async untilWell(path: string, seconds: number, status?: number): Promise<Answer> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      try {
        const answer = await this.visit(path);
        if (status === undefined ? answer.status < 500 : answer.status === status) return answer;
        throw new Error(`${new URL(path, this.url)} answers ${answer.status}`);
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(1000);
      }
    }
  }

  /** The answer as JSON; throws unless the status is the expected one. */
  // biome-ignore lint/suspicious/noExplicitAny: the answer of any application
  public async json(path: string, options: VisitOptions & { expect?: number } = {}): Promise<any> {
    const answer = await this.visit(path, options);
    const text = answer.body.toString("utf8");
    if (answer.status !== (options.expect ?? 200)) {
      throw new Error(
        `${options.method ?? "GET"} ${this.url}${path}: expected ${options.expect ?? 200}, got ${answer.status}: ${text.slice(0, 300)}`,
      );
    }
    return JSON.parse(text);
  }
}

function certificateChain(socket: TLSSocket): string[] {
  const names: string[] = [];
  let certificate = socket.getPeerCertificate(true);
  for (;;) {
    names.push(`${certificate.subject?.CN ?? certificate.subjectaltname ?? certificate.fingerprint256}`);
    const issuer = certificate.issuerCertificate;
    if (!issuer || issuer.fingerprint256 === certificate.fingerprint256) return names;
    certificate = issuer;
  }
}
