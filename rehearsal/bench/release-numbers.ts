import { median } from "./median";
import {
  during,
  failuresOf,
  isAlone,
  LIBRARY,
  latencyOf,
  type ReleaseNumbers,
  type ReleaseRun,
  type Visit,
  visits,
} from "./release-run";

const whole = (value: number) => Math.round(value).toLocaleString("en");

/** What the benchmark says last: failures and requests of the library, and its p99 during releases by that at rest. */
export function releasesInOneLine({ runs }: ReleaseNumbers): string {
  const all = runs.filter(({ way }) => way === LIBRARY).flatMap(visits);
  const failed = all.filter(({ failure }) => failure !== "").length;
  return `releases: ${failed} failed of ${all.length} requests, p99 ratio ${worstRatio(runs).toFixed(2)}`;
}

/** The worst of the library's runs, for what can run twice: a request to what cannot waits for its successor. */
function worstRatio(runs: readonly ReleaseRun[]): number {
  return Math.max(
    ...runs.filter(({ way }) => way === LIBRARY).map((run) => ratio(run, (visit) => !isAlone(run, visit))),
  );
}

function ratio(run: ReleaseRun, chosen: (visit: Visit) => boolean): number {
  const all = visits(run).filter(chosen);
  return latencyOf(during(run, "release", all)).p99 / latencyOf(during(run, "rest", all)).p99;
}

/** The section of docs/numbers.md. */
export function renderReleases(numbers: ReleaseNumbers): string[] {
  const { runs, versions, at, saturation } = numbers;
  const shapes = [...new Set(runs.map(({ shape }) => shape))];
  const rates = Object.entries(saturation)
    .map(([shape, rate]) => `${shape} ${rate}/s`)
    .join(", ");
  return [
    "",
    "## Releases",
    "",
    "![Releases under load: how long each request took, and what failed](releases.svg)",
    "",
    `Chitram's shape is \`examples/photos\`, Deita's \`examples/queries\`; a server for each, measured on ${at.slice(0, 10)}`,
    `with ${versions}. Load in an open loop from a process of its own: a request begins`,
    "when it is due and its time counts from then. Three in seven come on kept HTTP/1.1 connections, two on a kept HTTP/2 one,",
    "one on a fresh connection of each; two in ten are POSTs, three of Deita's. Six seconds of rest and a release in turn, so",
    "that noise of the machine meets both. Near saturation is four fifths of the highest rate at which a server answered 99 of",
    `100 within a quarter of a second, for three seconds (${rates}; the visitors run on the same processors). Times are of requests`,
    "that did not fail. Any answer but 2xx has failed, the application's own too: Deita's `/v1/health` says 503 where its stores",
    "take longer than four seconds, as for the crowd that has waited for what cannot run twice.",
    "",
    "The others release the same images on the same server, with the same compose file behind the same Caddy, as a team",
    "writes it by hand (`rehearsal/bench/by-hand.sh`): with Chitram's own Caddyfile; for docker-rollout's method with a proxy",
    "that asks the containers' names anew each second and tries for five seconds.",
    ...(runs.some((run) => run.alone !== undefined)
      ? ["No way can start Deita's backend beside the old one: docker-rollout's method replaces it by `up -d`."]
      : []),
    ...shapes.flatMap((shape) =>
      renderShape(
        shape,
        runs.filter((run) => run.shape === shape),
      ),
    ),
    "",
    renderPosts(runs),
    renderVisitors(runs),
  ];
}

function renderShape(shape: string, runs: readonly ReleaseRun[]): string[] {
  const alone = runs.find((run) => run.alone !== undefined)?.alone;
  return [
    "",
    `### ${shape}`,
    "",
    ...(alone === undefined
      ? []
      : [
          `Times without \`${alone}*\`, whose service cannot run twice; below them those of \`${alone}*\`: requests wait while it is replaced.`,
          "",
        ]),
    "| way, requests a second | releases | requests | failed | at rest p50 / p99 / max, ms | during releases, ms | p99 ratio | a release, s | memory, MiB |",
    "|---|---:|---:|---|---:|---:|---:|---:|---:|",
    ...runs.flatMap((run) => [
      renderRun(run),
      ...(run.alone === undefined
        ? []
        : [`| \`${run.alone}*\` | | | | ${times(run, (visit) => isAlone(run, visit))} | | |`]),
    ]),
  ];
}

function renderRun(run: ReleaseRun): string {
  const all = visits(run);
  const failures = failuresOf(all, ({ failure, request }) =>
    run.way === LIBRARY ? `${failure} of \`${request.replace(/ \(.*/, "")}\`` : failure,
  );
  const failed = failures.reduce((sum, [, count]) => sum + count, 0);
  const kinds = failures.map(([kind, count]) => `${whole(count)} × ${kind}`).join(", ");
  const releases = run.phases.filter(({ kind }) => kind === "release");
  const cells = [
    `${run.way === LIBRARY ? `**${run.way}**` : run.way}, ${run.rate}`,
    releases.length,
    whole(all.length),
    failed === 0 ? "**0**" : `${whole(failed)}: ${kinds}`,
    times(run, (visit) => !isAlone(run, visit)),
    median(releases.map(({ from, to }) => (to - from) / 1000)).toFixed(1),
    memory(run),
  ];
  return `| ${cells.join(" | ")} |`;
}

function times(run: ReleaseRun, chosen: (visit: Visit) => boolean): string {
  const all = visits(run).filter(chosen);
  const shown = (["rest", "release"] as const).map((kind) => {
    const { median, p99, most } = latencyOf(during(run, kind, all));
    return [median, p99, most].map(whole).join(" / ");
  });
  return [...shown, ratio(run, chosen).toFixed(2)].join(" | ");
}

/** The middle at rest, and the most during releases. */
function memory(run: ReleaseRun): string {
  const seen = (wanted: "rest" | "release") => {
    const phases = run.phases.filter(({ kind }) => kind === wanted);
    return run.memory.filter(([at]) => phases.some(({ from, to }) => at >= from && at < to)).map(([, size]) => size);
  };
  return `${whole(median(seen("rest")))} → ${whole(Math.max(...seen("release")))}`;
}

function renderPosts(runs: readonly ReleaseRun[]): string {
  const sum = (some: readonly ReleaseRun[], of: "answered" | "rows" | "different") =>
    some.reduce((total, { posts }) => total + posts[of], 0);
  const own = runs.filter(({ way }) => way === LIBRARY);
  const twice = sum(runs, "rows") - sum(runs, "different");
  return (
    `Each POST that makes a row brings a word of its own. With the library ${whole(sum(own, "answered"))} were answered and ` +
    `PostgreSQL has ${whole(sum(own, "different"))} of their words; ${twice === 0 ? "no word is there twice, in any way" : `${twice} words are there twice`}. ` +
    "Memory is what no file backs, of all that runs on the server: in the middle at rest, and the most during releases."
  );
}

function renderVisitors(runs: readonly ReleaseRun[]): string {
  const most = (of: "processors" | "late", load: ReleaseRun["load"]) =>
    Math.max(...runs.filter((run) => run.load === load).map(({ visitors }) => visitors[of]));
  const words = (load: ReleaseRun["load"]) =>
    `${Math.round(most("processors", load) * 100)} % of one processor and were at most ${whole(most("late", load))} ms late`;
  return `The visitors themselves took at most ${words("50 a second")} (99 % of their turns) at 50 a second, ${words("near saturation")} near saturation; that is in the times.`;
}
