import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chitram, deita, rendered, type Shape } from "../constructs/workflows/shapes";
import { complaints } from "./actionlint";
import { onServer } from "./server-image";

test.each([
  ["chitram", chitram],
  ["deita", deita],
])("actionlint, and shellcheck of its scripts, have nothing against %s's workflows", (_, shape) => {
  expect(complaints(rendered(shape()))).toBe("");
});

test("actionlint is asked, with shellcheck", () => {
  const [[path = "", text = ""] = []] = Object.entries(rendered(chitram()));
  expect(complaints({ [path]: text.replace("runs-on:", "runs-in:") })).toContain('unexpected key "runs-in"');
  expect(complaints({ [path]: text.replace('"$DEADLINE"', "$DEADLIN") })).toContain("SC2086");
});

describe("what runs beside an image on a runner", () => {
  test("Chitram's is a project that compose takes: production's images and commands, a job's own passwords", () => {
    const { services, networks } = project(chitram(), { POSTGRES_PASSWORD: "p", MINIO_ROOT_PASSWORD: "m" });
    expect(Object.keys(services).sort()).toEqual(["app", "minio", "minio-init", "postgres", "redis"]);
    expect(services.app).toMatchObject({
      image: "ghcr.io/abhi10/chitram:candidate",
      environment: { DATABASE_URL: "postgresql+asyncpg://chitram:p@postgres:5432/chitram", MINIO_SECRET_KEY: "m" },
    });
    expect(services.postgres).toMatchObject({ image: "postgres:16-alpine", healthcheck: { interval: "2s" } });
    expect(services.minio?.command).toEqual(["server", "/data", "--console-address", ":9001"]);
    expect(services.redis?.command?.join(" ")).toContain(
      'redis-server --appendonly yes --requirepass "$${REDIS_PASSWORD}"',
    );
    expect(services.app).not.toHaveProperty("build");
    expect(Object.values(services).filter((service) => service.ports !== undefined)).toEqual([]);
    expect(Object.keys(networks)).toEqual(["default"]);
  });

  test("Deita's: passwords as the files that its services read", () => {
    const { services, configs } = project(deita(), { POSTGRES_PASSWORD: "p", SECRET_KEY: "s", GITHUB_WORKSPACE: "/w" });
    expect(services.postgres).toMatchObject({
      image: "postgres:15-alpine",
      configs: [{ source: "secret-postgres_password", target: "/run/secrets/postgres_password" }],
    });
    expect(configs?.["secret-postgres_password"]?.content).toBe("p");
    expect(services["trial-test-backend"]).toMatchObject({
      image: "python:3.12-slim",
      working_dir: "/repository/backend",
      command: ["pip install uv && uv run pytest"],
      environment: { POSTGRES_PASSWORD_FILE: "/run/secrets/postgres_password" },
    });
  });
});

interface Project {
  readonly services: Record<string, Record<string, unknown> & { command?: string[] }>;
  readonly networks: Record<string, unknown>;
  readonly configs?: Record<string, { content?: string }>;
}

/** As the compose of today understands it. */
function project({ workflows, context }: Shape, environment: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(tmpdir(), "production-"));
  writeFileSync(join(folder, "production.yaml"), workflows.model(context).production.compose);
  const argv = ["docker", "compose", "-f", "production.yaml", "--profile", "*", "config", "--format", "json"];
  return JSON.parse(onServer({ folder, argv, environment }));
}
