import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { S3Backend, type TerraformProvider, TerraformResource, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { Faults } from "../model/faults";
import type { SingleHost } from "../single-host";
import type { InfrastructurePlaces, SecretNames } from "../workflows/model";
import type { Workflows, WorkflowsContext } from "../workflows/workflows";
import { WorkflowPullRequest } from "./workflow-pull-request";

export interface RepositoryWorkflowsProps {
  readonly host: SingleHost;
  readonly workflows: Workflows;
  /** Null: the secrets are the repository's own. */
  readonly environment: string | null;
  /** Environments for jobs that run cdktf, with the secrets that are known to be in them; null: none was named. */
  readonly infrastructure: InfrastructurePlaces | null;
  readonly secretNames: SecretNames;
  /** Without its owner. */
  readonly repository: string;
  readonly provider: TerraformProvider | undefined;
  /** What its resources are named after. */
  readonly idParts: readonly string[];
}

/** Brings the workflows of a host into its repository. */
export class RepositoryWorkflows extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RepositoryWorkflowsProps,
  ) {
    super(scope, id);
    const { place } = props.workflows;
    if (place.kind === "pullRequest") this.createPullRequest(place.head);
    this.leaveFiles();
    this.node.addValidation({ validate: () => this.validate() });
  }

  /** Texts by path in the repository. */
  get files(): Readonly<Record<string, string>> {
    return this.props.workflows.render(this.context);
  }

  private get context(): WorkflowsContext {
    const { host, environment, infrastructure, secretNames } = this.props;
    const stack = {
      name: TerraformStack.of(this).node.id,
      credentials: this.credentials,
      places: infrastructure,
    };
    return { host: host.model, secrets: host.secrets.all, environment, secretNames, stack };
  }

  /** What synthesis, the providers and the backend read from their environment. */
  private get credentials(): readonly string[] {
    const { cloud } = this.props.host;
    const { objectStorage } = cloud;
    const constructs = TerraformStack.of(this).node.findAll();
    const makesBuckets = constructs.some(
      (item) => item instanceof TerraformResource && objectStorage.resourceTypes.includes(item.terraformResourceType),
    );
    const missing = [
      ...cloud.missingCredentials(this.props.host, {}),
      ...(makesBuckets ? objectStorage.missingCredentials(this.props.host, {}) : []),
    ];
    const variables = constructs
      .filter((item) => item instanceof TerraformVariable && item.default === undefined)
      .map((item) => `TF_VAR_${(item as TerraformVariable).friendlyUniqueId}`);
    const hasState = constructs.some((item) => item instanceof S3Backend);
    return [
      "GITHUB_TOKEN",
      ...missing.map(({ variable }) => variable),
      ...variables,
      ...(hasState ? ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] : []),
    ];
  }

  /** When the stack is whole and nothing is wrong with it: beside it, and into the repository where that is asked. */
  private leaveFiles(): void {
    const stack = TerraformStack.of(this);
    const { synthesizer } = stack;
    const { place } = this.props.workflows;
    stack.synthesizer = {
      synthesize: (session) => {
        synthesizer.synthesize(session);
        const files = Object.fromEntries(Object.entries(this.files).map(([path, text]) => [basename(path), text]));
        const folder = place.kind === "files" ? place.folder : null;
        const own = join(session.outdir, session.manifest.forStack(stack).workingDirectory, "workflows");
        mkdirSync(own, { recursive: true });
        writeFileSync(join(own, `${this.props.idParts.join("-")}.json`), JSON.stringify({ folder, files }));
        if (folder === null || !isRunByCommandLine() || process.env.CI) return;
        mkdirSync(folder, { recursive: true });
        for (const [name, text] of Object.entries(files)) writeChanged(join(folder, name), text);
      },
    };
  }

  private createPullRequest(head: string | null): void {
    const { host, workflows, repository, provider, idParts } = this.props;
    new WorkflowPullRequest(this, "pull-request", {
      ids: host.ids,
      idParts,
      repository,
      provider,
      base: workflows.branch,
      head: head ?? `single-host/${host.name}`,
      host: host.name,
      paths: workflows.paths,
      text: (path) => (this.faults.isEmpty ? (this.files[path] ?? "") : ""),
    });
  }

  /** What is wrong with what a team wrote; a text is rendered only when there is nothing. */
  private get faults(): Faults {
    const faults = new Faults();
    this.props.workflows.validate(faults, "workflows", this.context);
    return faults;
  }

  private validate(): string[] {
    const { faults } = this;
    const { place } = this.props.workflows;
    if (faults.isEmpty && place.kind === "files" && isRunByCommandLine() && process.env.CI) {
      for (const [path, text] of Object.entries(this.files)) {
        const file = join(place.folder, basename(path));
        if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
        const problem = existsSync(file) ? "is not what the stack says" : "is not there";
        faults.add(file, problem, "run `npx cdktf synth`, and commit it");
      }
    }
    return faults.toLines();
  }
}

/** Tests and editors synthesize too, and should change nothing. */
function isRunByCommandLine(): boolean {
  return process.env.CDKTF_OUTDIR !== undefined;
}

function writeChanged(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
