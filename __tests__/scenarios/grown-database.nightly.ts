/**
 * A PostgreSQL as it is after some years: databases of several encodings and orders, odd names, partitions, large objects,
 * extensions (PostGIS, pgvector, pg_cron), policies, a subscription, a tablespace, limits that end long work; tables that are
 * emptied and dropped while they are dumped. A drill proves its backup, and all of it comes back where nothing is left.
 */
import { RunningCloud } from "../../rehearsal/cloud";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { cloudFromNothing, deploy, scenarioSteps, withLogs, workspaceOf } from "./deployment";

const SHOP = `Shop "Ü" %s $1 \${x} 100% host=a`;
const quoted = `"${SHOP.replaceAll('"', '""')}"`;

/** With what applications of places, of meanings and of regular work ask for. */
const IMAGE = "ghcr.io/lab/extended:17";
const COMMAND = "postgres -c shared_preload_libraries=pg_cron";

const SERVER = `
CREATE ROLE owner LOGIN PASSWORD 'p'' "x"';
CREATE ROLE "Read Only";
GRANT "Read Only" TO owner;
ALTER ROLE owner SET search_path = shop, public;
CREATE TABLESPACE fast LOCATION '/var/lib/postgresql/fast';
CREATE DATABASE ${quoted} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LC_COLLATE 'C' LC_CTYPE 'C' OWNER owner;
CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C';
CREATE DATABASE single_host_shop;
CREATE DATABASE house_style IS_TEMPLATE true;
CREATE DATABASE closed ALLOW_CONNECTIONS false;
ALTER DATABASE ${quoted} SET statement_timeout = '1s';
ALTER DATABASE ${quoted} SET transaction_timeout = '1s';
ALTER DATABASE ${quoted} SET idle_in_transaction_session_timeout = '1s';
`;
const TABLES = `
SET statement_timeout = 0; SET transaction_timeout = 0;
CREATE EXTENSION pg_trgm; CREATE EXTENSION citext;
CREATE EXTENSION postgis; CREATE EXTENSION vector;
CREATE SCHEMA shop AUTHORIZATION owner;
CREATE TABLE shop.places (id int PRIMARY KEY, at geography(Point, 4326), area geometry(Polygon, 3857));
INSERT INTO shop.places SELECT n, ST_MakePoint(n / 100.0, n / 200.0), ST_Buffer(ST_SetSRID(ST_MakePoint(n, n), 3857), 5)
  FROM generate_series(1, 300) n;
CREATE INDEX ON shop.places USING gist (at);
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES (990001, 'shop', 1, 'x', '+proj=longlat');
CREATE TABLE shop.meanings (id int PRIMARY KEY, meaning vector(3));
INSERT INTO shop.meanings SELECT n, ARRAY[n, n * 0.5, 1]::vector FROM generate_series(1, 300) n;
CREATE INDEX ON shop.meanings USING hnsw (meaning vector_l2_ops);
CREATE TABLE shop.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name citext, key text,
  twice text GENERATED ALWAYS AS (key || key) STORED);
INSERT INTO shop.customers (name, key) SELECT 'Bäcker ' || n, md5(n::text) FROM generate_series(1, 12000) n;
CREATE INDEX ON shop.customers USING gin (key gin_trgm_ops);
CREATE TABLE shop.orders (id bigserial, at date, customer bigint REFERENCES shop.customers, PRIMARY KEY (id, at))
  PARTITION BY RANGE (at);
CREATE TABLE shop.orders_0 PARTITION OF shop.orders FOR VALUES FROM ('2025-12-01') TO ('2026-01-01');
CREATE TABLE shop.orders_1 PARTITION OF shop.orders FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE shop.orders_2 PARTITION OF shop.orders FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO shop.orders (at, customer) SELECT '2026-01-15'::date + n % 30, 1 + n FROM generate_series(1, 500) n;
CREATE TABLE shop.lines (id int PRIMARY KEY, "order" bigint, at date, FOREIGN KEY ("order", at) REFERENCES shop.orders);
ALTER TABLE shop.orders DETACH PARTITION shop.orders_0; DROP TABLE shop.orders_0;
CREATE MATERIALIZED VIEW shop.totals AS SELECT at, count(*) FROM shop.orders GROUP BY at;
CREATE TABLE shop.secrets (who text, what text);
INSERT INTO shop.secrets VALUES ('owner', 'a'), ('nobody', 'b');
ALTER TABLE shop.secrets OWNER TO owner;
ALTER TABLE shop.secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.secrets USING (who = current_user);
CREATE UNLOGGED TABLE shop.cache AS SELECT 1 AS one;
CREATE TABLE shop.quick (n int) TABLESPACE fast; INSERT INTO shop.quick VALUES (1);
CREATE TABLE shop."odd ""name"" %s $1" ("a 'column'" int); INSERT INTO shop."odd ""name"" %s $1" VALUES (1);
COMMENT ON TABLE shop.quick IS 'it''s quick';
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO "Read Only";
CREATE FUNCTION shop.no_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER no_drop ON sql_drop EXECUTE FUNCTION shop.no_drop();
CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.example');
CREATE FOREIGN TABLE shop.far (n int) SERVER far;
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE SUBSCRIPTION theirs CONNECTION 'host=far.example' PUBLICATION p WITH (connect = false);
SELECT lo_from_bytea(4242, 'a large object');
CREATE TABLE shop.big AS SELECT n, repeat(md5(n::text), 20) AS words FROM generate_series(1, 200000) n;
CREATE TABLE shop.emptied AS SELECT n FROM generate_series(1, 77) n;
CREATE TABLE shop.rewritten AS SELECT n FROM generate_series(1, 33) n;
CREATE TABLE shop.dropped AS SELECT n FROM generate_series(1, 55) n;
`;
/** What a person would look at. */
const LOOK = `
SELECT count(*), max(id), min(twice) FROM shop.customers; SELECT count(*) FROM shop.orders_1;
SELECT count(*) FROM shop.totals; SELECT count(*) FROM shop.secrets; SELECT n FROM shop.quick; SELECT one FROM shop.cache;
SELECT * FROM shop."odd ""name"" %s $1"; SELECT obj_description('shop.quick'::regclass);
SELECT count(*) FROM shop.emptied; SELECT count(*) FROM shop.rewritten; SELECT count(*) FROM shop.dropped;
SELECT convert_from(lo_get(4242), 'UTF8'); SELECT evtname FROM pg_event_trigger; SELECT pubname FROM pg_publication;
SELECT string_agg(word, ' ' ORDER BY word) FROM (VALUES ('z'), ('ä'), ('A'), ('b')) words (word);
SELECT datlocprovider, datlocale, datcollate, pg_encoding_to_char(encoding), pg_get_userbyid(datdba)
  FROM pg_database WHERE datname = current_database();
SELECT count(*), sum(ST_Area(area))::int, max(ST_AsText(at)) FROM shop.places; SELECT count(*) FROM spatial_ref_sys;
SELECT id FROM shop.meanings ORDER BY meaning <-> '[7,3.5,1]' LIMIT 3;
SHOW statement_timeout;
`;

