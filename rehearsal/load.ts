import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

export interface LoadProps {
  readonly url: string;
  /** Where the name of the site leads. */
  readonly address: string;
  readonly roots: string;
  /** Paths that are asked in turn. */
  readonly paths: readonly string[];
  /** @default - 20 */
  readonly requestsPerSecond?: number;
  /** Value of an answer's header that tells which version has answered. */
  readonly versionHeader: string;
}

/** What visitors have had. */
export interface LoadReport {
  readonly requests: number;
  /** Each with the moment, the method and the reason. */
  readonly failed: readonly string[];
  /** Answers by the version that gave them. */
  readonly versions: ReadonlyMap<string, number>;
  readonly milliseconds: { readonly median: number; readonly p99: number; readonly most: number };
}

/** Visitors who go on visiting: half of them on connections that they keep, half on fresh ones. */
export class Load {
  private readonly begun = performance.now();
  private readonly times: number[] = [];
  private readonly failed: string[] = [];
  private readonly versions = new Map<string, number>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly kept = new Agent({ keepAlive: true, maxSockets: 10 });
  private readonly loop: Promise<void>;
  private stopped = false;

  private constructor(private readonly props: LoadProps) {
    this.loop = this.run();
  }

  public static start(props: LoadProps): Load {
    return new Load(props);
  }

  public async stop(): Promise<LoadReport> {
    this.stopped = true;
    await this.loop;
    await Promise.all(this.underWay);
    this.kept.destroy();
    const sorted = [...this.times].sort((left, right) => left - right);
    const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
    return {
      requests: this.times.length + this.failed.length,
      failed: this.failed,
      versions: this.versions,
      milliseconds: { median: at(0.5), p99: at(0.99), most: at(1) },
    };
  }

  /** In a rhythm of its own: a slow answer does not slow the others down. */
  private async run(): Promise<void> {
    const { paths, requestsPerSecond = 20 } = this.props;
    for (let turn = 0; !this.stopped; turn++) {
      const visit = this.visit(paths[turn % paths.length] as string, turn % 2 === 0).finally(() => {
        this.underWay.delete(visit);
      });
      this.underWay.add(visit);
      await sleep(1000 / requestsPerSecond);
    }
  }

  private visit(path: string, keep: boolean): Promise<void> {
    const { url, address, roots, versionHeader } = this.props;
    const begun = performance.now();
    const lookup: LookupFunction = (_name, options, done) =>
      options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4);
    return new Promise((resolve) => {
      const fail = (reason: string) => {
        this.failed.push(`${((begun - this.begun) / 1000).toFixed(1)} s GET ${path}: ${reason}`);
        resolve();
      };
      const asked = request(
        new URL(path, url),
        { lookup, ca: roots, agent: keep ? this.kept : false, timeout: 60_000 },
        (response) => {
          response.on("error", (error) => fail(error.message));
          response.on("end", () => {
            if (response.statusCode !== 200) return fail(String(response.statusCode));
            this.times.push(performance.now() - begun);
            const version = String(response.headers[versionHeader]);
            this.versions.set(version, (this.versions.get(version) ?? 0) + 1);
            resolve();
          });
          response.resume();
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("no answer within a minute")));
      asked.on("error", (error) => fail(error.message));
      asked.end();
    });
  }
}
