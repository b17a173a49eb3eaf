import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { RehearsedStack } from "./stack-rehearsal";
import type { Word } from "./visitors";

/** A request that is made again and again. */
export interface VisitedRequest {
  /** @default - GET */
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One character a byte (latin1); `{id}` becomes another word each time. @default - no body */
  readonly body?: string;
}

/** By what protocol, and on a connection that serves others too or on one of its own. */
export type Connection = "HTTP/1.1, kept" | "HTTP/1.1, fresh" | "HTTP/2, kept" | "HTTP/2, fresh";

/** What visitors do. */
export interface LoadProps {
  readonly url: string;
  /** Where the name of the site leads. */
  readonly address: string;
  readonly roots: string;
  /** Made in turn. */
  readonly requests: readonly VisitedRequest[];
  /** Taken in turn; a number of them without a divisor of the number of requests mixes the two. */
  readonly connections: readonly Connection[];
  /** @default - 20 */
  readonly requestsPerSecond?: number;
  /** Name of an answer's header that tells which version has answered. */
  readonly versionHeader: string;
}

/** One request, ended. */
export interface Sample {
  /** When it was due: milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds from then until the last byte of the answer. */
  readonly took: number;
  readonly request: string;
  readonly connection: Connection;
  readonly version?: string;
  /** Why it failed: a status other than 2xx, or what befell the connection. @default - it did not */
  readonly failure?: string;
}

/** What the visitors hand over. */
export interface Taken {
  readonly samples: readonly Sample[];
  /** What visiting has cost, in seconds of one processor. */
  readonly processorSeconds: number;
  /** How late the visitors' own turns came, in milliseconds: 99 % came earlier. */
  readonly late: number;
}

/** What visitors have had. */
export interface LoadReport {
  readonly requests: number;
  /** Each with the moment, the request and the reason. */
  readonly failed: readonly string[];
  /** Answers by the version that gave them. */
  readonly versions: ReadonlyMap<string, number>;
  readonly milliseconds: Latency;
}

export interface Latency {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

/** Visitors who go on visiting, in a process of their own, in a rhythm that no slow answer slows down. */
export class Load {
  private readonly begun = Date.now();
  private readonly visitors: ChildProcess;
  private last: Promise<Taken> | undefined;

  private constructor(props: LoadProps) {
    const compiler = ["--require", require.resolve("tsx/cjs")];
    this.visitors = fork(join(__dirname, "visitors.ts"), { execArgv: compiler });
    this.say({ start: props });
  }

  public static start(
    props: Omit<LoadProps, "requests" | "connections"> & Partial<LoadProps> & { readonly paths?: readonly string[] },
  ): Load {
    const { paths = [], ...others } = props;
    return new Load({
      requests: paths.map((path) => ({ path })),
      connections: ["HTTP/1.1, kept", "HTTP/1.1, kept", "HTTP/1.1, fresh", "HTTP/1.1, fresh"],
      ...others,
    });
  }

  /** Those of a stack that stands, whose sample application says its version. */
  public static of(
    { visitor, login }: Pick<RehearsedStack, "visitor" | "login">,
    visits: Partial<LoadProps> & { readonly paths?: readonly string[] },
  ): Load {
    const site = { url: visitor.url, address: login.address, roots: visitor.props.roots };
    return Load.start({ ...site, versionHeader: "x-app-version", ...visits });
  }

  /** From now on in this rhythm. */
  public setRate(requestsPerSecond: number): void {
    this.say({ rate: requestsPerSecond });
  }

  /** What has ended since the last time. */
  public take(): Promise<Taken> {
    return this.ask("take");
  }

  /** Waits for all that is under way; what has ended since the last time. Nobody visits any more. */
  public end(): Promise<Taken> {
    this.last ??= this.ask("end");
    return this.last;
  }

  /** Ends, and tells all that visitors have had. */
  public async stop(): Promise<LoadReport> {
    const { samples } = await this.end();
    const versions = new Map<string, number>();
    const failed: string[] = [];
    for (const { failure, version = "", at, request, connection } of samples) {
      if (failure === undefined) versions.set(version, (versions.get(version) ?? 0) + 1);
      else failed.push(`${((at - this.begun) / 1000).toFixed(1)} s ${request} (${connection}): ${failure}`);
    }
    return { requests: samples.length, failed, versions, milliseconds: latency(samples) };
  }

  private say(word: Word): void {
    this.visitors.send(word);
  }

  private ask(word: "take" | "end"): Promise<Taken> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null) =>
        reject(new Error(`load: the visitors ended with ${code} before they had told`));
      this.visitors.once("exit", gone);
      this.visitors.once("message", (taken) => {
        this.visitors.off("exit", gone);
        resolve(taken as Taken);
      });
      this.say(word);
    });
  }
}

/** How long the requests took that did not fail, in milliseconds. */
export function latency(samples: readonly Sample[]): Latency {
  const sorted = samples.flatMap(({ took, failure }) => (failure === undefined ? [took] : [])).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { median: at(0.5), p99: at(0.99), most: at(1) };
}
