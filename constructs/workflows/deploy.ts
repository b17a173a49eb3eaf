import { literal } from "./expression";
import { type BuiltImage, SEVERITIES, type WorkflowsModel } from "./model";
import { ACTIONS } from "./pinned-actions";
import { testService } from "./production";
import { checkout, connect, disconnect, inEnvironment, run, startStores, stopStores } from "./steps";
import { CANDIDATE } from "./trial-services";
import type { Job, Step, Workflow } from "./workflow";

/** Test, build, try, scan, push, release, verify; back again when what a visitor gets is not what was released. */
export function deployWorkflow(model: WorkflowsModel): Workflow {
  const tests = Object.fromEntries(
    model.images.flatMap((image) => (image.test === null ? [] : [[testId(model, image), test(model, image)] as const])),
  );
  return {
    name: `Deploy ${model.host}`,
    on: { push: { branches: [model.branch] }, workflow_dispatch: {} },
    // One run after the other: a push waits for the release before it, and takes the place of one that waits already.
    concurrency: { group: `deploy-${model.host}`, "cancel-in-progress": false },
    env: { PRODUCTION: literal(model.production.compose) },
    jobs: { ...tests, build: build(model, Object.keys(tests)), release: release(model) },
  };
}

function testId({ images }: WorkflowsModel, { services }: BuiltImage): string {
  return images.length === 1 ? "test" : `test-${services[0]?.replace(/[^A-Za-z0-9_-]/g, "-")}`;
}

function test(model: WorkflowsModel, { test, services }: BuiltImage): Job {
  const { command, image, folder, timeoutMinutes, environment } = test as NonNullable<BuiltImage["test"]>;
  const step: Step =
    image === null
      ? { name: "Test", env: environment, "working-directory": literal(folder), run: command }
      : { name: "Test", run: `docker compose run --rm -T ${testService(services[0] ?? "")}` };
  return {
    name: model.images.length === 1 ? "Test" : `Test ${services[0]}`,
    permissions: { contents: "read" },
    "timeout-minutes": timeoutMinutes,
    steps: [checkout(), ...startStores(model), step, stopStores()],
  };
}

function build(model: WorkflowsModel, needs: readonly string[]): Job {
  const { images, production, scan } = model;
  return {
    name: "Build",
    ...(needs.length === 0 ? {} : { needs }),
    permissions: { contents: "read", packages: "write" },
    "timeout-minutes": 60,
    outputs: { release: "${{ steps.push.outputs.release }}", version: "${{ steps.version.outputs.version }}" },
    steps: [
      checkout({ "fetch-depth": 0 }),
      { ...run("Name the version", "version", { FOLDER: literal(images[0]?.context ?? ".") }), id: "version" },
      run("Log in to ghcr.io", "log-in", { TOKEN: "${{ github.token }}" }),
      ...images.map((image) => buildStep(image, model.cache)),
      ...startStores(model),
      run("Start it with the stores of production", "start-candidate", {
        TASKS: production.builtTasks.join(" "),
        SERVICES: production.services.join(" "),
        DEADLINE: String(production.healthDeadline),
        PROBES: production.probes
          .map(({ service, port, path, host }) => literal(`${service} ${port} ${path} ${host}`.trim()))
          .join("\n"),
      }),
      ...(scan === null ? [] : images.map((image) => scanStep(image, scan))),
      {
        ...run("Push", "push", {
          IMAGES: images.map(({ services, repository }) => `${services.join(",")}=${repository}`).join("\n"),
          NUMBER: "${{ steps.version.outputs.number }}",
        }),
        id: "push",
      },
      stopStores(),
    ],
  };
}

function buildStep({ repository, context, dockerfile, target, buildArguments }: BuiltImage, cache: boolean): Step {
  return run(`Build ${repository}`, "build", {
    IMAGE: repository,
    CONTEXT: literal(context),
    DOCKERFILE: literal(dockerfile ?? ""),
    TARGET: literal(target ?? ""),
    CACHE: cache ? `${repository}:latest` : "",
    BUILD_ARGUMENTS: Object.entries(buildArguments)
      .map(([name, value]) => literal(`${name}=${value}`))
      .join("\n"),
    VERSION: "${{ steps.version.outputs.version }}",
  });
}

function scanStep({ repository }: BuiltImage, scan: NonNullable<WorkflowsModel["scan"]>): Step {
  return {
    name: `Scan ${repository}`,
    uses: ACTIONS.trivy,
    with: {
      "image-ref": `${repository}:${CANDIDATE}`,
      severity: SEVERITIES.slice(0, SEVERITIES.indexOf(scan) + 1)
        .join(",")
        .toUpperCase(),
      // What has no remedy yet would stop every release until it has one.
      "ignore-unfixed": true,
      "exit-code": "1",
    },
  };
}

function release(model: WorkflowsModel): Job {
  const { host, secretNames, verification } = model;
  return {
    name: "Release",
    needs: ["build"],
    ...inEnvironment(model),
    // Shared with rollbacks.
    concurrency: { group: `release-${host}`, "cancel-in-progress": false },
    permissions: { packages: "read" },
    "timeout-minutes": 60,
    steps: [
      ...connect(secretNames),
      {
        ...run("Release", "release", {
          RELEASE: "${{ needs.build.outputs.release }}",
          TOKEN: "${{ github.token }}",
        }),
        id: "release",
      },
      run("Verify", "verify", {
        RELEASE: "${{ needs.build.outputs.release }}",
        SITE_URL: "${{ vars.SITE_URL }}",
        HEALTH: literal(verification.paths.join(" ")),
        VERSIONED: literal(verification.builtPaths.join(" ")),
        HEADER: verification.versionHeader ?? "",
        VERSION: "${{ needs.build.outputs.version }}",
      }),
      {
        ...run("Take it back when it is bad", "roll-back-own", { BEFORE: "${{ steps.release.outputs.before }}" }),
        if: "failure() && steps.release.outcome != 'skipped'",
      },
      disconnect(),
    ],
  };
}