let cloud: RunningCloud;
let rehearsed: RehearsedStack;
let before: string;
const part = (name: string, run: () => Promise<void>) => it(name, () => withLogs(cloud, "grown-database", run));
const onServer = (line: string, input?: string) => rehearsed.visitor.onServer(line, input);
const inContainer = `sudo docker exec -i "$(sudo docker ps -qf label=com.docker.compose.service=database)"`;
const query = (sql: string, database = "postgres") =>
  onServer(
    `read -r database; ${inContainer} sh -c 'PGDATABASE="$1" exec psql -XAtq --set=ON_ERROR_STOP=1 -U postgres' sh "$database"`,
    `${database}\n${sql}`,
  );

/** Fails; what it says. */
async function failing(line: string): Promise<string> {
  const { code, output } = await rehearsed.login.attempt(line);
  expect(code).not.toBe(0);
  return output;
}

beforeAll(async () => {
  const steps = scenarioSteps();
  cloud = await cloudFromNothing(steps);
  rehearsed = await withLogs(cloud, "grown-database", () =>
    deploy(
      cloud,
      workspaceOf("ordinary", "grown-database"),
      { variables: { QUOTED: "x" }, images: { [IMAGE]: "__tests__/scenarios/images/extended" } },
      steps,
      async (workspace) =>
        workspace.edit("compose.yaml", (text) =>
          text.replace("image: postgres:16-alpine", `image: ${IMAGE}\n    command: ${COMMAND}`),
        ),
    ),
  );
  await onServer(`${inContainer} sh -c 'mkdir /var/lib/postgresql/fast && chown postgres /var/lib/postgresql/fast'`);
  await query(SERVER);
  await query(TABLES, SHOP);
  await query(
    "SET client_encoding = 'UTF8'; CREATE TABLE people (name text); INSERT INTO people VALUES ('Müller'), ('Weiß')",
    "latin",
  );
  await query("CREATE TABLE kept AS SELECT 1 AS n", "single_host_shop");
  await query("CREATE EXTENSION pg_cron; SELECT cron.schedule('clean', '0 3 * * *', 'SELECT 1')");
  before = await query(LOOK, SHOP);
});

