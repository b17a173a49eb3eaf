import { existsSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./external-program";
import { InputFault } from "./fault";
import { SynthesizedStacks } from "./synthesized-stack";

/** The stacks as the code in this folder says them now. */
export async function synthesize(environment: Readonly<Record<string, string>> = {}): Promise<SynthesizedStacks> {
  const local = join("node_modules", ".bin", "cdktf");
  const install = "run this where cdktf.json is, after `npm ci`";
  const { code, complaint } = await runProgram([existsSync(local) ? local : "cdktf", "synth"], {
    environment,
    install,
  });
  if (code !== 0) throw new InputFault("cdktf synth", `failed:\n${complaint}\n`, "then run this again");
  return new SynthesizedStacks("cdktf.out");
}
