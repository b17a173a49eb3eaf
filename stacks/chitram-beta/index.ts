import { join } from "node:path";
import type { App } from "cdktf";
import {
  BackupBucket,
  ComposeApp,
  Domain,
  GithubDeployWiring,
  Secret,
  SecretsBundle,
  SingleHostStack,
  Site,
  SshKey,
} from "cdktf-single-host";
import { droplet } from "cdktf-single-host/digitalocean";

/** Chitram (https://github.com/abhi10/chitram), its beta: photos, tagged, on one droplet. */
export function chitramBeta(app: App): SingleHostStack {
  const stack = new SingleHostStack(app, "chitram-beta", {
    server: droplet("s-2vcpu-2gb", { region: "nyc3" }),
    admins: [SshKey.fromFile(join(__dirname, "keys/admin.pub"))],
    app: ComposeApp.fromFile(join(__dirname, "docker-compose.yml"), {
      images: { app: "ghcr.io/abhi10/chitram:1.0" },
      settings: { MINIO_ROOT_USER: "chitram", MINIO_ACCESS_KEY: "chitram", AI_PROVIDER: "openai" },
    }),
    sites: [Site.at("chitram.example", { service: "app", port: 8000, health: "/health" })],
    domains: [Domain.create("chitram.example")],
    monthlyBudget: 24,
  });
  const { host } = stack;
  new SecretsBundle(stack, "secrets", {
    host,
    values: {
      POSTGRES_PASSWORD: Secret.generated(),
      DATABASE_URL: Secret.template("postgresql+asyncpg://chitram:{POSTGRES_PASSWORD}@postgres:5432/chitram"),
      MINIO_ROOT_PASSWORD: Secret.generated(),
      MINIO_SECRET_KEY: Secret.sameAs("MINIO_ROOT_PASSWORD"),
      REDIS_PASSWORD: Secret.generated(),
      JWT_SECRET_KEY: Secret.generated({ length: 64 }),
      OPENAI_API_KEY: Secret.given(),
    },
  });
  new BackupBucket(stack, "backups", { host, retention: { daily: 7 }, restoreFrom: "latest" });
  new GithubDeployWiring(stack, "github", {
    host,
    repository: "abhi10/chitram",
    environment: "beta",
    // as Chitram's workflow has called them since before
    secretNames: {
      host: "DROPLET_HOST",
      user: "DROPLET_USER",
      key: "DROPLET_SSH_KEY",
      knownHosts: "DROPLET_KNOWN_HOSTS",
    },
  });
  return stack;
}
