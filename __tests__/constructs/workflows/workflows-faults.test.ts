import { Testing } from "cdktf";
import { ComposeApp, Duration, Workflows } from "../../../constructs";
import { Faults } from "../../../constructs/model/faults";
import { deitaProd } from "../../../stacks/deita-prod";
import { contextOf } from "./shapes";

const deita = () => contextOf(deitaProd(Testing.app()), "production");

function faultsOf(workflows: Workflows, context = deita()): string[] {
  const faults = new Faults();
  workflows.validate(faults, "workflows", context);
  return faults.toLines();
}

test("everything that is wrong is said at once, with path, value and remedy", () => {
  const workflows = Workflows.files({
    folder: "",
    branch: "main; rm",
    scan: "worst" as never,
    versionHeader: "X: y",
    suffix: "Beta!",
    trialValues: { "A-B": "" },
    images: {
      backend: {
        context: "/backend",
        dockerfile: "../Dockerfile",
        target: "a b",
        buildArguments: { VERSION: "1", TEXT: "a\nb", GITHUB_X: "" },
        test: { command: " ", image: "", folder: "", environment: { "1": "" }, timeout: Duration.hours(7) },
      },
      worker: {},
      frontend: { test: { command: "echo ${{ github.event.head_commit.message }}" } },
    },
    infrastructure: {
      folder: "..",
      paths: [],
      secrets: ["GITHUB_TOKEN"],
      setup: "${{ x }}",
      terraformVersion: "new",
      driftSchedule: "nightly",
    },
  });
  expect(faultsOf(workflows)).toEqual([
    'workflows/branch: is not the name of a branch: "main; rm"; as in main',
    'workflows/scan: must be one of critical, high, medium, low, none, got "worst"; as in high',
    'workflows/versionHeader: is not the name of a header: "X: y"; as in X-App-Version',
    'workflows/suffix: must be lower-case letters, digits and -, got "Beta!"; as in beta',
    'workflows/trialValues/A-B: "A-B" is no name for it; letters, digits and _, not GITHUB_ or RUNNER_ at the start',
    'workflows/folder: is empty; name the repository\'s folder: "../chitram/.github/workflows"',
    'workflows/images/backend/context: must be a path within the repository, got "/backend"; as in "backend"',
    'workflows/images/backend/dockerfile: must be a path within the repository, got "../Dockerfile"; as in "backend"',
    'workflows/images/backend/target: is not the name of a stage: "a b"; what stands after AS in the Dockerfile',
    "workflows/images/backend/buildArguments/VERSION: is what the workflow itself sets; drop it, or call yours otherwise",
    "workflows/images/backend/buildArguments/TEXT: has more than one line; a build argument is one line",
    'workflows/images/backend/buildArguments/GITHUB_X: "GITHUB_X" is no name for it; letters, digits and _, not GITHUB_ or RUNNER_ at the start',
    "workflows/images/backend/test/command: is empty; as in pytest -q",
    "workflows/images/backend/test/image: is empty; as in python:3.12",
    'workflows/images/backend/test/folder: must be a path within the repository, got ""; as in "backend"',
    'workflows/images/backend/test/environment/1: "1" is no name for it; letters, digits and _, not GITHUB_ or RUNNER_ at the start',
    "workflows/images/backend/test/timeout: must be 1 minute to 6 hours, got 25200 s; GitHub ends a job after 6 hours",
    "workflows/images/worker: is no service that the ComposeApp names an image for; known are backend, frontend",
    "workflows/images/frontend/test/command: holds ${{, which GitHub would replace before a shell reads it; read a variable there, such as $GITHUB_SHA, or one of environment",
    'workflows/infrastructure/folder: must be a path within the repository, got ".."; as in "backend"',
    'workflows/infrastructure/paths: must be patterns of files, got []; as in "stacks/**"',
    'workflows/infrastructure/secrets/GITHUB_TOKEN: "GITHUB_TOKEN" is no name for it; letters, digits and _, not GITHUB_ or RUNNER_ at the start',
    "workflows/infrastructure/setup: holds ${{, which GitHub would replace before a shell reads it; read a variable there, such as $GITHUB_SHA",
    'workflows/infrastructure/terraformVersion: is no version: "new"; as in 1.11.4',
    'workflows/infrastructure/driftSchedule: is not a time as cron has it: "nightly"; five fields, in UTC: 23 4 * * *',
  ]);
});

test("a pull request comes from another branch than the one that it is for", () => {
  const images = { backend: {}, frontend: {} };
  const fault = (name: string) =>
    `workflows/head: is ${name}, the branch that it is to be merged into; as in single-host/workflows`;
  expect(faultsOf(Workflows.pullRequest({ images, head: "main" }))).toEqual([fault("main")]);
  expect(faultsOf(Workflows.pullRequest({ images, head: "next", branch: "next" }))).toEqual([fault("next")]);
});

test("two images need to be told apart", () => {
  expect(faultsOf(Workflows.pullRequest())).toEqual([
    "workflows/images: the ComposeApp names 2 (ghcr.io/kasappeal/deita/backend, ghcr.io/kasappeal/deita/frontend); " +
      'say where each is built: images: { service: { context: "folder" } }',
  ]);
});

test.each([
  [
    {},
    'workflows/images: the ComposeApp names no image to release; name it: images: { app: "ghcr.io/owner/name:1.0" }',
  ],
  [
    { web: "docker.io/example/web:1" },
    "workflows/images/web: docker.io/example/web is in another registry; GitHub's own token pushes to ghcr.io alone: name it ghcr.io/owner/name",
  ],
])("images %j", (images, fault) => {
  const context = deita();
  const app = ComposeApp.fromText("services: {web: {image: web}}", { images });
  expect(faultsOf(Workflows.pullRequest(), { ...context, host: { ...context.host, app } })).toEqual([fault]);
});

test("services with one image have one entry", () => {
  const context = deita();
  const image = "ghcr.io/example/web:1";
  const app = ComposeApp.fromText("services: {web: {build: .}, worker: {build: .}}", {
    images: { web: image, worker: image },
  });
  const workflows = (images: Record<string, object>) => Workflows.pullRequest({ images });
  const host = { ...context.host, app };
  expect(faultsOf(workflows({ web: {}, worker: {} }), { ...context, host })).toEqual([
    "workflows/images/worker: has the image of web; keep one of them: all its services get it",
  ]);
  expect(faultsOf(workflows({ web: {} }), { ...context, host })).toEqual([]);
  expect(workflows({ web: {} }).model({ ...context, host }).images[0]?.services).toEqual(["web", "worker"]);
});
