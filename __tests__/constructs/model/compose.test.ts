import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Allow, ComposeApp, type ComposeAppProps } from "../../../constructs/model/compose";
import type { ComposeContext } from "../../../constructs/model/compose-rules";
import { Faults } from "../../../constructs/model/faults";

const NOTHING: ComposeContext = { secrets: [], upstreams: [], usedElsewhere: [] };

function faultsOf(app: ComposeApp, context: Partial<ComposeContext> = {}): string[] {
  const faults = new Faults();
  app.validate(faults, "app", { ...NOTHING, ...context });
  return faults.toLines();
}

function faultsIn(text: string, props: ComposeAppProps = {}, context: Partial<ComposeContext> = {}): string[] {
  return faultsOf(ComposeApp.fromText(text, props), context);
}

const secrets = (...names: string[]) => ({ secrets: names.map((name) => ({ name, services: [] })) });

describe("a compose file that can't be read is a fault with its line and a remedy", () => {
  test("missing", () => {
    expect(faultsOf(ComposeApp.fromFile("no/such/compose.yaml"))).toEqual([
      "app: no/such/compose.yaml is not there; name the team's compose file, from the folder of cdktf.json",
    ]);
  });

  test("a folder", () => {
    expect(faultsOf(ComposeApp.fromFile(__dirname))).toEqual([expect.stringContaining("can't be read (EISDIR)")]);
  });

  test.each([
    ["", "app: compose.yaml is empty; name the file that holds your services"],
    ["# only this\n", "app: compose.yaml is empty; name the file that holds your services"],
    ["hello", 'app: compose.yaml is not a compose file: it holds "hello"; a compose file begins with `services:`'],
    ["- a\n- b", 'app: compose.yaml is not a compose file: it holds "- a"; a compose file begins with `services:`'],
    ["{}", "app: compose.yaml has no services; a compose file begins with `services:`"],
    ["services:", "app: compose.yaml has no services; a compose file begins with `services:`"],
    [
      "services:\n  web:\n\timage: a",
      "app: compose.yaml line 3: it is indented with a tab; indent with spaces: YAML allows no tabs",
    ],
    ["services:\n  web: {image: a", expect.stringMatching(/^app: compose.yaml line 2: .*; mend the YAML$/)],
    [
      "services: {web: {image: a}, web: {image: b}}",
      "app: compose.yaml line 1: Map keys must be unique; mend the YAML",
    ],
  ])("%j", (text, fault) => {
    expect(faultsIn(text)).toEqual([fault]);
  });
});

