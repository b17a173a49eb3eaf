import { existsSync, readFileSync } from "node:fs";
import { Annotations, S3Backend, TerraformBackend, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { findEngine, knowsLockFiles } from "./engine";
import { Faults } from "./model/faults";
import type { RemoteState } from "./model/remote-state";
import { keepProviderLocks } from "./provider-locks";

/** Set while `single-host state create` runs, which moves what this file holds. */
const MOVING = "SINGLE_HOST_MOVING_STATE";

/** Has a stack keep its state in a bucket: `new StateBackend(stack, "state", RemoteState.spaces({ ... }))`. */
export class StateBackend extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly state: RemoteState,
  ) {
    super(scope, id);
    const engine = runsByCommandLine() ? findEngine() : null;
    const locks = engine === null || knowsLockFiles(engine);
    new S3Backend(this, state.settings(this.stack.node.id, locks));
    if (engine !== null && !locks && state.locking) {
      const { product, version } = engine;
      const lost = "of two deploys at once, what the first one wrote can be lost";
      Annotations.of(this).addWarning(`${product} ${version} can not lock a state in a bucket (1.10 can): ${lost}.`);
    }
    this.node.addValidation({ validate: () => this.validate() });
    keepProviderLocks(this.stack);
  }

  private get stack(): TerraformStack {
    return TerraformStack.of(this);
  }

  private validate(): string[] {
    const faults = new Faults();
    this.state.validate(faults, "state");
    const backends = this.stack.node.findAll().filter((node) => TerraformBackend.isBackend(node));
    if (backends.length > 1) faults.add("state", "the stack has another backend", "keep one of them");
    // Only a run by the command line goes on to Terraform; tests and editors need no credentials.
    if (runsByCommandLine()) {
      this.state.validateCredentials(faults, "state", process.env);
      this.refuseToForget(faults);
    }
    return faults.toLines();
  }

  /** An empty bucket beside a local state would have Terraform make everything a second time. */
  private refuseToForget(faults: Faults): void {
    const { id } = this.stack.node;
    const file = `terraform.${id}.tfstate`;
    if (process.env[MOVING] !== undefined || !holdsResources(file)) return;
    const remedy = `\`npx single-host state create ${id}\` moves it into the bucket`;
    faults.add("state", `${file} holds what was deployed until now`, remedy);
  }
}

function runsByCommandLine(): boolean {
  return process.env.CDKTF_OUTDIR !== undefined;
}

/** A file that can not be read is not empty: whoever moves it says what is wrong with it. */
function holdsResources(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as { resources?: unknown };
    return Array.isArray(resources) && resources.length > 0;
  } catch {
    return true;
  }
}
