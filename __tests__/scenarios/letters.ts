import { randomUUID } from "node:crypto";
import type { DeployedStack } from "./deployed-stack";

/** A row that somebody wrote: which one, and when. */
export interface Letter {
  readonly id: string;
  /** Milliseconds since 1970, by the database's clock. */
  readonly at: number;
}

/** A table in the application's own database, so that rows can be counted, and told apart, before and after a loss. */
export class Letters {
  constructor(
    private readonly host: DeployedStack,
    /** Its user and its database. */
    private readonly name: string,
  ) {}

  async begin(): Promise<void> {
    await this.query("create table letters (id text primary key, at timestamptz not null default clock_timestamp())");
  }

  async write(count: number): Promise<void> {
    const rows = Array.from({ length: count }, () => `('${randomUUID()}')`);
    await this.query(`insert into letters (id) values ${rows.join(", ")}`);
  }

  /** All of them, the oldest first. */
  async read(): Promise<Letter[]> {
    const out = await this.query(
      "select id || ' ' || (extract(epoch from at) * 1000)::bigint from letters order by at, id",
    );
    return out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" "))
      .map(([id = "", at]) => ({ id, at: Number(at) }));
  }

  private query(sql: string): Promise<string> {
    return this.host.inService("postgres", `psql -v ON_ERROR_STOP=1 -U ${this.name} -d ${this.name} -qAt`, sql);
  }
}

/** What a loss has cost, measured. */
export interface Loss {
  /** From the moment of the loss until the site serves again. */
  readonly recoveredSeconds: number;
  /** Between the last row that came back and the loss. */
  readonly dataAgeSeconds: number;
  /** Rows that were in the snapshot, and are missing now. */
  readonly lost: number;
}

export function lossOf(saved: readonly Letter[], back: readonly Letter[], lostAt: number, servesAt: number): Loss {
  const present = new Set(back.map(({ id }) => id));
  const newest = Math.max(...back.map(({ at }) => at));
  return {
    recoveredSeconds: Math.round((servesAt - lostAt) / 1000),
    dataAgeSeconds: Math.round((lostAt - newest) / 1000),
    lost: saved.filter(({ id }) => !present.has(id)).length,
  };
}

/** `recovered in 84 s, data age 3 s, 0 rows lost since the last snapshot` */
export function report({ recoveredSeconds, dataAgeSeconds, lost }: Loss): string {
  return `recovered in ${recoveredSeconds} s, data age ${dataAgeSeconds} s, ${lost} rows lost since the last snapshot`;
}
