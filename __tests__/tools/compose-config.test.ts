import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BundleFile, renderHost } from "../../cloud-init/bundle";
import { ComposeApp } from "../../constructs/model/compose";
import type { HostModel } from "../../constructs/model/host";
import { chitram, deita, hostOf, ordinary, PROGRAM } from "../cloud-init/hosts";
import { onServer } from "./server-image";

/** What a value may hold. */
const SECRET = "a\"b'c\\d\n$e ${F} $${G} %{H} `i` {J} é#k=l";

interface ComposeService {
  readonly image: string;
  readonly build?: unknown;
  readonly ports?: unknown;
  readonly container_name?: string;
  readonly depends_on?: Record<string, unknown>;
  readonly environment?: Record<string, string | null>;
  readonly labels?: Record<string, string>;
  readonly networks?: Record<string, unknown>;
  readonly restart?: string;
  readonly secrets?: unknown;
  readonly volumes?: { source: string }[];
  readonly logging?: { driver: string; options?: Record<string, string> };
}

interface ComposeProject {
  readonly services: Record<string, ComposeService>;
  readonly networks: Record<string, { name: string; external?: boolean }>;
  readonly volumes?: Record<string, { name: string; external?: boolean; driver_opts?: unknown }>;
  readonly secrets?: Record<string, unknown>;
}

test("Chitram's file, unchanged, becomes a project for this host", () => {
  const { services, networks, volumes } = resolved(chitram());
  expect(Object.keys(services).sort()).toEqual(["app", "minio", "minio-init", "postgres", "redis"]);
  expect(services.app).toMatchObject({
    image: "ghcr.io/abhi10/chitram:1.0",
    restart: "unless-stopped",
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
    networks: { "chitram-network": null, "single-host-edge": null },
  });
  expect(services.app).not.toHaveProperty("build");
  expect(services.app?.environment?.DATABASE_URL).toBe(SECRET);
  expect(services.app?.environment?.DEBUG).toBe("false");
  expect(services["minio-init"]).not.toHaveProperty("restart");
  expect(services.postgres?.networks).toEqual({ "chitram-network": null });
  expect(networks["single-host-edge"]).toMatchObject({ name: "edge", external: true });
  expect(volumes?.["postgres-data"]?.name).toBe("chitram-postgres-data");
});

test("Deita's: no fixed names, no published ports, no .env; settings and secrets in its place", () => {
  const { services, networks, volumes, secrets } = resolved(deita());
  for (const service of Object.values(services)) {
    expect(service).not.toHaveProperty("container_name");
    expect(service).not.toHaveProperty("ports");
  }
  expect(services.backend?.environment).toMatchObject({
    DATABASE_URL: `postgresql://deita:${SECRET}@postgres:5432/deita`,
    POSTGRES_PASSWORD: SECRET,
    ENVIRONMENT: "production",
  });
  // it comes as a file, and a label lets compose see a new value
  expect(services.backend?.environment).not.toHaveProperty("SECRET_KEY");
  expect(secrets?.secret_key).toEqual({ name: "deita-prod_secret_key", environment: "SECRET_KEY" });
  expect(services.backend?.labels).toEqual({ "single-host.secret.secret_key": "digest of SECRET_KEY" });
  expect(services.backend?.networks).toEqual({ default: null, "single-host-edge": null });
  expect(services.postgres?.networks).toEqual({ default: null });
  expect(networks.default?.name).toBe("deita-network");
  expect(volumes?.duckdb_data).toMatchObject({
    name: "deita-prod_duckdb_data",
    driver_opts: { type: "none", o: "bind", device: "/srv/volume/volumes/duckdb_data" },
  });
  expect(volumes?.postgres_data).not.toHaveProperty("driver_opts");
});

