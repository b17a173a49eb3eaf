/** What the workflows of one host are rendered from: plain values, judged before they come here. Absence is a value. */
export interface WorkflowsModel {
  /** The host's name. */
  readonly host: string;
  /** GitHub's environment whose secrets lead to the host; null: they are the repository's own. */
  readonly environment: string | null;
  /** What is added to the files' names, where a repository releases to several hosts: `beta` for `deploy-beta.yml`; or "". */
  readonly suffix: string;
  /** A push to it releases. */
  readonly branch: string;
  readonly secretNames: SecretNames;
  /** Images, in the order in which they are built. */
  readonly images: readonly BuiltImage[];
  readonly production: ProductionServices;
  /** Whether builds take layers of the image before. */
  readonly cache: boolean;
  /** The least severity of a known vulnerability that stops a release; null: nothing is scanned. */
  readonly scan: Severity | null;
  readonly verification: Verification;
  /** Null: people deploy. */
  readonly infrastructure: InfrastructureModel | null;
}

/** Names of the environment's secrets. */
export interface SecretNames {
  readonly host: string;
  readonly user: string;
  readonly key: string;
  readonly knownHosts: string;
}

/** From the worst down. */
export const SEVERITIES = ["critical", "high", "medium", "low"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** An image that is built, and the services that run it. */
export interface BuiltImage {
  /** `ghcr.io/abhi10/chitram`, without tag. */
  readonly repository: string;
  readonly services: readonly string[];
  /** Folders and files count from the repository's root. */
  readonly context: string;
  readonly dockerfile: string | null;
  readonly target: string | null;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly test: ImageTest | null;
}

/** The team's own command. */
export interface ImageTest {
  readonly command: string;
  /** What it runs in; null: the runner itself. */
  readonly image: string | null;
  /** Where it runs, from the repository's root. */
  readonly folder: string;
  readonly timeoutMinutes: number;
  /** Environment of the service under test. Values may hold expressions for drawn secrets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The application as production runs it, for a runner. */
export interface ProductionServices {
  /** A compose file. `${NAME}` in it is a drawn secret. */
  readonly compose: string;
  /** Secrets that a job draws for itself, and their lengths. */
  readonly drawn: Readonly<Record<string, number>>;
  /** Databases and the like: what runs beside the built images. */
  readonly stores: readonly string[];
  /** What runs once, in order, before the built images start. */
  readonly tasks: readonly string[];
  /** What runs once in a built image, migrations among it. */
  readonly builtTasks: readonly string[];
  /** Services of built images, and what waits for them. */
  readonly services: readonly string[];
  /** Seconds until all are healthy. */
  readonly healthDeadline: number;
  /** What the server asks of the built images before it lets visitors in. */
  readonly probes: readonly Probe[];
}

export interface Probe {
  readonly service: string;
  readonly port: number;
  readonly path: string;
  /** The name that visitors ask for; "": the server's own. */
  readonly host: string;
}

/** How a release is judged from outside. */
export interface Verification {
  /** Health paths, asked at SITE_URL. */
  readonly paths: readonly string[];
  /** Those of them that a built image answers. */
  readonly builtPaths: readonly string[];
  /** A header of these answers that holds the version; null: not asked. */
  readonly versionHeader: string | null;
}

/** The stack itself, planned and deployed by jobs. */
export interface InfrastructureModel {
  /** cdktf's name of it. */
  readonly stack: string;
  /** The workflow's own path: `.github/workflows/infrastructure.yml`. */
  readonly file: string;
  readonly branch: string;
  /** Where cdktf.json is, from the repository's root. */
  readonly folder: string;
  /** Files that belong to it, as patterns of GitHub's. */
  readonly paths: readonly string[];
  readonly places: InfrastructurePlaces;
  /** Accepts what a plan loses. */
  readonly label: string;
  /** `23 4 * * *`, in UTC */
  readonly driftSchedule: string;
  readonly terraformVersion: string;
  /** Commands that install what the stacks need. */
  readonly setup: string;
}

/** Where jobs that run cdktf find what they need. */
export interface InfrastructurePlaces {
  readonly deploy: InfrastructurePlace;
  readonly plan: InfrastructurePlace;
}

export interface InfrastructurePlace {
  /** GitHub's environment. */
  readonly environment: string;
  /** Names of the variables that cdktf gets from secrets of the same names. */
  readonly secrets: readonly string[];
}
