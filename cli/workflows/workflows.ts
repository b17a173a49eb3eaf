import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../external-program";
import { InputFault } from "../fault";
import { readJsonObject } from "../json-file";
import { SynthesizedStacks } from "../synthesized-stack";

/** A workflow's file, as the stack says it, beside the one that is there. */
export interface WorkflowFile {
  readonly stack: string;
  /** `../.github/workflows/deploy.yml` */
  readonly path: string;
  readonly state: "the same" | "different" | "missing";
  readonly text: string;
}

/** What the stacks of this folder say of their workflows. */
export interface WorkflowsReport {
  readonly files: readonly WorkflowFile[];
  /** Stacks whose workflows Terraform brings in by a pull request. */
  readonly byPullRequest: readonly string[];
}

const OUT = "cdktf.out";
const STACKS = join(OUT, "stacks");
/** Where synthesis leaves them, below a stack's folder. */
const FOLDER = "workflows";

/** Compares the repository's files with what the stacks say. Needs no credentials: nobody is asked. */
export async function compareWorkflows(): Promise<WorkflowsReport> {
  await runApp();
  const stacks = new SynthesizedStacks(OUT);
  const files: WorkflowFile[] = [];
  const byPullRequest: string[] = [];
  for (const name of stacks.names) {
    const folder = join(stacks.stack(name).folder, FOLDER);
    for (const id of existsSync(folder) ? readdirSync(folder).sort() : []) {
      const { folder: place, files: texts } = readJsonObject(join(folder, id), "run `cdktf synth` again");
      if (typeof place !== "string") byPullRequest.push(name);
      else files.push(...Object.entries(texts as Record<string, string>).map((file) => compare(name, place, file)));
    }
  }
  return { files, byPullRequest };
}

/** Writes those that differ. */
export function writeWorkflows({ files }: WorkflowsReport): void {
  for (const { path, text, state } of files) {
    if (state === "the same") continue;
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
}

function compare(stack: string, place: string, [file, text]: [string, string]): WorkflowFile {
  const path = join(place, file);
  if (!existsSync(path)) return { stack, path, text, state: "missing" };
  return { stack, path, text, state: readFileSync(path, "utf8") === text ? "the same" : "different" };
}

/** The team's own program, without cdktf around it: then it asks for no tokens. */
async function runApp(): Promise<void> {
  const { app, context = {} } = readJsonObject("cdktf.json", "run this where cdktf.json is");
  if (typeof app !== "string") throw new InputFault("cdktf.json", "names no app", 'as in "app": "npx tsx main.ts"');
  for (const folder of existsSync(STACKS) ? readdirSync(STACKS) : []) {
    rmSync(join(STACKS, folder, FOLDER), { recursive: true, force: true });
  }
  const install = "a shell runs the app of cdktf.json";
  const { code, complaint } = await runProgram(["sh", "-c", app], {
    environment: { CDKTF_CONTEXT_JSON: JSON.stringify(context) },
    install,
  });
  if (code !== 0) throw new InputFault(app, `failed:\n${complaint}\n`, "then run this again");
}