test("an ordinary file with extends, include, anchors, profiles, configs and secrets", () => {
  const { services, networks, volumes, secrets } = resolved(ordinary());
  expect(Object.keys(services).sort()).toEqual(["db", "logs", "migrate", "queue", "statistics", "web", "worker"]);
  expect(Object.keys(services.web?.depends_on ?? {}).sort()).toEqual(["db", "migrate"]);
  expect(services.web?.depends_on?.db).toMatchObject({ condition: "service_healthy", restart: true });
  expect(services.web).toMatchObject({ logging: { driver: "local" }, restart: "always", links: ["db:database"] });
  expect(services.web?.networks).toEqual({
    front: null,
    back: { aliases: ["web.internal"] },
    "single-host-edge": null,
  });
  expect(services.worker?.environment).toMatchObject({ DB_PASSWORD: SECRET, FEATURES: "a,b" });
  expect(services.migrate).toMatchObject({
    image: "registry.example/shop:2",
    command: ["./manage", "migrate", "--cost", "$5"],
  });
  expect(networks.back).toMatchObject({ name: "shop-back" });
  expect(networks.back?.external).not.toBe(true);
  expect(volumes?.uploads?.name).toBe("uploads");
  expect(secrets).toMatchObject({
    "signing-key": { environment: "SIGNING_KEY" },
    mail: { environment: "MAIL_PASSWORD" },
  });
  expect(secrets?.["signing-key"]).not.toHaveProperty("file");
  const mounted = Object.values(services).flatMap((service) => (service.volumes ?? []).map((volume) => volume.source));
  expect(mounted).toEqual(expect.arrayContaining(["/project/app/parts/logs/rules", "/project/app/base/entry.sh"]));
});

test("a bridge keeps the name that the firewall knows, and its other options", () => {
  const app = ComposeApp.fromText(
    "services: {web: {image: a, networks: [lan]}}\n" +
      "networks: {lan: {driver_opts: {com.docker.network.bridge.name: lan0, com.docker.network.driver.mtu: 1400}}}",
  );
  const { networks } = resolved(hostOf({ app }));
  expect(networks.lan).toMatchObject({ driver_opts: { "com.docker.network.driver.mtu": "1400" } });
  expect(networks.lan).not.toHaveProperty(["driver_opts", "com.docker.network.bridge.name"]);
});

test("an image of the team's is text, whatever it holds", () => {
  const app = ComposeApp.fromText("services: {web: {build: .}}", {
    images: { web: "registry.example/a:$" + "{B}-$C" },
  });
  expect(resolved(hostOf({ app })).services.web?.image).toBe("registry.example/a:${B}-$C");
});

test("Caddy's own project is one that compose takes", () => {
  const folder = laidOut({ "compose.yaml": renderHost(chitram(), PROGRAM).bundle["edge.yaml"] ?? {} });
  const project = onServer({ folder, argv: ["docker", "compose", "-f", "compose.yaml", "config", "--format", "json"] });
  expect(JSON.parse(project)).toMatchObject({ name: "edge", services: { caddy: { image: "caddy:2.10.2-alpine" } } });
});

/** The project as the compose of a server understands it. */
function resolved(host: HostModel): ComposeProject {
  const { bundle } = renderHost(host, PROGRAM);
  const { application } = JSON.parse(bundle["host.json"]?.text ?? "");
  const folder = laidOut(bundle);
  const values = Object.fromEntries(
    host.secrets.flatMap(({ name }) => [
      [name, SECRET],
      [`SINGLE_HOST_DIGEST_${name}`, `digest of ${name}`],
    ]),
  );
  const profiles = host.app.profiles.flatMap((profile) => ["--profile", profile]);
  const files = ["-f", `app/${host.app.composeFile}`, "-f", "overlay.yaml"];
  const head = ["docker", "compose", "-p", host.project, "--project-directory", "/project/app", ...files, ...profiles];
  const text = onServer({
    folder,
    argv: [...head, "config", "--format", "json"],
    environment: { ...application.settings, ...values },
  });
  return unescaped(JSON.parse(text));
}

function laidOut(files: Readonly<Record<string, BundleFile>>): string {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  for (const [path, file] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file.text ?? Buffer.from(file.base64 ?? "", "base64"));
    chmodSync(target, Number.parseInt(file.mode ?? "0644", 8));
  }
  chmodSync(folder, 0o755);
  return folder;
}

/** `config` prints a compose file, in which a dollar is written twice. */
function unescaped(value: ComposeProject): ComposeProject {
  return JSON.parse(JSON.stringify(value).replaceAll("$$", "$"));
}
