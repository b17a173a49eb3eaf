"""Facts of a PostgreSQL database, asked of the server that has it."""

from __future__ import annotations

import hashlib
import json

from ...containers import Container
from .. import postgres
from . import ALL_ROWS, END_ROWS, Facts


def facts_of_postgres(target: Container, database: str, snapshot: str | None = None) -> Facts:
    """{"owner": role, "settings": digest, "grants": ["CONNECT to role"], "schema": digest, "rows": {table: count},
    "samples": {table: digest}, "large_objects": count, "locale": how its texts are encoded and sorted}. Settings are the
    database's own; they may hold a secret.

    `snapshot` is one that `pg_export_snapshot()` has named: then they are those of the dump made in it. A table that was
    emptied, rewritten or dropped since then shows an older snapshot nothing, though the dump has it all: its rows are None.
    """
    lines = postgres.ask(target, database, QUERIES, snapshot or "").splitlines()
    found: Facts = {"owner": "", "settings": "", "grants": [], "schema": "", "rows": {}, "samples": {}, "large_objects": 0}
    found["locale"] = {}
    schema = hashlib.sha256()
    for line in sorted(lines):
        entry = json.loads(line)
        if "table" in entry:
            found["rows"][entry["table"]] = entry["rows"]
            found["samples"][entry["table"]] = entry["sample"]
        elif "large_objects" in entry or "owner" in entry:
            found.update(entry)
        else:
            schema.update(json.dumps(entry).encode() + b"\n")
    found["schema"] = schema.hexdigest()
    return found


def _own(catalogue: str) -> str:
    """Neither PostgreSQL's nor an extension's."""
    depends = f"pg_depend.objid = {catalogue}.oid AND pg_depend.classid = '{catalogue}'::regclass AND pg_depend.deptype = 'e'"
    schema = "nspname !~ '^pg_' AND nspname <> 'information_schema'"
    return f"{schema} AND NOT EXISTS (SELECT FROM pg_depend WHERE {depends})"


# The sum of rows' digests: the same in whatever order they come.
DIGEST = "coalesce(sum(('x' || left(md5(row), 15))::bit(60)::bigint), 0)::text"

# Names, columns, constraints, triggers, the bodies of functions: all as stored. Expressions are left out, because
# PostgreSQL spells some of them differently after a dump and a restore. What a foreign key makes of itself for each partition
# is left out too: it is numbered anew.
QUERIES = rf"""
SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1; SET search_path = pg_catalog; SET row_security = off; SET lc_monetary = 'C';
SET statement_timeout = 0; SET lock_timeout = '10min'; SET idle_in_transaction_session_timeout = 0;
{postgres.NO_LONGEST}
SELECT :'name' <> '' AS given \gset
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
\if :given
SET TRANSACTION SNAPSHOT :'name';
\endif

SELECT format('SELECT row_to_json(found) FROM (%s) found', query) FROM (VALUES
($$SELECT 'extension' AS kind, extname AS name FROM pg_extension$$),
($$SELECT 'relation' AS kind, nspname AS schema, relname AS name, relkind AS sort, relrowsecurity AS secured
  FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I') AND {_own("pg_class")}$$),
($$SELECT 'column' AS kind, nspname AS schema, relname AS relation, attname AS name, format_type(atttypid, atttypmod) AS type,
  attnotnull AS required, atthasdef AS filled, attidentity AS identity
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped AND {_own("pg_class")}$$),
($$SELECT 'constraint' AS kind, nspname AS schema, relname AS relation, conname AS name, contype AS sort, convalidated AS valid
  FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE contype <> 'n' AND (contype <> 'f' OR conparentid = 0) AND {_own("pg_class")}$$),
($$SELECT 'trigger' AS kind, nspname AS schema, relname AS relation, tgname AS name, tgenabled AS enabled
  FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE NOT tgisinternal AND {_own("pg_class")}$$),
($$SELECT 'function' AS kind, nspname AS schema, proname AS name, pg_get_function_identity_arguments(pg_proc.oid) AS arguments,
  md5(prosrc) AS body FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE {_own("pg_proc")}$$),
($$SELECT 'label' AS kind, nspname AS schema, typname AS type, enumlabel AS name
  FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid JOIN pg_namespace n ON n.oid = typnamespace
  WHERE {_own("pg_type")}$$),
($$SELECT 'policy' AS kind, schemaname AS schema, tablename AS relation, policyname AS name, cmd AS command FROM pg_policies$$)
) queries (query) \gexec

SELECT json_build_object('large_objects', count(*)) FROM pg_largeobject_metadata;
SELECT json_build_object('owner', pg_get_userbyid(datdba), 'settings', settings, 'grants', grants, 'locale',
  {postgres.LOCALE}) FROM pg_database
CROSS JOIN LATERAL (SELECT md5(coalesce(string_agg(line, chr(10) ORDER BY line COLLATE "C"), '')) AS settings FROM (
  SELECT concat(rolname, ' ', entry) AS line FROM pg_db_role_setting LEFT JOIN pg_roles ON pg_roles.oid = setrole,
    unnest(setconfig) entry WHERE setdatabase = pg_database.oid) lines) settings
CROSS JOIN LATERAL (SELECT coalesce(json_agg(line ORDER BY line COLLATE "C"), '[]') AS grants FROM (
  SELECT concat(privilege_type, ' to ', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END,
    CASE WHEN is_grantable THEN ' with grant option' END) AS line
  FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))) lines) grants
WHERE datname = current_database();

SELECT CASE WHEN pg_relation_filenode(pg_class.oid) IS DISTINCT FROM relfilenode THEN format(
  $$SELECT json_build_object('table', %L, 'rows', NULL, 'sample', NULL)$$, nspname || '.' || relname) ELSE format(
  $$SELECT json_build_object('table', %1$L, 'rows', amount, 'sample', CASE WHEN amount IS NULL THEN NULL
    WHEN amount <= {ALL_ROWS} THEN (SELECT {DIGEST} FROM (SELECT (one.*)::text AS row FROM ONLY %2$s AS one) every)
    WHEN %3$L <> '' THEN (SELECT {DIGEST} FROM (
      (SELECT (one.*)::text AS row FROM ONLY %2$s AS one ORDER BY %4$s LIMIT {END_ROWS}) UNION ALL
      (SELECT (one.*)::text FROM ONLY %2$s AS one ORDER BY %5$s LIMIT {END_ROWS})) ends)
    END) FROM (SELECT CASE WHEN pg_relation_filenode(%6$s) = %7$s THEN count(*) END AS amount FROM ONLY %2$s) counted$$,
  nspname || '.' || relname, format('%I.%I', nspname, relname), coalesce(up, ''), coalesce(up, '1'), coalesce(down, '1'),
  pg_class.oid, relfilenode) END
FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
LEFT JOIN LATERAL (SELECT
    string_agg(format('one.%I%s', attname, c), ', ' ORDER BY place) AS up,
    string_agg(format('one.%I%s DESC', attname, c), ', ' ORDER BY place) AS down
  FROM pg_index, unnest(indkey) WITH ORDINALITY AS keys (number, place), pg_attribute,
    LATERAL (SELECT CASE WHEN attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END AS c) collated
  WHERE indrelid = pg_class.oid AND indisprimary AND attrelid = pg_class.oid AND attnum = number) key ON true
WHERE relkind = 'r' AND relpersistence <> 't' AND {_own("pg_class")} \gexec
COMMIT;
"""
