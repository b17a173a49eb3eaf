import { renderNumbers } from "../../../rehearsal/bench/numbers";
import { releasesInOneLine, renderReleases } from "../../../rehearsal/bench/release-numbers";
import { LIBRARY, type ReleaseRun } from "../../../rehearsal/bench/release-run";
import { renderReleasesPlot } from "../../../rehearsal/bench/releases-plot";

/** Ten seconds of rest, ten of a release: a request a second that takes 10 ms at rest and 15 ms during the release. */
function run(changes: Partial<ReleaseRun> = {}): ReleaseRun {
  return {
    shape: "Chitram",
    way: LIBRARY,
    rate: 1,
    load: "50 a second",
    phases: [
      { kind: "rest", from: 0, to: 10_000 },
      { kind: "release", from: 10_000, to: 20_000 },
    ],
    requests: ["GET / (HTTP/2, kept)", "GET /v1/files (HTTP/1.1, fresh)"],
    samples: Array.from({ length: 20 }, (_, second) => `${second * 1000} ${second < 10 ? 10 : 15} 0`),
    memory: [
      [1000, 300],
      [2000, 310],
      [12_000, 400],
    ],
    visitors: { processors: 0.1, late: 2 },
    posts: { answered: 5, rows: 5, different: 5 },
    ...changes,
  };
}

const numbers = (...runs: ReleaseRun[]) => ({
  ...{ at: "2026-11-21T12:00:00Z", versions: "Docker 26.1.5", saturation: { Chitram: 200 }, runs },
});

describe("the last line", () => {
  test("counts the library's requests, and compares p99 during releases with that at rest", () => {
    const others = run({ way: "down", samples: ["100 5 0 502"] });
    expect(releasesInOneLine(numbers(run(), others))).toBe("releases: 0 failed of 20 requests, p99 ratio 1.50");
  });

  test("counts what failed", () => {
    const samples = [...run().samples, "12000 3 0 ECONNRESET", "12100 60000 0 closed without an answer"];
    expect(releasesInOneLine(numbers(run({ samples })))).toMatch(/^releases: 2 failed of 22 requests/);
  });

  test("takes the worst of the runs, and leaves out requests that wait for what cannot run twice", () => {
    const waiting = run({ alone: "/v1/", samples: [...run().samples, "11000 6000 1"] });
    const busy = run({ load: "near saturation", samples: ["0 10 0", "10000 18 0"] });
    expect(releasesInOneLine(numbers(waiting, busy))).toMatch(/p99 ratio 1.80$/);
  });
});

describe("the section of docs/numbers.md", () => {
  test("shows failures by kind, times at rest and during releases, duration and memory", () => {
    const samples = [...run().samples, "12000 3 0 502", "12100 3 0 502", "12200 3 0 ECONNRESET"];
    const text = renderReleases(numbers(run({ way: "up -d", samples }))).join("\n");
    expect(text).toContain(
      "| up -d, 1 | 1 | 23 | 3: 2 × 502, 1 × ECONNRESET | 10 / 10 / 10 | 15 / 15 / 15 | 1.50 | 10.0 | 305 → 400 |",
    );
  });

  test("tells of words that are there twice", () => {
    const text = renderReleases(numbers(run({ posts: { answered: 5, rows: 7, different: 5 } }))).join("\n");
    expect(text).toContain("2 words are there twice");
  });

  test("takes its place on the page, and the other sections stay", () => {
    const before = "# Numbers\n\nold\n\n## From nothing to HTTPS health\n\n46 s\n\n## Sizes\n\n28 KiB\n";
    const page = renderNumbers({ releases: numbers(run()) }, "2 cores", "2026-11-21", before);
    expect(page.match(/^## .*$/gm)).toEqual(["## From nothing to HTTPS health", "## Releases", "## Sizes"]);
    expect(page).toContain("46 s");
    expect(page.endsWith("28 KiB\n")).toBe(true);
    expect(renderNumbers({}, "2 cores", "2026-11-21", page)).toBe(page);
  });
});

describe("the plot", () => {
  test("marks releases as bands and failures in red, at their time", () => {
    const samples = ["500 10 0", "10500 20 0", "12000 3 0 502", "12000 3 0 502", "15000 3 0 ECONNRESET"];
    const plot = renderReleasesPlot({ runs: [run({ samples })] });
    expect(plot).toContain('<rect class="release" x="280" width="280" height="118"/>');
    expect([...plot.matchAll(/<rect class="failed" x="(\d+)" width="2"/g)].map(([, x]) => x)).toEqual(["336", "420"]);
    expect(plot).toContain("3 of 5 failed, p99 10 ms → 20 ms");
  });

  test("has a panel for each way, a column for each shape, and no markup from names", () => {
    const plot = renderReleasesPlot({
      runs: [run(), run({ way: "a <b> & c" }), run({ shape: "Deita", alone: "/v1/" })],
    });
    expect(plot.match(/class="panel"/g)).toHaveLength(3);
    expect(plot).toContain("a &lt;b&gt; &amp; c");
    expect(plot).toContain("Deita: its backend cannot run twice");
  });
});
