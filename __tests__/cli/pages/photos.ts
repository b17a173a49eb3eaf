import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, TerraformResource } from "cdktf";
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
} from "../../../constructs";
import { droplet } from "../../../constructs/clouds/digitalocean";

const FOLDER = join(__dirname, "..", "..", "..", "stacks", "chitram-beta");
const ADMIN = SshKey.fromFile(join(FOLDER, "keys", "admin.pub"));
const NEW_ADMIN = SshKey.fromText(
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDneMnKWETaqQ9/rYISPsLKCfLKsIhswgQyRN0qUro9r new-colleague",
);

/** What a team changes in a pull request. */
export interface PhotosChange {
  readonly size?: string;
  readonly region?: string;
  /** Edits the compose file, a size more of PostgreSQL's and a word to the application; lets in a colleague. */
  readonly edited?: boolean;
  /** Gives a password that was generated. */
  readonly redisPassword?: Secret;
  /** Resources beside the host's, written by hand: before and after a change of theirs. */
  readonly others?: "before" | "after";
}

/** Chitram's beta on DigitalOcean, as it stands in `stacks/`, and with a change. */
export function photos(app: App, change: PhotosChange = {}): SingleHostStack {
  const { size = "s-2vcpu-2gb", region = "nyc3", edited = false, redisPassword = Secret.generated() } = change;
  const compose = readFileSync(join(FOLDER, "docker-compose.yml"), "utf8");
  const settings = { MINIO_ROOT_USER: "chitram", MINIO_ACCESS_KEY: "chitram", AI_PROVIDER: "openai" };
  const stack = new SingleHostStack(app, "chitram-beta", {
    server: droplet(size as "s-2vcpu-2gb", { region: region as "nyc3" }),
    admins: edited ? [ADMIN, NEW_ADMIN] : [ADMIN],
    app: ComposeApp.fromText(edited ? edit(compose) : compose, {
      images: { app: "ghcr.io/abhi10/chitram:1.0" },
      settings: edited ? { ...settings, RATE_LIMIT_PER_MINUTE: "60" } : settings,
    }),
    sites: [
      Site.at("chitram.example", {
        service: "app",
        port: 8000,
        health: "/health",
        ...(edited ? { paths: [{ path: "/images/*", service: "minio", port: 9000 }] } : {}),
      }),
    ],
    domains: [Domain.create("chitram.example")],
  });
  const { host } = stack;
  new SecretsBundle(stack, "secrets", {
    host,
    values: {
      POSTGRES_PASSWORD: Secret.generated(),
      DATABASE_URL: Secret.template("postgresql+asyncpg://chitram:{POSTGRES_PASSWORD}@postgres:5432/chitram"),
      MINIO_ROOT_PASSWORD: Secret.generated(),
      MINIO_SECRET_KEY: Secret.sameAs("MINIO_ROOT_PASSWORD"),
      REDIS_PASSWORD: redisPassword,
      JWT_SECRET_KEY: Secret.generated({ length: 64 }),
      OPENAI_API_KEY: Secret.given(),
    },
  });
  new BackupBucket(stack, "backups", { host, retention: { daily: 7 }, restoreFrom: "latest" });
  new GithubDeployWiring(stack, "github", { host, repository: "abhi10/chitram", environment: "beta" });
  if (change.others !== undefined) others(stack, change.others);
  return stack;
}

function edit(compose: string): string {
  return compose
    .replace("postgres:16-alpine", "postgres:16.4-alpine")
    .replace("DEBUG: ${DEBUG:-false}", "DEBUG: ${DEBUG:-false}\n      LOG_LEVEL: ${LOG_LEVEL:-info}");
}

/** Resources that a team writes beside a host: this library knows nothing of them but their plan. */
function others(stack: SingleHostStack, when: "before" | "after"): void {
  const add = (type: string, id: string, values: Record<string, unknown>) => {
    const resource = new TerraformResource(stack, `${type}-${id}`, { terraformResourceType: type });
    for (const [name, value] of Object.entries(values)) resource.addOverride(name, value);
    resource.overrideLogicalId(id);
  };
  const region = "nyc3";
  add("digitalocean_vpc", "reports", { name: "reports", region });
  add("digitalocean_volume", "reports", { name: "reports", region, size: when === "before" ? 10 : 50 });
  add("digitalocean_droplet", "reports", { name: "reports", region, size: "s-1vcpu-1gb", image: "debian-13-x64" });
  add("digitalocean_firewall", "reports", {
    name: "reports",
    droplet_ids: ["${digitalocean_droplet.reports.id}"],
    inbound_rule: [
      { protocol: "tcp", port_range: "22", source_addresses: ["203.0.113.0/24"] },
      ...(when === "before" ? [] : [{ protocol: "tcp", port_range: "5432", source_addresses: ["0.0.0.0/0", "::/0"] }]),
    ],
  });
  if (when === "before") add("digitalocean_volume", "archive", { name: "archive", region, size: 100 });
  else add("digitalocean_tag", "reports", { name: "reports" });
}
