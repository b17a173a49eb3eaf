import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { enginePath, findEngine } from "../../constructs/engine";
import { type LockedProvider, lockedProviders, lockFileFor } from "../../constructs/model/provider-lock";
import { InputFault } from "../fault";
import { synthesize } from "../synthesize";
import { Terraform } from "../terraform";

export interface ProviderLock {
  readonly file: string;
  readonly before: readonly LockedProvider[];
  readonly after: readonly LockedProvider[];
}

/** Puts what Terraform writes beside a synthesized stack where the repository has it. */
export async function lockProviders(
  stackName: string,
  upgrade: boolean,
  tell: (line: string) => void,
): Promise<ProviderLock> {
  const engine = findEngine();
  if (engine === null) {
    throw new InputFault(
      enginePath(),
      "is no Terraform and no OpenTofu",
      "install one, or name it in TERRAFORM_BINARY_NAME",
    );
  }
  tell("cdktf synth");
  const stack = (await synthesize()).stack(stackName);
  const file = lockFileFor(stack.name, engine.product);
  const before = existsSync(file) ? lockedProviders(readFileSync(file, "utf8")) : [];
  tell(`${engine.product} ${engine.version}: choosing providers`);
  await new Terraform(stack.folder).chooseProviders(upgrade);
  const written = join(stack.folder, ".terraform.lock.hcl");
  if (!existsSync(written)) throw new InputFault(stack.name, "needs no provider", "there is nothing to lock");
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(written, file);
  return { file, before, after: lockedProviders(readFileSync(file, "utf8")) };
}
