"""Dumps of PostgreSQL, inside its container, with the credentials of the container's own environment."""

from __future__ import annotations

import contextlib
import re
import select
import subprocess
import tempfile
from collections.abc import Iterator

from .. import containers
from ..containers import Container
from ..fault import failed
from ..run import environment, run

OWN = "single_host_"  # databases that only a restore knows: their names begin so
LEFT_BEHIND = re.compile(rf"{OWN}(before|restoring_[0-9a-f]{{12}})")
MAINTENANCE = "template1"  # never renamed, never the template of a new database here
CREDENTIALS = """
export PGUSER="${POSTGRES_USER:-postgres}"
export PGPASSWORD="${POSTGRES_PASSWORD:-$(cat "${POSTGRES_PASSWORD_FILE:-/dev/null}")}"
"""
APPLICATION = "single-host backup"
NAMED = f'export PGAPPNAME="{APPLICATION}"\n'
CHOSEN = 'export PGDATABASE="$1"\n'  # an argument with a "=" or a "://" would be a connection string
# Since PostgreSQL 17 a database may end every transaction that lasts. Older ones know no such setting.
NO_LONGEST = "DO $$ BEGIN PERFORM set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'; END $$;"
# Of a row of pg_database, whichever version's: how its texts are encoded and sorted.
LOCALE = """jsonb_build_object('encoding', pg_encoding_to_char(encoding), 'collate', datcollate, 'ctype', datctype,
  'provider', coalesce(to_jsonb(pg_database) ->> 'datlocprovider', 'c'),
  'locale', coalesce(to_jsonb(pg_database) ->> 'datlocale', to_jsonb(pg_database) ->> 'daticulocale'),
  'rules', to_jsonb(pg_database) ->> 'daticurules')"""
EXPORT = f"""
SET idle_in_transaction_session_timeout = 0;
{NO_LONGEST}
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT pg_export_snapshot();
"""
EXPORT_SECONDS = 60


def container(project: str, service: str) -> Container:
    found = containers.find(f"{containers.PROJECT}={project}", f"{containers.SERVICE}={service}")
    running = [candidate for candidate in found if candidate.serves]
    if not running:
        raise failed(f"services/{service}", "does not run, so its databases cannot be reached", "run `single-host apply`")
    return running[0]


def databases(target: Container) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1"
    names = run(_inside(target, 'exec psql -XAt0 --dbname=template1 --command="$1"', query)).output.split("\0")
    return [name for name in names if name and not LEFT_BEHIND.fullmatch(name)]


def unsaved(target: Container) -> list[str]:
    """Databases that no dump holds: nobody may connect to them, or they are templates for others."""
    query = "SELECT datname FROM pg_database WHERE (NOT datallowconn OR datistemplate) AND datname !~ '^template[01]$';"
    return sql(target, query).splitlines()


def ties(target: Container, database: str) -> list[str]:
    """What keeps a database from being renamed and dropped: PostgreSQL refuses it at the last moment."""
    return sql(target, TIES, database).splitlines()


TIES = """
SELECT 'the subscription ' || subname FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = :'name'
UNION ALL SELECT 'the prepared transaction ' || gid FROM pg_prepared_xacts WHERE database = :'name'
UNION ALL SELECT 'the mark of a template' FROM pg_database WHERE datname = :'name' AND datistemplate;
"""


def version(target: Container) -> str:
    """17.6"""
    return sql(target, "SHOW server_version;").split()[0]


def dump(target: Container, database: str, snapshot: str) -> list[str]:
    """Uncompressed, so that restic saves what has changed and nothing else. Text for psql, into a database of any name."""
    script = f'''{NAMED}{CHOSEN}pg_dump --lock-wait-timeout=600000 {LEFT_OUT} --snapshot="$2" &&
printf "%s" "$3" | psql -XAtq --set=ON_ERROR_STOP=1 --set=snapshot="$2"'''
    return _inside(target, script, database, snapshot, OF_THE_DATABASE)


