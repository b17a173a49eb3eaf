import { InputFault } from "../fault";
import { synthesize } from "../synthesize";
import { SynthesizedHost } from "../synthesized-host";
import { Terraform } from "../terraform";
import { type LostServer, recoverServer } from "./lost-server";
import { type LostState, recoverState } from "./lost-state";

export interface RecoverOptions {
  readonly host: string | undefined;
  readonly bucket: string | undefined;
  readonly password: () => Promise<string>;
  /** Where the variables that were given are written; undefined: a file of its own. */
  readonly variables: string | undefined;
  readonly dryRun: boolean;
  readonly tell: (line: string) => void;
}

/** Looks what is lost, the server or Terraform's state too, and has the next deploy bring it back. */
export async function recover(stackName: string, options: RecoverOptions): Promise<LostServer | LostState> {
  const { tell, dryRun } = options;
  tell("cdktf synth");
  const host = SynthesizedHost.of((await synthesize()).stack(stackName), options.host);
  const terraform = new Terraform(host.stack.folder);
  tell("terraform init");
  await terraform.init();
  const { resources: state } = await terraform.state();
  const known = [host.server.address, `terraform_data.${host.prefix}_server_protection`];
  if (state.some(({ address }) => known.includes(address))) return recoverServer(host, terraform, state, dryRun);
  if (state.length > 0 && options.bucket === undefined) {
    const remedy = "a deploy that stopped halfway is finished by `npx cdktf deploy`, a recovery by this with --bucket";
    throw new InputFault("Terraform's state", `is there, and holds no server of ${host.name}`, remedy);
  }
  return recoverState(host, terraform, state, options);
}
