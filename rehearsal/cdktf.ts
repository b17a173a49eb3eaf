import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, command } from "./command";
import type { Workspace } from "./workspace";

/** The user's own commands, run in a workspace against the embedded cloud. */
export class Cdktf {
  public constructor(
    private readonly workspace: Workspace,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly onLine: (line: string) => void = () => {},
  ) {}

  public synth(): Promise<CommandResult> {
    return this.run("synth");
  }

  /** Writes the lock file from the provider mirror: `cdktf deploy` asks the public registry when there is none. */
  public init(): Promise<CommandResult> {
    return this.terraform("init", ["init", "-input=false", "-no-color"]);
  }

  public async deploy(accept: readonly number[] = [0]): Promise<CommandResult> {
    const result = await this.run("deploy", [this.workspace.stack, "--auto-approve"], accept);
    if (result.code === 0 && this.workspace.keepsStateInBucket) {
      const { stdout } = await this.terraform("state-pull", ["state", "pull"]);
      writeFileSync(this.workspace.stateFile, stdout, { mode: 0o600 });
    }
    return result;
  }

  public diff(): Promise<CommandResult> {
    return this.run("diff", [this.workspace.stack]);
  }

  public destroy(accept: readonly number[] = [0]): Promise<CommandResult> {
    return this.run("destroy", [this.workspace.stack, "--auto-approve"], accept);
  }

  /** 0: the plan is empty, 2: it is not. */
  public plan(file?: string): Promise<CommandResult> {
    const out = file ? [`-out=${file}`] : [];
    return this.terraform("plan", ["plan", "-input=false", "-no-color", "-detailed-exitcode", ...out], [0, 2]);
  }

  public terraform(name: string, args: readonly string[], accept: readonly number[] = [0]): Promise<CommandResult> {
    const binary = this.environment.TERRAFORM_BINARY_NAME ?? "terraform";
    return this.execute(name, [binary, `-chdir=${this.workspace.stackFolder}`, ...args], accept);
  }

  private run(verb: string, args: readonly string[] = [], accept: readonly number[] = [0]): Promise<CommandResult> {
    const program = join(this.workspace.folder, "node_modules", ".bin", "cdktf");
    // cdktf looks for Terraform's providers in OpenTofu's lock file, finds none, and asks the public registry each time
    const locked = this.environment.TERRAFORM_BINARY_NAME && verb !== "synth" ? ["--skip-provider-lock"] : [];
    return this.execute(verb, [program, verb, ...args, ...locked], accept);
  }

  private execute(name: string, argv: readonly string[], accept: readonly number[]): Promise<CommandResult> {
    return command(argv, {
      cwd: this.workspace.folder,
      env: this.environment,
      log: join(this.workspace.logs, `${name}.log`),
      onLine: this.onLine,
      accept,
    });
  }
}
