import { join } from "node:path";
import type { HostProgram } from "../../cloud-init/host-program";
import { BackupPlan } from "../../constructs/model/backup";
import { ComposeApp, type ComposeAppProps } from "../../constructs/model/compose";
import { Drill } from "../../constructs/model/drill";
import type { HostModel } from "../../constructs/model/host";
import { Notice } from "../../constructs/model/notice";
import { Secret } from "../../constructs/model/secret";
import { BasicAuth, Site } from "../../constructs/model/site";
import { Size } from "../../constructs/model/size";

const APPLICATIONS = join(__dirname, "applications");

export function application(path: string, props: ComposeAppProps = {}): ComposeApp {
  return ComposeApp.fromFile(join(APPLICATIONS, path), props);
}

/** A host with nothing special, around whatever a test is about. */
export function hostOf(parts: Partial<HostModel> & Pick<HostModel, "app">): HostModel {
  const name = parts.name ?? "beta";
  return {
    name,
    project: parts.app.projectName(name),
    sites: [],
    acmeEmail: null,
    caddyImage: "caddy:2.10.2-alpine",
    secrets: [],
    deployKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDneMnKWETaqQ9/rYISPsLKCfLKsIhswgQyRN0qUro9r admin"],
    releaseKeys: [],
    ipv4: "203.0.113.7",
    sslipName: "203-0-113-7.sslip.io",
    architecture: "amd64",
    capacity: null,
    swap: Size.gibibytes(2),
    journalLimit: Size.mebibytes(512),
    containerLog: { maximumSize: Size.mebibytes(10), files: 3 },
    rebootWindow: "04:30",
    backup: BackupPlan.none(),
    dataVolume: null,
    expiringBuckets: [],
    ...parts,
  };
}

/** Chitram as its team would describe it: its public compose file, unchanged. */
export function chitram(): HostModel {
  const secret = (name: string) => ({ name, services: [] });
  return hostOf({
    name: "chitram-beta",
    app: application("chitram/docker-compose.yml", {
      images: { app: "ghcr.io/abhi10/chitram:1.0" },
      settings: { DEBUG: "false", MINIO_ACCESS_KEY: "minioadmin" },
    }),
    sites: [
      Site.at("chitram.example", {
        service: "app",
        port: 8000,
        health: "/health",
        redirectFrom: ["www.chitram.example"],
        contentSecurityPolicy: "default-src 'self'; img-src 'self' data:",
        basicAuth: [BasicAuth.user("admin", { password: "ADMIN_PASSWORD", path: "/admin/*" })],
        paths: [{ path: "/images/*", service: "minio", port: 9000, health: "/images/" }],
      }),
    ],
    acmeEmail: "ops@chitram.example",
    secrets: [
      "POSTGRES_PASSWORD",
      "DATABASE_URL",
      "MINIO_ROOT_PASSWORD",
      "MINIO_SECRET_KEY",
      "JWT_SECRET_KEY",
      "ADMIN_PASSWORD",
    ].map(secret),
    backup: BackupPlan.restic({
      repository: "s3:https://nyc3.digitaloceanspaces.com/chitram-backups/chitram-beta",
      schedule: "03:15",
      retention: { daily: 7, weekly: 0, monthly: 0 },
      exclude: ["*.tmp", 'thumbs of "ünï"/*'],
      paths: ["/srv/letters"],
      buckets: [
        {
          name: "files",
          endpoint: "https://nyc3.digitaloceanspaces.com",
          region: "nyc3",
          bucket: "chitram-beta-files",
        },
      ],
      limits: { upload: Size.mebibytes(5), cpuPercent: 25 },
      drill: Drill.weekly("Sat", "06:30"),
      restoreFrom: "latest",
      notices: [
        Notice.slack(Secret.given({ variable: "SLACK_WEBHOOK" })),
        Notice.mail({
          to: ["ops@chitram.example"],
          from: "chitram-beta@chitram.example",
          server: "smtp.example:587",
          user: "chitram",
          password: Secret.given({ variable: "MAIL_PASSWORD" }),
        }),
        Notice.heartbeat(Secret.given({ variable: "HEARTBEAT" })),
      ],
    }),
  });
}

/** Deita's shape: container names, an `env_file` at home, published ports, no domain yet, a file that lives on a volume. */
export function deita(): HostModel {
  return hostOf({
    name: "deita-prod",
    app: application("deita/docker-compose.yml", { settings: { ENVIRONMENT: "production", DEBUG: "false" } }),
    sites: [
      Site.onSslip({
        service: "frontend",
        port: 80,
        paths: [{ path: "/v1/*", service: "backend", port: 8000, health: "/v1/health" }],
      }),
    ],
    secrets: [
      { name: "POSTGRES_PASSWORD", services: [] },
      { name: "SECRET_KEY", services: [] },
    ],
    dataVolume: {
      device: "/dev/disk/by-id/scsi-0HC_Volume_4711",
      size: Size.gibibytes(20),
      volumes: ["duckdb_data"],
    },
    expiringBuckets: [
      { endpoint: "https://nbg1.your-objectstorage.com", region: "nbg1", bucket: "deita-prod-files", days: 30 },
    ],
  });
}

/** What ordinary teams write, with the team's own proxy left out and a plain HTTP site. */
export function ordinary(): HostModel {
  return hostOf({
    name: "shop",
    app: application("ordinary/compose.yaml", {
      images: { migrate: "registry.example/shop:2", worker: "registry.example/shop:2" },
      settings: { TAG: "2", FEATURES: "a,b" },
      profiles: ["statistics"],
      environment: { worker: ["DB_PASSWORD", "FEATURES"] },
    }),
    sites: [Site.onAddress({ service: "web", port: 8080, health: "/health" })],
    secrets: [
      { name: "DB_PASSWORD", services: ["statistics"] },
      { name: "SIGNING_KEY", services: [] },
      { name: "MAIL_PASSWORD", services: [] },
    ],
    backup: BackupPlan.restic({
      repository: "s3:https://fra1.digitaloceanspaces.com/shop/shop",
      schedule: "02:00",
      retention: { daily: 7, weekly: 4, monthly: 6 },
    }),
  });
}

/** A program of fixed content: what is rendered around it does not change with the real one. */
export const PROGRAM: HostProgram = {
  version: "1.2.3",
  sha256: "a".repeat(64),
  archive: "UFJPR1JBTQ==",
  first: { sha256: "b".repeat(64), archive: "RklSU1Q=" },
  texts: {
    "sshd.conf": "PermitRootLogin no\n",
    "tmpfiles.conf": "d /run/single-host 0755 root root\n",
    "single-host-converge.service": "[Service]\nExecStart=/usr/local/bin/single-host converge\n",
  },
};
