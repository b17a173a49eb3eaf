import { join } from "node:path";
import type { App } from "cdktf";
import {
  BackupBucket,
  Bucket,
  ComposeApp,
  DataVolume,
  Domain,
  GithubDeployWiring,
  Secret,
  SecretsBundle,
  SingleHostStack,
  Site,
  Size,
  SshKey,
} from "../../../constructs";
import { hetznerServer } from "../../../constructs/clouds/hetzner";

const FOLDER = join(__dirname, "..", "..", "..", "stacks", "deita-prod");

export interface QueriesChange {
  readonly type?: string;
  readonly location?: string;
  readonly protection?: boolean;
}

/** Deita in production at Hetzner, as it stands in `stacks/`, and with a change. */
export function queries(app: App, change: QueriesChange = {}): SingleHostStack {
  const { type = "cx33", location = "nbg1", protection = true } = change;
  const stack = new SingleHostStack(app, "deita-prod", {
    server: hetznerServer(type as "cx33", { location: location as "nbg1" }),
    admins: [SshKey.fromFile(join(FOLDER, "keys", "admin.pub"))],
    app: ComposeApp.fromFile(join(FOLDER, "docker-compose.yml"), {
      images: {
        backend: "ghcr.io/kasappeal/deita/backend:1.0.0",
        frontend: "ghcr.io/kasappeal/deita/frontend:1.0.0",
      },
    }),
    sites: [
      Site.at("deita.example", {
        service: "frontend",
        port: 80,
        health: "/health",
        paths: [{ path: "/v1/*", service: "backend", port: 8000, health: "/v1/health" }],
      }),
    ],
    domains: [Domain.create("deita.example")],
    dataVolume: DataVolume.create(Size.gibibytes(20), { volumes: ["duckdb_data"] }),
    protection,
  });
  const { host } = stack;
  new SecretsBundle(stack, "secrets", {
    host,
    values: {
      POSTGRES_PASSWORD: Secret.generated(),
      SECRET_KEY: Secret.generated({ length: 64 }),
      SMTP_PASSWORD: Secret.given(),
      AI_MODEL_API_KEY: Secret.given(),
    },
  });
  new Bucket(stack, "files", { host, variables: { bucket: "S3_BUCKET_NAME" } });
  new BackupBucket(stack, "backups", { host, retention: { daily: 7, weekly: 4, monthly: 12 } });
  new GithubDeployWiring(stack, "github", { host, repository: "abhi10/chitram", environment: "production" });
  return stack;
}