afterAll(() => RunningCloud.down());

describe("a backup", () => {
  part("is made while tables are emptied, rewritten and dropped, and says what it does not hold", async () => {
    await onServer("sudo systemctl start --no-block single-host-backup.service");
    await query(`DO $$ BEGIN FOR n IN 1..3000 LOOP
      EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'COPY shop.big%' AND state = 'active');
      PERFORM pg_sleep(0.05), pg_stat_clear_snapshot(); END LOOP; END $$;`);
    // each waits for the dump, and is done before anybody counts
    const quick = "SET statement_timeout = 0; SET transaction_timeout = 0;";
    await Promise.all(
      ["TRUNCATE shop.emptied", "ALTER TABLE shop.rewritten ALTER n TYPE bigint", "DROP TABLE shop.dropped"].map(
        (statement) => query(`${quick} ${statement};`, SHOP),
      ),
    );
    await onServer(
      'while [ "$(systemctl is-active single-host-backup.service)" = activating ]; do sleep 1; done; ! systemctl is-failed single-host-backup.service',
    );
    const [{ complete, parts }] = JSON.parse(await onServer("sudo single-host backup list --json"));
    expect(complete).toBe(true);
    expect(parts).toEqual(
      expect.arrayContaining([
        `postgres/database/${SHOP}`,
        "postgres/database/latin",
        "postgres/database/single_host_shop",
      ]),
    );
    expect(await onServer("sudo single-host status || true")).toMatch(
      /backup: database: no dump holds (closed, house_style|house_style, closed)/,
    );
  });

  part("is proven by a drill", async () => {
    await onServer("sudo single-host drill latest");
  });
});

describe("a restore", () => {
  part("is refused while the database cannot give way, and the site serves on", async () => {
    const said = await failing("sudo single-host restore --yes");
    expect(said).toMatch(/cannot give way to another: it has the subscription theirs/);
    expect((await rehearsed.visitor.visit("/")).status).toBe(200);
    await query("ALTER SUBSCRIPTION theirs SET (slot_name = NONE); DROP SUBSCRIPTION theirs;", SHOP);
  });

  part("over what is there brings all of it back", async () => {
    await onServer("sudo single-host restore --yes");
    expect(await query(LOOK, SHOP)).toBe(before);
    const after = "SELECT setval('shop.orders_id_seq', nextval('shop.orders_id_seq')); ";
    expect((await query(`${after} SELECT count(*) FROM shop.big;`, SHOP)).trim()).toBe("501\n200000");
  });

  part("where no database and no role is left brings all of it back, in its order and encoding", async () => {
    const names = [quoted, "latin", "single_host_shop"];
    await query(`${names.map((name) => `DROP DATABASE ${name};`).join(" ")} DROP TABLESPACE fast;
      DROP EXTENSION pg_cron; DROP ROLE owner; DROP ROLE "Read Only";`);
    await onServer("sudo single-host restore latest --yes");
    expect(await query(LOOK, SHOP)).toBe(before);
    expect(await query("SELECT count(*) FROM kept", "single_host_shop")).toBe("1\n");
    expect(await query("SET client_encoding = 'UTF8'; SHOW server_encoding; SELECT * FROM people", "latin")).toBe(
      "LATIN1\nMüller\nWeiß\n",
    );
    expect(await query("SELECT jobname FROM cron.job")).toBe("clean\n");
    expect(await query("SELECT pg_has_role('owner', 'Read Only', 'member')")).toBe("t\n");
    expect(await onServer("sudo single-host status --json | grep -c '\"problems\": \\[\\]'")).toBe("1\n");
  });
});
