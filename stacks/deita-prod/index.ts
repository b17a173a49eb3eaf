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
} from "cdktf-single-host";
import { hetznerServer } from "cdktf-single-host/hetzner";

/** Deita (https://github.com/kasappeal/deita) in production: SQL over uploaded files, on one server at Hetzner. */
export function deitaProd(app: App): SingleHostStack {
  const stack = new SingleHostStack(app, "deita-prod", {
    server: hetznerServer("cx33", { location: "nbg1" }),
    admins: [SshKey.fromFile(join(__dirname, "keys/admin.pub"))],
    app: ComposeApp.fromFile(join(__dirname, "docker-compose.yml"), {
      images: {
        backend: "ghcr.io/kasappeal/deita/backend:1.0.0",
        frontend: "ghcr.io/kasappeal/deita/frontend:1.0.0",
      },
      settings: {
        ENVIRONMENT: "production",
        DEBUG: "false",
        APP_NAME: "Deita",
        ALGORITHM: "HS256",
        ACCESS_TOKEN_EXPIRE_MINUTES: "43200",
        SMTP_HOST: "smtp.sendgrid.net",
        SMTP_PORT: "587",
        SMTP_USER: "apikey",
        FROM_EMAIL: "noreply@deita.example",
        AI_MODEL_NAME: "anthropic/claude-3-haiku-20240307",
        AI_MODEL_ENDPOINT: "https://openrouter.ai/api/v1",
      },
    }),
    sites: [
      Site.at("deita.example", {
        service: "frontend",
        port: 80,
        health: "/health",
        paths: [{ path: "/v1/*", service: "backend", port: 8000, health: "/v1/health" }],
        contentSecurityPolicy:
          "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';",
      }),
    ],
    domains: [Domain.create("deita.example")],
    dataVolume: DataVolume.create(Size.gibibytes(20), { volumes: ["duckdb_data"] }),
    monthlyBudget: 20,
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
  new Bucket(stack, "files", {
    host,
    variables: {
      endpoint: "S3_ENDPOINT",
      accessKeyId: "S3_ACCESS_KEY",
      secretAccessKey: "S3_SECRET_KEY",
      bucket: "S3_BUCKET_NAME",
      region: "S3_REGION",
    },
  });
  new BackupBucket(stack, "backups", {
    host,
    retention: { daily: 7, weekly: 4, monthly: 12 },
    restoreFrom: "latest",
  });
  new GithubDeployWiring(stack, "github", { host, repository: "kasappeal/deita", environment: "production" });
  return stack;
}
