import { existsSync, readFileSync, renameSync } from "node:fs";
import { InputFault } from "../fault";
import { isObject, type JsonObject } from "../json-file";
import { synthesize } from "../synthesize";
import { Terraform } from "../terraform";
import { type Locks, prepareBucket } from "./bucket";
import { StateStore } from "./store";

export interface CreatedState {
  readonly stack: string;
  readonly bucket: string;
  readonly endpoint: string;
  readonly object: string;
  /** False: it was there. */
  readonly made: boolean;
  /** What the store does with a lock, as it was tried. */
  readonly locks: Locks;
  /** Whether Terraform is told to lock. */
  readonly locking: boolean;
  /** The local state that is in the bucket now; null: there was none. */
  readonly moved: { readonly file: string; readonly keptAs: string; readonly resources: number } | null;
}

/** A bucket for a stack's state, and what was deployed until now in it. */
export async function createState(stackName: string, tell: (line: string) => void): Promise<CreatedState> {
  tell("cdktf synth");
  const stack = (await synthesize({ SINGLE_HOST_MOVING_STATE: stackName })).stack(stackName);
  const store = StateStore.of(stack);
  tell(`${store.bucket}: private, with versions, locked by one run at a time?`);
  const { made, locks } = await prepareBucket(store);
  tell("terraform init");
  const terraform = new Terraform(stack.folder);
  await terraform.reconfigure();
  const file = `terraform.${stack.name}.tfstate`;
  const moved = existsSync(file) ? await move(file, terraform, tell) : null;
  const { bucket, endpoint, object, locking } = store;
  return { stack: stack.name, bucket, endpoint, object, made, locks, locking, moved };
}

/** Interrupted, it is done again; the file goes aside only when the bucket has what it holds. */
async function move(file: string, terraform: Terraform, tell: (line: string) => void): Promise<CreatedState["moved"]> {
  const text = readFileSync(file, "utf8");
  const state = parse(file, text);
  const resources = Array.isArray(state.resources) ? state.resources.length : 0;
  if (resources > 0 && !holds(parse("the state in the bucket", await terraform.pull()), state)) {
    tell(`terraform state push ${file}`);
    await terraform.push(text);
  }
  const keptAs = freeName(`${file}.moved`);
  renameSync(file, keptAs);
  return { file, keptAs, resources };
}

/** The same state, as new or newer. Another one's lineage is Terraform's to refuse. */
function holds(there: JsonObject, here: JsonObject): boolean {
  return there.lineage === here.lineage && Number(there.serial) >= Number(here.serial);
}

function parse(path: string, text: string): JsonObject {
  if (text.trim() === "") return {};
  try {
    const state: unknown = JSON.parse(text);
    if (isObject(state)) return state;
  } catch {
    // said below; what is in it stays unsaid: a state holds secrets
  }
  throw new InputFault(path, "is no state of Terraform's", "bring back its .backup, or move it away");
}

function freeName(name: string): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}.${number}`;
    if (!existsSync(candidate)) return candidate;
  }
}
