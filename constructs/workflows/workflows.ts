import { posix } from "node:path";
import { Faults } from "../model/faults";
import type { HostModel } from "../model/host";
import type { Secret } from "../model/secret";
import { builtImages, chooseImages } from "./images";
import type {
  InfrastructureModel,
  InfrastructurePlace,
  InfrastructurePlaces,
  SecretNames,
  WorkflowsModel,
} from "./model";
import { productionServices } from "./production";
import { renderWorkflows, workflowPaths } from "./render";
import type { WorkflowFilesProps, WorkflowPullRequestProps, WorkflowsProps } from "./workflows-props";
import { validateWorkflows } from "./workflows-validation";

/** Put on a pull request, it accepts what the plan loses. */
const ACCEPTING_LABEL = "accept-loss";

/** How the files come into the repository. */
export type WorkflowsPlace =
  | { readonly kind: "files"; readonly folder: string }
  | { readonly kind: "pullRequest"; readonly head: string | null };

/** What workflows are rendered for. */
export interface WorkflowsContext {
  readonly host: HostModel;
  readonly secrets: ReadonlyMap<string, Secret>;
  /** GitHub's environment; null: the secrets are the repository's own. */
  readonly environment: string | null;
  readonly secretNames: SecretNames;
  readonly stack: StackNeeds;
}

/** What a job needs to plan and deploy a stack. */
export interface StackNeeds {
  /** cdktf's name of it. */
  readonly name: string;
  /** Variables of the environment that synthesis and Terraform's providers read. */
  readonly credentials: readonly string[];
  /** Environments that are there for it; null: none was named. */
  readonly places: InfrastructurePlaces | null;
}

/** The workflows of the repository that releases to a host. */
export class Workflows {
  /** Files that each synth writes; commit them. In CI, where `CI` is set, one that differs is a fault instead. */
  static files(props: WorkflowFilesProps): Workflows {
    return new Workflows({ kind: "files", folder: props.folder }, props);
  }

  /** A pull request with the files, by Terraform: its token needs the scope `workflow`. */
  static pullRequest(props: WorkflowPullRequestProps = {}): Workflows {
    return new Workflows({ kind: "pullRequest", head: props.head ?? null }, props);
  }

  private constructor(
    readonly place: WorkflowsPlace,
    private readonly props: WorkflowsProps,
  ) {}

  get branch(): string {
    return this.props.branch ?? "main";
  }

  /** The files, by path in the repository. */
  get paths(): readonly string[] {
    return workflowPaths(this.props.suffix ?? "", this.props.infrastructure !== undefined);
  }

  /** Texts by path in the repository: `.github/workflows/deploy.yml`. */
  render(context: WorkflowsContext): Readonly<Record<string, string>> {
    return renderWorkflows(this.model(context));
  }

  /** Everything that is wrong with these props, for a host. */
  validate(faults: Faults, path: string, { host }: WorkflowsContext): void {
    const found = new Faults();
    validateWorkflows(found, this.place, this.props, host.app.images);
    faults.addAll(path, found);
  }

  model(context: WorkflowsContext): WorkflowsModel {
    const { cache = true, scan = "high", versionHeader, suffix = "" } = this.props;
    const { host, secrets } = context;
    const { trialValues = {} } = this.props;
    const images = builtImages(host, secrets, trialValues, chooseImages(host.app.images, this.props.images));
    const built = images.flatMap(({ services }) => services);
    const routes = host.sites[0]?.routes ?? [];
    return {
      host: host.name,
      environment: context.environment,
      suffix,
      branch: this.branch,
      secretNames: context.secretNames,
      images,
      production: productionServices(host, secrets, images, trialValues),
      cache,
      scan: scan === "none" ? null : scan,
      verification: {
        paths: routes.flatMap(({ health }) => health ?? []),
        builtPaths: routes.flatMap(({ health, service }) => (built.includes(service) ? (health ?? []) : [])),
        versionHeader: versionHeader ?? null,
      },
      infrastructure: this.infrastructure(context),
    };
  }

  private infrastructure({ host, stack }: WorkflowsContext): InfrastructureModel | null {
    const { infrastructure: props } = this.props;
    const { name, credentials, places } = stack;
    if (props === undefined) return null;
    const { folder = ".", secrets = [] } = props;
    const { deploy, plan } = places ?? UNNAMED;
    const withAll = (place: InfrastructurePlace): InfrastructurePlace => ({
      environment: place.environment,
      secrets: [...new Set([...credentials, ...secrets, ...place.secrets])].sort(),
    });
    return {
      stack: name,
      file: this.paths.at(-1) ?? "",
      branch: this.branch,
      folder,
      paths: props.paths ?? pathsOf(posix.normalize(folder).replace(/\/$/, ""), host.app.sources),
      places: { deploy: withAll(deploy), plan: withAll(plan) },
      label: ACCEPTING_LABEL,
      driftSchedule: props.driftSchedule ?? "23 4 * * *",
      terraformVersion: props.terraformVersion ?? "1.11.4",
      setup: props.setup ?? "npm ci",
    };
  }
}

/** Patterns for a stack's folder, and for what its compose file has brought from elsewhere in the repository. */
function pathsOf(folder: string, sources: readonly string[]): string[] {
  if (folder === ".") return ["**"];
  const elsewhere = sources
    .map((source) => posix.join(folder, source))
    .filter((path) => !path.startsWith(`${folder}/`) && !path.startsWith("../"));
  return [`${folder}/**`, ...elsewhere.map((path) => path.replace(/[*?+[\]!\\]/g, "\\$&"))];
}

/** One that the team has made by hand. */
const BY_HAND = { environment: "infrastructure", secrets: [] };
const UNNAMED: InfrastructurePlaces = { deploy: BY_HAND, plan: BY_HAND };
