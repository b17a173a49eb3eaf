import { Testing } from "cdktf";
import { parse } from "yaml";
import { Workflows } from "../../../constructs";
import { Faults } from "../../../constructs/model/faults";
import type { Job, RunStep, Workflow } from "../../../constructs/workflows/workflow";
import { chitramBeta } from "../../../stacks/chitram-beta";
import { chitram, contextOf, deita, rendered, type Shape } from "./shapes";

/** What a text may hold. */
const HOSTILE = `"a" 'b' \${{ github.event.head_commit.message }} $(touch owned) \`id\` \${HOME} %{x} #é\\ : - |`;

/** All that may stand in an expression: nothing of it comes from a stranger's text. */
const EXPRESSION = new RegExp(
  `^(${[
    "'\\$\\{\\{'",
    "github\\.token",
    "github\\.event\\.pull_request\\.(number|head\\.sha)",
    "\\(github\\.event\\.action == 'labeled' \\|\\| github\\.event\\.action == 'unlabeled'\\) && contains\\(github\\.event\\.pull_request\\.labels\\.\\*\\.name, 'accept-loss'\\)",
    "secrets\\.[A-Z_a-z]+",
    "vars\\.SITE_URL",
    "env\\.[A-Z_]+",
    "inputs\\.(release|accept-loss)",
    "needs\\.build\\.outputs\\.(release|version)",
    "steps\\.[a-z]+\\.(outputs\\.[a-z]+|outcome)",
  ].join("|")})$`,
);

/** Everything that a team may write in words of its own. */
function hostile(): Shape {
  return {
    workflows: Workflows.files({
      folder: "out",
      images: {
        app: {
          context: `folder ${HOSTILE}`,
          dockerfile: `${HOSTILE}/Dockerfile`,
          buildArguments: { GREETING: HOSTILE },
          test: { command: "pytest -q", environment: { GREETING: HOSTILE } },
        },
      },
      trialValues: { OPENAI_API_KEY: HOSTILE },
      infrastructure: {
        folder: `infra ${HOSTILE}`,
        paths: [HOSTILE],
      },
    }),
    context: contextOf(chitramBeta(Testing.app()), `beta ${HOSTILE}`),
  };
}

const shapes: readonly (readonly [string, () => Shape])[] = [
  ["chitram", chitram],
  ["deita", deita],
  ["words of its own", hostile],
];

describe.each(shapes)("%s", (_, shape) => {
  const workflows = Object.entries(rendered(shape())).map(
    ([path, text]) => [path, text, parse(text) as Workflow] as const,
  );

  test.each(workflows)("%s: no expression stands in a script", (_path, _text, { jobs }) => {
    const steps = Object.values(jobs).flatMap((job: Job) => job.steps);
    const scripts = steps.flatMap((step) => ("run" in step ? [(step as RunStep).run] : []));
    expect(scripts.length).toBeGreaterThan(2);
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  test.each(workflows)("%s: what a team has written is no expression", (_path, text) => {
    const expressions = [...text.matchAll(/\$\{\{(.*?)\}\}/g)].map(([, inner]) => (inner ?? "").trim());
    expect(expressions.filter((expression) => !EXPRESSION.test(expression))).toEqual([]);
  });

  test.each(workflows)("%s: each job says what it may, and how long", (_path, _text, { jobs }) => {
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toBeDefined();
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
    }
  });

  test.each(workflows)("%s: whatever comes from others is pinned, with its version beside it", (_path, text) => {
    for (const [line] of text.matchAll(/^.*uses:.*$/gm)) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

test("builds take no layers that somebody else may have put there, where the team says so", () => {
  const builds = (cache?: boolean) => {
    const { workflows, context } = chitram({ cache });
    const { jobs } = parse(workflows.render(context)[".github/workflows/deploy.yml"] ?? "") as Workflow;
    return jobs.build?.steps.flatMap(({ env }) => (env?.CACHE === undefined ? [] : [env.CACHE]));
  };
  expect(builds()).toEqual(["ghcr.io/abhi10/chitram:latest"]);
  expect(builds(false)).toEqual([""]);
});

test("words of one's own arrive as they were written", () => {
  const { workflows, context } = hostile();
  const faults = new Faults();
  workflows.validate(faults, "workflows", context);
  expect(faults.toLines()).toEqual([]);
  const { jobs } = parse(workflows.render(context)[".github/workflows/deploy.yml"] ?? "") as Workflow;
  const [build] = jobs.build?.steps.filter((step) => step.name === "Build ghcr.io/abhi10/chitram") ?? [];
  expect(evaluated(build?.env?.BUILD_ARGUMENTS)).toBe(`GREETING=${HOSTILE}`);
  expect(evaluated(build?.env?.CONTEXT)).toBe(`folder ${HOSTILE}`);
  const [tested] = jobs.test?.steps.filter((step) => step.name === "Test") ?? [];
  expect(evaluated(tested?.env?.GREETING)).toBe(HOSTILE);
  expect(evaluated((tested as RunStep)["working-directory"])).toBe(`folder ${HOSTILE}`);
  expect(evaluated(jobs.release?.environment?.name)).toBe(`beta ${HOSTILE}`);
});

/** As GitHub reads it, of the one expression that is there. */
function evaluated(text: string | undefined): string | undefined {
  return text?.replaceAll("${{ '${{' }}", "${{");
}
