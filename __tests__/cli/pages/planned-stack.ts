import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, type TerraformStack, Testing } from "cdktf";
import type { JsonObject } from "../../../cli/json-file";
import { ProviderRun } from "../../rehearsal/simulators/provider-run";
import { trimPlan } from "./trim-plan";

const SECRETS = {
  AI_MODEL_API_KEY: "the key of a model",
  OPENAI_API_KEY: "the key of OpenAI",
  SMTP_PASSWORD: "the password of a mail server",
  SPACES_ACCESS_KEY_ID: "REHEARSAL",
  SPACES_SECRET_ACCESS_KEY: "rehearsal-secret",
};

/**
 * A stack of this library's, planned and applied by the real Terraform and the real providers against the simulated clouds. No
 * server boots: what would be done over SSH is left out of the configuration, and a plan does not show it anyway.
 */
export class PlannedStack {
  private readonly folder = mkdtempSync(join(tmpdir(), "planned-"));
  private readonly run = new ProviderRun(SECRETS, this.folder);

  public async start(stack: (app: App) => TerraformStack): Promise<void> {
    this.write(this.folder, stack);
    await this.run.start();
  }

  public async stop(): Promise<void> {
    await this.run.stop();
    rmSync(this.folder, { recursive: true });
  }

  public async apply(stack: (app: App) => TerraformStack): Promise<void> {
    this.write(this.run.place, stack);
    await this.run.terraform(["apply", "-auto-approve"]);
  }

  /** What Terraform would do, as it is told to whoever asks `terraform show -json`. */
  public async plan(
    stack: (app: App) => TerraformStack,
    options: readonly string[] = [],
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<JsonObject> {
    this.write(this.run.place, stack);
    const variables = Object.entries(secrets).map(([name, value]) => [`TF_VAR_${name}`, value]);
    const environment = Object.fromEntries(variables);
    await this.run.terraform(["plan", "-out=plan", ...options], { environment, accept: [0, 1] });
    const { stdout } = await this.run.show("plan");
    return trimPlan(JSON.parse(stdout));
  }

  /** What somebody does in a cloud's console. */
  public async byHand(method: string, path: string, body: unknown): Promise<JsonObject> {
    const headers = { "content-type": "application/json", authorization: "Bearer rehearsal" };
    const options = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.run.ready.digitalocean}${path}`, options);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json().catch(() => ({}))) as JsonObject;
  }

  private write(folder: string, stack: (app: App) => TerraformStack): void {
    const configuration = JSON.parse(Testing.synth(stack(Testing.app())));
    for (const record of Object.values<Record<string, unknown>>(configuration.resource.terraform_data ?? {})) {
      delete record.provisioner;
      delete record.connection;
    }
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(configuration));
  }
}
