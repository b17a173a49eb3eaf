import { type Faults, joinPath } from "../model/faults";
import { chooseImages, repositoryFor, repositoryOf } from "./images";
import { SEVERITIES } from "./model";
import type { WorkflowsPlace } from "./workflows";
import type {
  WorkflowImageProps,
  WorkflowsInfrastructureProps,
  WorkflowsProps,
  WorkflowTestProps,
} from "./workflows-props";

/** Everything that is wrong with what a team wrote, for a ComposeApp. */
export function validateWorkflows(
  found: Faults,
  place: WorkflowsPlace,
  props: WorkflowsProps,
  images: Readonly<Record<string, string>>,
): void {
  const { branch, scan = "high", versionHeader, suffix = "", trialValues = {} } = props;
  if (branch !== undefined && !BRANCH.test(branch)) {
    found.add("branch", `is not the name of a branch: ${JSON.stringify(branch)}`, "as in main");
  }
  if (scan !== "none" && !SEVERITIES.includes(scan)) {
    found.add("scan", `must be one of ${SEVERITIES.join(", ")}, none, got ${JSON.stringify(scan)}`, "as in high");
  }
  if (versionHeader !== undefined && !/^[A-Za-z0-9-]+$/.test(versionHeader)) {
    found.add("versionHeader", `is not the name of a header: ${JSON.stringify(versionHeader)}`, "as in X-App-Version");
  }
  if (suffix !== "" && !/^[a-z0-9][a-z0-9-]{0,40}$/.test(suffix)) {
    found.add("suffix", `must be lower-case letters, digits and -, got ${JSON.stringify(suffix)}`, "as in beta");
  }
  for (const name of Object.keys(trialValues)) checkVariable(found, joinPath("trialValues", name), name);
  if (place.kind === "pullRequest" && place.head !== null && !BRANCH.test(place.head)) {
    const { head } = place;
    found.add("head", `is not the name of a branch: ${JSON.stringify(head)}`, "as in single-host/workflows");
  }
  if (place.kind === "pullRequest" && place.head === (branch ?? "main")) {
    found.add("head", `is ${place.head}, the branch that it is to be merged into`, "as in single-host/workflows");
  }
  if (place.kind === "files" && place.folder === "") {
    found.add("folder", "is empty", 'name the repository\'s folder: "../chitram/.github/workflows"');
  }
  validateImages(found, images, props.images);
  validateInfrastructure(found, "infrastructure", props.infrastructure ?? {});
}

function validateImages(
  faults: Faults,
  images: Readonly<Record<string, string>>,
  chosen: WorkflowsProps["images"],
): void {
  const repositories = [...new Set(Object.values(images).map(repositoryOf))];
  if (Object.keys(images).length === 0) {
    faults.add(
      "images",
      "the ComposeApp names no image to release",
      'name it: images: { app: "ghcr.io/owner/name:1.0" }',
    );
  } else if (chosen === undefined && repositories.length > 1) {
    const remedy = 'say where each is built: images: { service: { context: "folder" } }';
    faults.add("images", `the ComposeApp names ${repositories.length} (${repositories.join(", ")})`, remedy);
  }
  const known = Object.keys(images);
  for (const [service, props] of Object.entries(chosen ?? {})) {
    const path = joinPath("images", service);
    if (!Object.hasOwn(images, service)) {
      faults.add(path, "is no service that the ComposeApp names an image for", `known are ${known.join(", ")}`);
    }
    validateImage(faults, path, props);
  }
  for (const { repository, services } of chooseImages(images, chosen)) {
    if (repository.startsWith("ghcr.io/")) continue;
    const remedy = "GitHub's own token pushes to ghcr.io alone: name it ghcr.io/owner/name";
    faults.add(joinPath("images", services[0] ?? ""), `${repository} is in another registry`, remedy);
  }
  const built = Object.keys(chosen ?? {}).filter((service) => Object.hasOwn(images, service));
  for (const [index, service] of built.entries()) {
    const same = built.slice(0, index).find((other) => repositoryFor(images, other) === repositoryFor(images, service));
    if (same === undefined) continue;
    faults.add(joinPath("images", service), `has the image of ${same}`, "keep one of them: all its services get it");
  }
}

