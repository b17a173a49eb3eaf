import { renderHost } from "../../cloud-init/bundle";
import { ComposeApp, type ComposeAppProps } from "../../constructs/model/compose";
import { Duration } from "../../constructs/model/duration";
import { validateHost } from "../../constructs/model/host";
import { Site } from "../../constructs/model/site";
import { hostOf, PROGRAM } from "./hosts";

const COMPOSE = `
services:
  web: { build: . }
  api: { build: ., volumes: ["files:/files"] }
volumes: { files: }
`;

function host(props: ComposeAppProps = {}) {
  return hostOf({
    app: ComposeApp.fromText(COMPOSE, { images: { web: "lab/web:1", api: "lab/api:1" }, ...props }),
    sites: [
      Site.at("shop.example", { service: "web", port: 80, paths: [{ path: "/v1/*", service: "api", port: 8000 }] }),
    ],
  });
}

function rendered(props: ComposeAppProps = {}) {
  const { files } = renderHost(host(props), PROGRAM);
  return { application: JSON.parse(files["host.json"] ?? "").application, caddyfile: files.Caddyfile ?? "" };
}

test("requests wait longer for what is stopped before its successor starts", () => {
  const { caddyfile } = rendered();
  expect(caddyfile).toMatch(/import upstream web\.\S+ 80 5s$/m);
  expect(caddyfile).toMatch(/import upstream api\.\S+ 8000 30s$/m);
  expect(rendered({ runsTwice: ["api"] }).caddyfile).toMatch(/import upstream api\.\S+ 8000 5s$/m);
});

test.each([
  ["a named volume", "volumes: ['files:/files']", "30s"],
  ["one that it reads alone", "volumes: ['files:/files:ro']", "5s"],
  ["a folder", "volumes: [/srv/files:/files]", "30s"],
  [
    "one that it reads alone, in many words",
    "volumes: [{ type: bind, source: /srv, target: /f, read_only: true }]",
    "5s",
  ],
  ["a volume without a name", "volumes: [/files]", "30s"],
  ["memory", "volumes: [{ type: tmpfs, target: /f }]", "5s"],
  ["an address of its own", "networks: { default: { ipv4_address: 172.20.0.9 } }", "30s"],
])("requests wait for a service with %s as long as it is away", (_what, fields, time) => {
  const app = ComposeApp.fromText(`services: { api: { image: "lab/api:1", ${fields} } }\nvolumes: { files: }`);
  const sites = [Site.at("shop.example", { service: "api", port: 8000 })];
  const { files } = renderHost(hostOf({ app, sites }), PROGRAM);
  expect(files.Caddyfile).toMatch(new RegExp(`import upstream api\\.\\S+ 8000 ${time}$`, "m"));
});

test("the server is told what may run twice, and what brings the database forward", () => {
  expect(rendered().application).toMatchObject({ migration: null, services: { api: { runs_twice: false } } });
  expect(rendered().application.health_seconds).toBe(300);
  expect(rendered({ healthDeadline: Duration.minutes(20) }).application.health_seconds).toBe(1200);
  const migration = { service: "web", command: ["alembic", "upgrade", "head"] };
  expect(rendered({ runsTwice: ["api"], migration }).application).toMatchObject({
    migration: { ...migration, seconds: 600 },
    services: { api: { runs_twice: true }, web: { runs_twice: false } },
  });
  const patient = { ...migration, timeout: Duration.hours(1) };
  expect(rendered({ migration: patient }).application.migration.seconds).toBe(3600);
});

test("all mistakes are told at once, with what would be right", () => {
  const migration = { service: "db", command: [], timeout: Duration.days(2) };
  const healthDeadline = Duration.seconds(0.5);
  expect(validateHost(host({ runsTwice: ["wbe"], migration, healthDeadline })).toLines()).toEqual([
    "app/runsTwice/wbe: compose.yaml has no service wbe; it has web, api",
    expect.stringMatching(/^app\/migration\/service: must be one of `images`, got "db"; choose one of .*web/),
    'app/migration/command: is no command; give its words: ["alembic", "upgrade", "head"]',
    "app/migration/timeout: must be 1 second to 1 day, got 172800 s",
    "app/healthDeadline: must be 1 second to 1 day, got 0.5 s",
  ]);
});
