"""Dumps and loads of PostgreSQL, inside its container, with the credentials of the container's own environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from . import containers
from .containers import Container
from .fault import failed
from .run import run

RESTORING = "single_host_restoring"
BEFORE = "single_host_before"
MAINTENANCE = "template1"  # never renamed, never the template of a new database here
CREDENTIALS = """
export PGUSER="${POSTGRES_USER:-postgres}"
export PGPASSWORD="${POSTGRES_PASSWORD:-$(cat "${POSTGRES_PASSWORD_FILE:-/dev/null}")}"
"""


def container(project: str, service: str) -> Container:
    found = containers.find(f"{containers.PROJECT}={project}", f"{containers.SERVICE}={service}")
    running = [candidate for candidate in found if candidate.serves]
    if not running:
        raise failed(f"services/{service}", "does not run, so its databases cannot be reached", "run `single-host apply`")
    return running[0]


def databases(target: Container) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1"
    names = run(_inside(target, 'exec psql -XAt --dbname=template1 --command="$1"', query)).output.splitlines()
    return [name for name in names if name not in (RESTORING, BEFORE)]


def dump(target: Container, database: str) -> list[str]:
    return _inside(target, 'exec pg_dump --dbname="$1"', database)


def dump_globals(target: Container) -> list[str]:
    return _inside(target, "exec pg_dumpall --globals-only --database=template1")


def load(target: Container, database: str, feed: Callable[[Sequence[str]], None]) -> None:
    """Into a database beside the present one; then both change names in one transaction. A failed load changes nothing."""
    _sql(target, _DROP + _CREATE, database)
    feed(_psql(target, RESTORING))
    _sql(target, _SWAP, database)


def load_globals(target: Container, text: str) -> None:
    """Roles that are missing. Present ones keep their passwords: those of today's configuration, not of that day."""
    present = set(_sql(target, "SELECT rolname FROM pg_roles;").split("\n"))
    if statements := missing_roles(text, present):
        run(_psql(target, MAINTENANCE), stdin=statements.encode())


def missing_roles(text: str, present: set[str]) -> str:
    """The statements of a globals dump about roles that are not there."""
    kept = []
    for line in text.splitlines():
        match = re.match(rf"(?:CREATE|ALTER) ROLE {_ROLE}", line) or re.match(rf"GRANT .+ TO {_ROLE}", line)
        if match is None:
            continue
        subject = match[1]
        if subject.startswith('"'):
            subject = subject[1:-1].replace('""', '"')
        if subject not in present:
            kept.append(line)
    return "\n".join(kept) + "\n" if kept else ""


_ROLE = r'("(?:[^"]|"")+"|[^\s;]+)'
_DROP = f"DROP DATABASE IF EXISTS {RESTORING};\n"
_CREATE = rf"""
SELECT format('CREATE DATABASE {RESTORING} TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L',
  pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype)
  FROM (SELECT *, datname = :'name' AS same FROM pg_database WHERE datname IN (:'name', 'template1')) candidates
  ORDER BY same DESC LIMIT 1 \gexec
"""
_SWAP = rf"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname IN (:'name', '{RESTORING}') AND pid <> pg_backend_pid();
DROP DATABASE IF EXISTS {BEFORE};
BEGIN;
SELECT format('ALTER DATABASE %I RENAME TO {BEFORE}', datname) FROM pg_database WHERE datname = :'name' \gexec
SELECT format('ALTER DATABASE {RESTORING} RENAME TO %I', :'name') \gexec
COMMIT;
DROP DATABASE IF EXISTS {BEFORE};
"""


def _sql(target: Container, statements: str, name: str = "") -> str:
    return run(_psql(target, MAINTENANCE, name), stdin=statements.encode()).output


def _psql(target: Container, database: str, name: str = "") -> list[str]:
    script = 'exec psql -XAtq --set=ON_ERROR_STOP=1 --set=name="$2" --dbname="$1"'
    return _inside(target, script, database, name)


def _inside(target: Container, script: str, *arguments: str) -> list[str]:
    # A fixed script; names are its arguments, never part of its text.
    return ["docker", "exec", "--interactive", target.identity, "sh", "-c", CREDENTIALS + script, "sh", *arguments]