# What belongs to the database itself, which pg_dump leaves out unless it may name the database: statements for psql that
# name the one they are run in. Settings that are lists must not be quoted as one word: they are set, then taken as they are.
OF_THE_DATABASE = r"""
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET TRANSACTION SNAPSHOT :'snapshot';
SELECT CASE
  WHEN name = ANY ('{search_path,temp_tablespaces,local_preload_libraries,session_preload_libraries}') THEN format(
    $$SELECT set_config(%3$L, %4$L, false); SELECT format(%1$L, current_database(), %2$L, %3$L) || 'FROM CURRENT' \gexec$$,
    head, rolname, name, value)
  ELSE format(
    $$SELECT format(%1$L || 'TO %%4$L', current_database(), %2$L, %3$L, %4$L) \gexec$$, head, rolname, name, value) END
FROM (SELECT rolname, split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value,
    CASE WHEN rolname IS NULL THEN 'ALTER DATABASE %1$I SET %3$I ' ELSE 'ALTER ROLE %2$I IN DATABASE %1$I SET %3$I ' END AS head
  FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase LEFT JOIN pg_roles ON pg_roles.oid = setrole,
    unnest(setconfig) entry
  WHERE datname = current_database()) settings ORDER BY rolname NULLS FIRST, name;
SELECT $$SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %I', current_database(), pg_get_userbyid(datdba))
  FROM pg_database WHERE datname = current_database() \gexec$$
FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL;
SELECT format($$SELECT format('GRANT %s ON DATABASE %%I TO %s%s', current_database(), %L) \gexec$$,
  privilege_type, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE '%I' END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END,
  CASE grantee WHEN 0 THEN '' ELSE pg_get_userbyid(grantee) END)
FROM pg_database, aclexplode(datacl) WHERE datname = current_database() ORDER BY 1;
SELECT format($$SELECT format('ALTER DATABASE %%I CONNECTION LIMIT %s', current_database()) \gexec$$, datconnlimit)
FROM pg_database WHERE datname = current_database() AND datconnlimit >= 0;
COMMIT;
"""


# Another server has no such disks; a copy of a subscriber would take from the publisher what is the original's.
LEFT_OUT = "--no-tablespaces --no-subscriptions"


@contextlib.contextmanager
def snapshot(target: Container, database: str) -> Iterator[str]:
    """One instant of a database, by a name under which others see it too, while this lasts."""
    with tempfile.TemporaryFile() as said:
        argv = _inside(target, f"{NAMED}{CHOSEN}exec psql -XAtq --set=ON_ERROR_STOP=1", database)
        holder = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment(), bufsize=0)
        with holder, contextlib.ExitStack() as end:
            end.callback(_end, holder)
            if name := _exported(holder):
                yield name
                return
        said.seek(0)
        lines = said.read().decode(errors="replace").splitlines()
        raise failed(f"postgres/{target.service}/{database}", "gives no snapshot to dump", lines=lines[-5:])


def _exported(holder: subprocess.Popen[bytes]) -> str:
    if holder.stdin is None or holder.stdout is None:
        return ""
    holder.stdin.write(EXPORT.encode())
    ready, _, _ = select.select([holder.stdout], [], [], EXPORT_SECONDS)
    return holder.stdout.readline().decode().strip() if ready else ""


def _end(holder: subprocess.Popen[bytes]) -> None:
    """Its transaction ends with its input."""
    if holder.stdin:
        holder.stdin.close()
    try:
        holder.wait(10)
    except subprocess.TimeoutExpired:
        holder.kill()


def end_dumps(target: Container) -> None:
    """Sessions of a backup that was killed: they would keep old rows from being cleared away."""
    ours = "application_name = :'name' AND pid <> pg_backend_pid()"
    sql(target, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours};", APPLICATION)


def dump_globals(target: Container) -> list[str]:
    return _inside(target, "exec pg_dumpall --globals-only --database=template1")


def sql(target: Container, statements: str, name: str = "") -> str:
    """In the maintenance database; `:'name'` stands for the name."""
    return run(psql(target, MAINTENANCE, name), stdin=statements.encode()).output


def ask(target: Container, database: str, statements: str, name: str = "") -> str:
    """In one of its databases; `:'name'` stands for the name."""
    return run(psql(target, database, name), stdin=statements.encode(), timeout=86400).output


def psql(target: Container, database: str, name: str = "") -> list[str]:
    script = f'{CHOSEN}exec psql -XAtq --set=ON_ERROR_STOP=1 --set=name="$2"'
    return _inside(target, script, database, name)


def _inside(target: Container, script: str, *arguments: str) -> list[str]:
    # A fixed script; names are its arguments, never part of its text.
    return ["docker", "exec", "--interactive", target.identity, "sh", "-c", CREDENTIALS + script, "sh", *arguments]