function validateInfrastructure(faults: Faults, path: string, props: WorkflowsInfrastructureProps): void {
  const { folder, paths, secrets = [], setup, terraformVersion, driftSchedule } = props;
  checkPath(faults, joinPath(path, "folder"), folder);
  if (paths !== undefined && (paths.length === 0 || paths.some((pattern) => !/^!?[^\s!][^\r\n]*$/.test(pattern)))) {
    faults.add(joinPath(path, "paths"), `must be patterns of files, got ${JSON.stringify(paths)}`, 'as in "stacks/**"');
  }
  for (const name of secrets) checkVariable(faults, joinPath(path, "secrets", name), name);
  if (setup !== undefined) checkCommand(faults, joinPath(path, "setup"), setup, "npm ci", "");
  if (terraformVersion !== undefined && !/^(latest|[<>=~ ]*\d+(\.\d+){0,2})$/.test(terraformVersion)) {
    const problem = `is no version: ${JSON.stringify(terraformVersion)}`;
    faults.add(joinPath(path, "terraformVersion"), problem, "as in 1.11.4");
  }
  if (driftSchedule !== undefined && !/^[\d*,/-]+( [\dA-Za-z*,/-]+){4}$/.test(driftSchedule)) {
    const problem = `is not a time as cron has it: ${JSON.stringify(driftSchedule)}`;
    faults.add(joinPath(path, "driftSchedule"), problem, "five fields, in UTC: 23 4 * * *");
  }
}

/** @param own - where a team gives variables of its own */
function checkCommand(faults: Faults, path: string, command: string, example: string, own: string): void {
  if (command.trim() === "") faults.add(path, "is empty", `as in ${example}`);
  if (!command.includes("${{")) return;
  const remedy = `read a variable there, such as $GITHUB_SHA${own}`;
  faults.add(path, "holds ${{, which GitHub would replace before a shell reads it", remedy);
}

const BRANCH = /^(?!.*(\.\.|\/\/|@\{|\.lock$|[/.]$))[A-Za-z0-9_][A-Za-z0-9._/#@-]{0,200}$/;

function validateImage(faults: Faults, path: string, props: WorkflowImageProps): void {
  for (const name of ["context", "dockerfile"] as const) checkPath(faults, joinPath(path, name), props[name]);
  if (props.target !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(props.target)) {
    const problem = `is not the name of a stage: ${JSON.stringify(props.target)}`;
    faults.add(joinPath(path, "target"), problem, "what stands after AS in the Dockerfile");
  }
  for (const [name, value] of Object.entries(props.buildArguments ?? {})) {
    const place = joinPath(path, "buildArguments", name);
    checkVariable(faults, place, name);
    if (name === "VERSION" || name === "REVISION") {
      faults.add(place, "is what the workflow itself sets", "drop it, or call yours otherwise");
    }
    if (/[\r\n]/.test(value)) faults.add(place, "has more than one line", "a build argument is one line");
  }
  if (props.test !== undefined) validateTest(faults, joinPath(path, "test"), props.test);
}

function validateTest(
  faults: Faults,
  path: string,
  { command, image, folder, environment, timeout }: WorkflowTestProps,
): void {
  checkCommand(faults, joinPath(path, "command"), command, "pytest -q", ", or one of environment");
  if (image !== undefined && image.trim() === "") faults.add(joinPath(path, "image"), "is empty", "as in python:3.12");
  checkPath(faults, joinPath(path, "folder"), folder);
  for (const name of Object.keys(environment ?? {})) checkVariable(faults, joinPath(path, "environment", name), name);
  const seconds = timeout?.toSeconds() ?? 1800;
  if (!(seconds >= 60 && seconds <= 21_600)) {
    faults.add(
      joinPath(path, "timeout"),
      `must be 1 minute to 6 hours, got ${timeout}`,
      "GitHub ends a job after 6 hours",
    );
  }
}

function checkPath(faults: Faults, path: string, value: string | undefined): void {
  if (value === undefined) return;
  if (value !== "" && !/^[/~]|(^|\/)\.\.(\/|$)|[\r\n]/.test(value)) return;
  faults.add(path, `must be a path within the repository, got ${JSON.stringify(value)}`, 'as in "backend"');
}

function checkVariable(faults: Faults, path: string, name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^(GITHUB_|RUNNER_)/i.test(name)) return;
  faults.add(
    path,
    `${JSON.stringify(name)} is no name for it`,
    "letters, digits and _, not GITHUB_ or RUNNER_ at the start",
  );
}
