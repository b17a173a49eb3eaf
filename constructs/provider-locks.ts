import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Annotations, TerraformProvider, type TerraformStack } from "cdktf";
import { findEngine } from "./engine";
import { LOCKS_FOLDER, lockedProviders, lockFileFor } from "./model/provider-lock";

const kept = new WeakSet<TerraformStack>();

/**
 * Has a stack begin with the versions and checksums of providers that its team keeps in the repository: Terraform's own file
 * for them lies in cdktf.out, which nobody commits. Without one in the repository nothing is done.
 */
export function keepProviderLocks(stack: TerraformStack): void {
  // Only a run by the command line goes on to Terraform.
  if (process.env.CDKTF_OUTDIR === undefined || kept.has(stack) || !existsSync(LOCKS_FOLDER)) return;
  kept.add(stack);
  const engine = findEngine();
  const file = engine === null ? null : lockFileFor(stack.node.id, engine.product);
  if (file === null || !existsSync(file)) return;
  stack.node.addValidation({
    validate: () => {
      warnOfMissing(stack, file);
      return [];
    },
  });
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize: (session) => {
      synthesizer.synthesize(session);
      const { workingDirectory } = session.manifest.forStack(stack);
      copyFileSync(file, join(session.outdir, workingDirectory, ".terraform.lock.hcl"));
    },
  };
}

const warned = new WeakSet<TerraformStack>();

/** Terraform would take whatever it is given, and say nothing. */
function warnOfMissing(stack: TerraformStack, file: string): void {
  if (warned.has(stack)) return; // validation may run more than once
  warned.add(stack);
  const locked = lockedProviders(readFileSync(file, "utf8")).map(({ source }) => source);
  const providers = stack.node.findAll().filter((node) => TerraformProvider.isTerraformProvider(node));
  const sources = providers.map((provider) => String(provider.terraformProviderSource).split("/").slice(-2).join("/"));
  const missing = [...new Set(sources)].filter((source) => !locked.includes(source)).sort();
  if (missing.length === 0) return;
  const remedy = `\`npx single-host lock ${stack.node.id}\` adds what is missing`;
  Annotations.of(stack).addWarning(`${file} does not lock ${missing.join(", ")}: ${remedy}.`);
}
