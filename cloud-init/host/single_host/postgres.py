"""Dumps of PostgreSQL, inside its container, with the credentials of the container's own environment."""

from __future__ import annotations

from . import containers
from .containers import Container
from .fault import failed
from .run import run

OWN = "single_host_"  # databases that only a restore knows
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
    return [name for name in names if not name.startswith(OWN)]


def dump(target: Container, database: str) -> list[str]:
    return _inside(target, 'exec pg_dump --dbname="$1"', database)


def dump_globals(target: Container) -> list[str]:
    return _inside(target, "exec pg_dumpall --globals-only --database=template1")


def sql(target: Container, statements: str, name: str = "") -> str:
    """In the maintenance database; `:'name'` stands for the name."""
    return run(psql(target, MAINTENANCE, name), stdin=statements.encode()).output


def ask(target: Container, database: str, statements: str, name: str = "") -> str:
    """In one of its databases; `:'name'` stands for the name."""
    return run(psql(target, database, name), stdin=statements.encode(), timeout=86400).output


def psql(target: Container, database: str, name: str = "") -> list[str]:
    script = 'exec psql -XAtq --set=ON_ERROR_STOP=1 --set=name="$2" --dbname="$1"'
    return _inside(target, script, database, name)


def _inside(target: Container, script: str, *arguments: str) -> list[str]:
    # A fixed script; names are its arguments, never part of its text.
    return ["docker", "exec", "--interactive", target.identity, "sh", "-c", CREDENTIALS + script, "sh", *arguments]
