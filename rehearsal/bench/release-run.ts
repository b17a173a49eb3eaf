import type { Latency } from "../load";

/** One way of releasing under one load: what is kept of it. */
export interface ReleaseRun {
  readonly shape: string;
  readonly way: string;
  /** Requests a second; `near saturation` is four fifths of what the server answered before it fell behind. */
  readonly rate: number;
  readonly load: "50 a second" | "near saturation";
  /** Rest and release in turn, in milliseconds since the beginning. */
  readonly phases: readonly Phase[];
  /** Names that a sample refers to by number. */
  readonly requests: readonly string[];
  /** `at took request failure` of each: milliseconds since the beginning, milliseconds, a number, words or nothing. */
  readonly samples: readonly string[];
  /** Of the whole server without the page cache: milliseconds since the beginning, and MiB. */
  readonly memory: readonly (readonly [number, number])[];
  /** What visiting has cost: processors, and how late the visitors' turns came, in milliseconds (99 % earlier). */
  readonly visitors: { readonly processors: number; readonly late: number };
  /** Posts that were answered well; rows that they made, all and different ones. */
  readonly posts: { readonly answered: number; readonly rows: number; readonly different: number };
  /** What cannot run twice, by the beginning of its paths. @default - everything can */
  readonly alone?: string;
}

export interface Phase {
  readonly kind: "rest" | "release";
  readonly from: number;
  readonly to: number;
}

export interface Visit {
  readonly at: number;
  readonly took: number;
  readonly request: string;
  readonly failure: string;
}

/** What all runs of a benchmark have in common. */
export interface ReleaseNumbers {
  readonly at: string;
  readonly versions: string;
  /** Requests a second before the server fell behind, by shape. */
  readonly saturation: Readonly<Record<string, number>>;
  readonly runs: readonly ReleaseRun[];
}

export const LIBRARY = "this library";

/** With what was measured before of shapes that are not among these. */
export function joined(before: ReleaseNumbers | undefined, measured: ReleaseNumbers): ReleaseNumbers {
  const others = before?.runs.filter(({ shape }) => !measured.runs.some((run) => run.shape === shape)) ?? [];
  return {
    ...measured,
    saturation: { ...before?.saturation, ...measured.saturation },
    runs: [...others, ...measured.runs],
  };
}

export function visits({ samples, requests }: ReleaseRun): Visit[] {
  return samples.map((line) => {
    const [at, took, request, ...failure] = line.split(" ");
    return { at: Number(at), took: Number(took), request: requests[Number(request)] ?? "", failure: failure.join(" ") };
  });
}

/** Those that began in a phase of this kind. */
export function during(run: ReleaseRun, kind: Phase["kind"], all = visits(run)): Visit[] {
  const phases = run.phases.filter((phase) => phase.kind === kind);
  return all.filter(({ at }) => phases.some(({ from, to }) => at >= from && at < to));
}

/** Whether the visit went to what cannot run twice. */
export function isAlone(run: ReleaseRun, { request }: Visit): boolean {
  return run.alone !== undefined && (request.split(" ")[1] ?? "").startsWith(run.alone);
}

/** Of those that did not fail, in milliseconds. */
export function latencyOf(some: readonly Visit[]): Latency {
  const sorted = some.flatMap(({ took, failure }) => (failure === "" ? [took] : [])).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { median: at(0.5), p99: at(0.99), most: at(1) };
}

/** Failures by kind, the most frequent first. */
export function failuresOf(some: readonly Visit[], kindOf: (visit: Visit) => string): [string, number][] {
  const kinds = new Map<string, number>();
  for (const visit of some) {
    if (visit.failure !== "") kinds.set(kindOf(visit), (kinds.get(kindOf(visit)) ?? 0) + 1);
  }
  return [...kinds].sort(([, one], [, other]) => other - one);
}
