import { type Mapping, mappingOf, textOf } from "../model/compose-fields";

/** How often a trial asks: a team's own half minute is right for years, and too long for a job. */
const INTERVAL = 2;

/** How the images of stores are asked where the compose file does not say. */
const USUAL: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(postgres|postgis|timescaledb|timescaledb-ha|pgvector)(:|@|$)/, "pg_isready"],
  [/(^|\/)(redis|valkey)(:|@|$)/, "redis-cli ping || valkey-cli ping"],
  [/(^|\/)mysql(:|@|$)/, "mysqladmin ping --silent"],
  [/(^|\/)mariadb(:|@|$)/, "mariadb-admin ping --silent"],
];

/** The same question, asked more often, for as long as the team's file would ask. Null: there is none. */
export function trialHealth(healthcheck: unknown, image: string): Mapping | null {
  const fields = mappingOf(healthcheck);
  if (fields.disable === true) return null;
  const usual = USUAL.find(([pattern]) => pattern.test(image))?.[1];
  const test = fields.test ?? (usual === undefined ? undefined : ["CMD-SHELL", usual]);
  if (test === undefined) return null;
  const seconds = secondsOf(fields.interval, 30) * Number(textOf(fields.retries) ?? 3);
  const { start_interval: _, ...kept } = fields;
  return { ...kept, test, interval: `${INTERVAL}s`, retries: Math.ceil(seconds / INTERVAL) };
}

/** `1m30s`; a number of nothing is seconds, as compose has it. */
function secondsOf(value: unknown, otherwise: number): number {
  const text = textOf(value) ?? "";
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)];
  const sum = parts.reduce((total, [, amount, unit]) => total + Number(amount) * (units[unit ?? "s"] ?? 1), 0);
  return sum > 0 ? sum : otherwise;
}