describe("privileges over the server are refused unless allowed by name", () => {
  test.each([
    ["privileged: true", "privileged"],
    ["cap_add: [SYS_ADMIN]", "privileged"],
    ["cap_add: [ALL]", "privileged"],
    ["network_mode: host", "hostNetwork"],
    ["pid: host", "hostProcesses"],
    ["ipc: host", "hostProcesses"],
    ["volumes: [/var/run/docker.sock:/var/run/docker.sock:ro]", "dockerSocket"],
    ["volumes: [{type: bind, source: /run/docker.sock, target: /d}]", "dockerSocket"],
    ["volumes: [/:/host]", "dockerSocket"],
  ] as const)("%s", (said, kind) => {
    const text = `services:\n  agent:\n    image: a\n    ${said}\n`;
    expect(faultsIn(text)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^app/services/agent: .* makes its container as strong as root on the server; .*allow: \\[Allow.${kind}\\("agent"\\)\\]$`,
        ),
      ),
    ]);
    expect(faultsIn(text, { allow: [Allow[kind]("agent")] })).toEqual([]);
    expect(faultsIn(`${text}  other: {image: b}\n`, { allow: [Allow[kind]("other")] })).toHaveLength(1);
  });

  test("a service that does not start is not judged", () => {
    expect(faultsIn("services: {web: {image: a}, debug: {image: a, privileged: true, profiles: [debug]}}")).toEqual([]);
  });
});

describe("variables", () => {
  const file = (value: string) => `services: {web: {image: a, environment: {X: "${value}"}}}`;

  test.each([
    ["${NAME}", "app/variables/NAME: has no value and no default; give it in settings"],
    ["$NAME", "app/variables/NAME: has no value and no default; give it in settings"],
    ["${NAME:?say it}", "app/variables/NAME: has no value and no default; give it in settings"],
    ["${API_TOKEN}", "app/variables/API_TOKEN: has no value and no default; put API_TOKEN in the SecretsBundle"],
    [
      "${JWT_SECRET_KEY:-dev}",
      "app/variables/JWT_SECRET_KEY: looks secret, and its default stands in the compose file; put JWT_SECRET_KEY in the SecretsBundle",
    ],
    [
      "${STORE:-postgres://a:b@db/c}",
      "app/variables/STORE: looks secret, and its default stands in the compose file; put STORE in the SecretsBundle",
    ],
    ["${A:-${DB_PASSWORD:-x}}", expect.stringContaining("app/variables/DB_PASSWORD: looks secret")],
    ["${9}", "app/services/web/environment/X: ${9} is not a variable; write $$ for a dollar that stays one"],
    ["${A", "app/services/web/environment/X: ${A is not a variable; write $$ for a dollar that stays one"],
  ])("%s is refused", (value, fault) => {
    expect(faultsIn(file(value))).toEqual([fault]);
  });

  test.each([
    "${NAME:-x}",
    "${NAME-}",
    "${REDIS_PASSWORD:-}",
    "${ACCESS_TOKEN_EXPIRE_MINUTES:-1440}",
    "${CACHE_KEY_PREFIX:-chitram}",
    "${VAPID_PUBLIC_KEY:-abc}",
    "${STORE:-postgres://a:$PASSWORD@db/c}",
    "cost: $$5 $${NAME}",
    "${NAME:+set}",
  ])("%s is taken", (value) => {
    expect(faultsIn(file(value), {}, secrets("PASSWORD"))).toEqual([]);
  });

  test("a value comes from settings or from the bundle", () => {
    expect(faultsIn(file("${NAME:?}"), { settings: { NAME: "a" } })).toEqual([]);
    expect(faultsIn(file("${DB_PASSWORD:-x}"), {}, secrets("DB_PASSWORD"))).toEqual([]);
    expect(faultsIn(file("${NAME}"), { settings: { NAME: "a" } }, secrets("NAME"))).toEqual([
      "app/settings/NAME: is a secret too; keep it in the SecretsBundle alone",
    ]);
  });

  test("a secret that the environment is asked for must be there", () => {
    expect(faultsIn("services: {web: {image: a, environment: [DEBUG, API_KEY]}}")).toEqual([
      "app/variables/API_KEY: is taken from the environment and has no value; put API_KEY in the SecretsBundle",
    ]);
  });

  test("a secret in a command is a warning, a variable in its place is none", () => {
    const warned = (command: string) =>
      ComposeApp.fromText(`services: {web: {image: a, command: ${command}}}`).warnings(NOTHING);
    const inCommand = (option: string) => [`compose.yaml: service web has the value of ${option} in the file itself.`];
    expect(warned('"redis-server --requirepass hunter2 --save 60"')).toEqual(inCommand("--requirepass"));
    expect(warned('["serve", "--api-key=hunter2", "--port=80"]')).toEqual(inCommand("--api-key"));
    expect(warned('["serve", "--dsn", "postgres://a:b@c/d"]')).toEqual(inCommand("--dsn"));
    expect(
      warned('["serve", "--password", "$PASSWORD", "--token-file", "/run/secrets/token", "--no-token", "--key"]'),
    ).toEqual([]);
  });

  test("what nothing refers to is a warning, and so is a secret in the file itself", () => {
    const app = ComposeApp.fromText("services: {web: {image: a, environment: {DB_PASSWORD: hunter2}}}", {
      settings: { DEBUGG: "1" },
    });
    expect(app.warnings({ ...NOTHING, ...secrets("OLD_KEY") })).toEqual([
      "compose.yaml: service web has the value of DB_PASSWORD in the file itself.",
      "compose.yaml: nothing refers to the setting DEBUGG.",
      "compose.yaml: nothing refers to the secret OLD_KEY.",
    ]);
  });
});

describe("names in the props that the file does not have", () => {
  test("all are told, each with its path", () => {
    const app = ComposeApp.fromText("services: {web: {image: a}}", {
      images: { wbe: "a" },
      profiles: ["debug"],
      allow: [Allow.privileged("agent")],
      environment: { web: ["MISSING"], other: [] },
      settings: { "not a name": "" },
    });
    expect(faultsOf(app, { secrets: [{ name: "S", services: ["gone"] }] })).toEqual([
      "app/images/wbe: compose.yaml has no service wbe; it has web",
      "app/allow/agent: compose.yaml has no service agent; it has web",
      "app/environment/web: MISSING is neither a setting nor a secret; give it a value",
      "app/environment/other: compose.yaml has no service other; it has web",
      "app/secrets/S/gone: compose.yaml has no service gone; it has web",
      "app/settings/not a name: is not a name for a variable; use letters, digits and _",
      "app/profiles: no service has the profile debug; the file has none",
    ]);
  });
});

describe("services", () => {
  test("one that is built needs an image", () => {
    const text = "services: {web: {build: .}, api: {build: ., image: ghcr.io/a/api}}";
    expect(faultsIn(text)).toEqual([
      'app/services/web: is built, and names no image; name the image that your pipeline pushes: images: { "web": "..." }',
    ]);
    expect(faultsIn(text, { images: { web: "ghcr.io/a/web:1" } })).toEqual([]);
  });

  test("an object's own names are no services", () => {
    expect(ComposeApp.fromText("services: {constructor: {image: a}}").services.get("constructor")?.image).toBe("a");
  });

  test("one that publishes 80 or 443 is left out, unless a site names it", () => {
    const app = ComposeApp.fromText(
      'services: {a: {image: a, ports: ["80:80"]}, b: {image: b, ports: ["127.0.0.1:440-445:1440-1445/tcp"]}, ' +
        'c: {image: c, ports: [{target: 80, published: "443"}]}, d: {image: d, ports: ["8080:80", "80"]}}',
    );
    expect(app.leftOut([])).toEqual(["a", "b", "c"]);
    expect(app.leftOut(["a"])).toEqual(["b", "c"]);
    expect(app.activeServices(["a"]).map((service) => service.name)).toEqual(["a", "d"]);
  });

  test("one that can't do without a service left out is a fault", () => {
    expect(
      faultsIn('services: {proxy: {image: a, ports: ["80:80"]}, web: {image: b, network_mode: "service:proxy"}}'),
    ).toEqual([
      "app/services/web: is tied to proxy, which publishes port 80 or 443 and is left out; drop volumes_from or network_mode to proxy",
    ]);
  });

  test("dependencies must be there and start", () => {
    expect(
      faultsIn(
        "services: {web: {image: a, depends_on: [db, tool, gone]}, db: {image: b}, tool: {image: c, profiles: [x, y]}}",
      ),
    ).toEqual([
      'app/services/web/depends_on: tool starts only with a profile; add it: profiles: ["x", "y"]',
      "app/services/web/depends_on: there is no service gone; correct the name",
    ]);
  });

  test("take a one-shot of a database's image for the client that it is", () => {
    const text = `services:
  db: { image: "postgres:16", volumes: ["rows:/var/lib/postgresql/data"] }
  once: { image: "postgres:16", restart: "no", command: psql }
volumes: { rows: }`;
    expect(ComposeApp.fromText(text).postgresServices([])).toEqual(["db"]);
  });

  test("PostgreSQL is dumped, other named volumes are copied", () => {
    const app = ComposeApp.fromText(
      'services: {db: {image: "pgvector/pgvector:pg16", volumes: ["data:/d"]}, store: {image: minio/minio, volumes: ["store:/d", "kept:/k", "/anonymous"]}, ' +
        'old: {image: postgres-exporter, volumes: ["shared:/x"]}, proxy: {image: caddy, ports: ["443:443"], volumes: ["certificates:/d"]}}\n' +
        "volumes: {data: {}, store: {name: my-store}, kept: {external: true}, shared: {}, certificates: {}}",
    );
    expect(app.postgresServices([])).toEqual(["db"]);
    expect(app.backedUpVolumes("shop", [])).toEqual(["kept", "my-store", "shop_shared"]);
  });

  test("PostgreSQL's data is copied for nobody else who mounts it, and what else it mounts alone is told", () => {
    const app = ComposeApp.fromText(
      `services:
  db: { image: "postgres:17", volumes: ["rows:/var/lib/postgresql/data", "dumps:/dumps", "socket:/var/run/postgresql"] }
  elsewhere: { image: "postgres:17", environment: { PGDATA: /mnt/pg/data }, volumes: ["far:/mnt/pg", "logs:/log"] }
  keeper: { image: "offen/docker-volume-backup:v2", volumes: ["rows:/backup/rows:ro", "far:/backup/far:ro"] }
  app: { image: a, volumes: ["socket:/var/run/postgresql", "uploads:/uploads"] }
volumes: { rows: , dumps: , socket: , far: , logs: , uploads: }`,
    );
    expect(app.postgresServices([])).toEqual(["db", "elsewhere"]);
    expect(app.backedUpVolumes("shop", [])).toEqual(["shop_socket", "shop_uploads"]);
    expect(app.warnings(NOTHING)).toEqual(
      ["dumps", "logs"].map(
        (key) =>
          `compose.yaml: the volume ${key} is mounted by PostgreSQL alone, which is dumped: no backup holds what else lies in it.`,
      ),
    );
  });

  test("PostgreSQL in an image of the team's own is known by what it mounts; what only looks at it is not", () => {
    const own = (volumes: string, more = "") =>
      ComposeApp.fromText(
        `services:
  store: { image: "ghcr.io/lab/store:1", environment: { POSTGRES_PASSWORD: "\${P:-}" }, volumes: ["${volumes}"] }
${more}
volumes: { rows: }`,
      ).postgresServices([]);
    expect(own("rows:/var/lib/postgresql/data")).toEqual(["store"]);
    expect(own("rows:/var/lib/postgresql")).toEqual(["store"]);
    expect(own("rows:/var/lib/postgresql/data:ro")).toEqual([]);
    expect(own("rows:/data")).toEqual([]);
    const server = '  db: { image: "postgres:17", volumes: ["rows:/var/lib/postgresql/data"] }';
    expect(own("rows:/var/lib/postgresql/data", server)).toEqual(["db"]);
  });

  test("the project is named by the props, else the file, else the host", () => {
    expect(ComposeApp.fromText("name: a\nservices: {}", { name: "b" }).projectName("c")).toBe("b");
    expect(ComposeApp.fromText("name: a\nservices: {}").projectName("c")).toBe("a");
    expect(ComposeApp.fromText("services: {}").projectName("c")).toBe("c");
  });
});

describe("a service that runs once", () => {
  const oneShots = (text: string) => {
    const app = ComposeApp.fromText(text);
    return [...app.services.values()].filter((service) => app.isOneShot(service)).map((service) => service.name);
  };

  test.each([
    [
      "another waits for its success",
      "services: {a: {image: x, restart: always}, b: {depends_on: {a: {condition: service_completed_successfully}}}}",
      ["a"],
    ],
    ["restart is no", 'services: {a: {image: x, restart: "no"}, b: {image: x, restart: no}}', ["a", "b"]],
    [
      "it is named like a task",
      "services: {minio-init: {image: x}, migrate: {image: x}, db-migrations: {image: x}, create-buckets: {image: x}}",
      ["minio-init", "migrate", "db-migrations", "create-buckets"],
    ],
    ["its image is a task's", "services: {buckets: {image: minio/mc:latest}}", ["buckets"]],
    [
      "it is a worker without restart",
      "services: {worker: {image: x}, app: {image: x, restart: always}, initiator: {image: x}}",
      [],
    ],
    [
      "it is named so and serves",
      "services: {setup: {image: x, expose: [80]}, seed: {image: x, healthcheck: {test: a}}, init: {image: x}, z: {depends_on: [init]}}",
      [],
    ],
    ["it is named so and restarts", "services: {migrate: {image: x, restart: unless-stopped}}", []],
    [
      "it restarts on failure",
      "services: {migrate: {image: x, restart: on-failure:3}, worker: {image: x, restart: on-failure}}",
      ["migrate"],
    ],
  ])("%s", (_, text, expected) => {
    expect(oneShots(text)).toEqual(expected);
  });
});

describe("files", () => {
  const folder = () => mkdtempSync(join(tmpdir(), "compose-"));

  test("a path outside the folder is refused, by name or by link", () => {
    const where = folder();
    symlinkSync("/etc/hostname", join(where, "link"));
    const text =
      'services: {web: {image: a, volumes: ["../up:/a", "./link:/b", "~/home:/c"], env_file: [../other.txt]}}';
    expect(faultsOf(ComposeApp.fromText(text, {}, where))).toEqual([
      "app/services/web/env_file: ../other.txt is outside the compose file's folder; move it below that folder",
      "app/services/web/volumes: ../up is outside the compose file's folder; move it below that folder",
      "app/services/web/volumes: link is outside the compose file's folder; move it below that folder",
      "app/services/web/volumes: mounts ~/home, a home folder; mount a path below the compose file's folder",
    ]);
  });

  test("a file that is not there is a fault where it is needed", () => {
    const text =
      "services: {web: {image: a, configs: [c], env_file: [{path: a.env}, {path: b.env, required: false}, .env.production]}}\n" +
      "configs: {c: {file: ./c.toml}}";
    expect(faultsIn(text)).toEqual([
      "app/services/web/env_file: a.env is not there; correct the path, or add the file",
      "app/configs/c: c.toml is not there; correct the path, or add the file",
    ]);
  });

  test("a mounted folder that is not there is made on the server, and said", () => {
    const app = ComposeApp.fromText('services: {web: {image: a, volumes: ["./data:/data"]}}');
    expect(faultsOf(app)).toEqual([]);
    expect(app.warnings(NOTHING)).toEqual([
      "compose.yaml: service web mounts ./data, which is not there: an empty folder is made on the server, and no " +
        "backup holds it; use a named volume for data.",
    ]);
  });

  test(".env never travels, even when it is there", () => {
    const where = folder();
    writeFileSync(join(where, ".env"), "SECRET_KEY=hunter2\n");
    const app = ComposeApp.fromText("services: {web: {image: a, env_file: .env}}", {}, where);
    expect(faultsOf(app)).toEqual([]);
    expect(app.files.map((file) => file.path)).toEqual(["compose.yaml"]);
    expect(app.services.get("web")?.files.home).toEqual([".env"]);
  });

  test("nor does it travel, or git's history, with a folder that is mounted whole; a link in a circle is refused", () => {
    const where = folder();
    for (const name of ["sub", "sub/.git"]) {
      mkdirSync(join(where, name));
    }
    for (const name of ["sub/.env", "sub/.git/config", "sub/kept"]) {
      writeFileSync(join(where, name), "SECRET_KEY=hunter2\n");
    }
    const app = ComposeApp.fromText('services: {web: {image: a, volumes: ["./sub:/a"]}}', {}, where);
    expect(app.services.get("web")?.files.travelling).toEqual(["sub/kept"]);
    symlinkSync(".", join(where, "sub/circle"));
    expect(faultsOf(ComposeApp.fromText('services: {web: {image: a, volumes: ["./sub:/a"]}}', {}, where))).toEqual([
      "app/services/web/volumes: sub/circle is a link to a folder; put the folder itself there",
    ]);
  });

  test("an env_file with a secret in it is refused", () => {
    const where = folder();
    writeFileSync(join(where, "app.env"), '# DB_PASSWORD=x\nMODE=a\nexport API_KEY="hunter2"\nREDIS_PASSWORD=\n');
    expect(faultsOf(ComposeApp.fromText("services: {web: {image: a, env_file: app.env}}", {}, where))).toEqual([
      "app/services/web/env_file: app.env holds API_KEY, which looks secret; put API_KEY in the SecretsBundle, and out of the file",
    ]);
  });

  test("more than configuration is refused", () => {
    const where = folder();
    writeFileSync(join(where, "dump.sql"), Buffer.alloc(5 * 1024 * 1024));
    expect(faultsOf(ComposeApp.fromText('services: {web: {image: a, volumes: ["./dump.sql:/d"]}}', {}, where))).toEqual(
      ["app/services/web/volumes: dump.sql brings the files that travel above 4 MiB; keep data in a named volume"],
    );
  });

  test("a secret's file stays at home: the bundle takes its place", () => {
    const text = "services: {web: {image: a, secrets: [db-password]}}\nsecrets: {db-password: {file: ./p.txt}}";
    expect(faultsIn(text)).toEqual([
      "app/secrets/db-password: its file stays at home; put DB_PASSWORD in the SecretsBundle: it takes its place",
    ]);
    expect(faultsIn(text, {}, secrets("DB_PASSWORD"))).toEqual([]);
  });

  test("a secret that is made elsewhere, or comes from the environment, is the bundle's too", () => {
    const text =
      "services: {web: {image: a, secrets: [db-password, mail]}}\n" +
      "secrets: {db-password: {external: true}, mail: {environment: MAIL_KEY}}";
    expect(faultsIn(text)).toEqual([
      "app/secrets/db-password: is external, and nobody makes it here; put DB_PASSWORD in the SecretsBundle: it takes its place",
      "app/variables/MAIL_KEY: has no value and no default; put MAIL_KEY in the SecretsBundle",
    ]);
    expect(faultsIn(text, {}, secrets("DB_PASSWORD", "MAIL_KEY"))).toEqual([]);
  });

  test("a variable that names a secret's file needs that file", () => {
    const service = (mounted: string) =>
      `services: {db: {image: a, environment: {POSTGRES_PASSWORD_FILE: /run/secrets/password}, secrets: ${mounted}}}\n` +
      "secrets: {db-password: {external: true}}";
    const given = secrets("DB_PASSWORD");
    expect(faultsIn(service("[db-password]"), {}, given)).toEqual([
      "app/services/db/environment/POSTGRES_PASSWORD_FILE: is /run/secrets/password, which the service does not mount; " +
        "name the secret below its secrets: (it mounts /run/secrets/db-password)",
    ]);
    expect(faultsIn(service("[{ source: db-password, target: password }]"), {}, given)).toEqual([]);
    expect(faultsIn(service("[{ source: db-password, target: /run/secrets/password }]"), {}, given)).toEqual([]);
  });
});

describe("extends and include", () => {
  const write = (files: Record<string, string>) => {
    const where = mkdtempSync(join(tmpdir(), "compose-"));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(where, name), text);
    }
    return ComposeApp.fromFile(join(where, "compose.yaml"));
  };

  test("what is extended is merged, its files travel", () => {
    const app = write({
      "compose.yaml":
        "services: {web: {extends: {file: base.yaml, service: base}, environment: {B: c}, ports: ['81:81']}}",
      "base.yaml":
        "services: {root: {image: x, restart: always}, base: {extends: root, environment: [A=1, B=2], ports: ['82:82'], volumes: ['./a.txt:/a']}}",
      "a.txt": "a",
    });
    expect(faultsOf(app)).toEqual([]);
    const web = app.services.get("web");
    expect(web).toMatchObject({
      image: "x",
      restart: "always",
      environment: { A: "1", B: "c" },
      containerPorts: [82, 81],
    });
    expect(app.files.map((file) => file.path)).toEqual(["a.txt", "base.yaml", "compose.yaml"]);
  });

  test("a circle, a missing file and a missing service are faults", () => {
    const app = write({
      "compose.yaml":
        "include: [other.yaml, gone.yaml]\nservices: {a: {extends: b}, b: {extends: a}, c: {extends: {file: other.yaml, service: x}}}",
      "other.yaml": "include: [compose.yaml]\nservices: {o: {image: a}}",
    });
    expect(faultsOf(app)).toEqual([
      "app/include: goes in a circle: compose.yaml -> other.yaml -> compose.yaml; include each file once",
      "app/include: gone.yaml is not there; correct the path",
      "app/services/a: extends itself: compose.yaml#a -> compose.yaml#b -> compose.yaml#a; break the circle",
      "app/services/b: extends itself: compose.yaml#b -> compose.yaml#a -> compose.yaml#b; break the circle",
      "app/services/c/extends: other.yaml has no service x; name one that it has",
    ]);
  });
});

test.each(["a b", "a\n", "-a", "__proto__", "ü"])("no name for a service: %j", (name) => {
  const text = JSON.stringify({ services: { web: { image: "a" } } }).replace(
    "}}}",
    `},${JSON.stringify(name)}:{"image":"a"}}}`,
  );
  expect(faultsIn(text)).toEqual([
    expect.stringContaining("is not a name for a service; use letters, digits, . _ and -"),
  ]);
});

test("an image that Docker would refuse is a fault, a variable in the file's own is not", () => {
  expect(faultsIn("services: {a: {image: 'redis:${TAG:-7}'}, b: {image: 'Redis:7'}}", { images: { a: "X" } })).toEqual([
    'app/images/a: "X" is not an image; write its name in lower case: "x"',
    'app/services/b/image: "Redis:7" is not an image; write its name in lower case: "redis:7"',
  ]);
  expect(faultsIn("services: {a: {image: 'redis:${TAG:-7}'}}")).toEqual([]);
});

test.each(["a\0b", "a\ud800b"])("a setting that no environment can hold: %j", (value) => {
  expect(faultsIn("services: {a: {image: a, environment: {A: $A}}}", { settings: { A: value } })).toEqual([
    "app/settings/A: holds what no environment can hold; NUL and half characters must go",
  ]);
});
