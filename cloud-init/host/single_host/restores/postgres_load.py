"""A dump becomes a database: loaded beside the present one, and only when it is whole do both change names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

from ..backups.postgres import MAINTENANCE, OWN, psql, sql
from ..containers import Container
from ..fault import HostError, failed
from ..run import run

BEFORE = f"{OWN}before"
MISSING_EXTENSION = re.compile(r'extension "([^"]+)" is not available|extension control file ".*/([^/"]+)\.control"')


def beside(database: str) -> str:
    """The name under which it is loaded. Any name of a database fits, whatever is in it."""
    return f"{OWN}restoring_{hashlib.sha256(database.encode()).hexdigest()[:12]}"


def load(target: Container, database: str, feed: Callable[[Sequence[str]], None], owner: str = "") -> None:
    """What is there stays as it is, and is used meanwhile. `feed` gives the dump to a command, which names no owner."""
    discard(target, database)
    sql(target, _CREATE.replace("@fresh@", beside(database)), database)
    sql(target, _OWN.replace("@fresh@", beside(database)), owner)
    try:
        feed(psql(target, beside(database)))
    except HostError as error:
        found = next((match for line in error.lines if (match := MISSING_EXTENSION.search(line))), None)
        if found is None:
            raise
        raise failed(
            f"postgres/{target.service}/{database}",
            f"needs the extension {found[1] or found[2]}, which the image {target.image} does not have",
            "put an image that has it into the compose file, deploy, and restore again",
        ) from None


def exchange(target: Container, database: str) -> None:
    """Both names change in one transaction. Where nothing is loaded it has been done."""
    if sql(target, _IS_LOADED.replace("@fresh@", beside(database))):
        sql(target, _SWAP.replace("@fresh@", beside(database)), database)
    sql(target, f"DROP DATABASE IF EXISTS {BEFORE};")


def discard(target: Container, database: str) -> None:
    sql(target, _DISCARD.replace("@fresh@", beside(database)))


def load_globals(target: Container, text: str) -> None:
    """Roles that are missing. Present ones keep their passwords: those of today's configuration, not of that day."""
    present = set(sql(target, "SELECT rolname FROM pg_roles;").split("\n"))
    if statements := missing_roles(text, present):
        run(psql(target, MAINTENANCE), stdin=statements.encode())


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
_IS_LOADED = "SELECT 1 FROM pg_database WHERE datname = '@fresh@';"
_DISCARD = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '@fresh@';
DROP DATABASE IF EXISTS @fresh@;
"""
_CREATE = r"""
SELECT format('CREATE DATABASE @fresh@ TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L',
  pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype)
  FROM (SELECT *, datname = :'name' AS same FROM pg_database WHERE datname IN (:'name', 'template1')) candidates
  ORDER BY same DESC LIMIT 1 \gexec
"""
_OWN = r"""
SELECT format('ALTER DATABASE @fresh@ OWNER TO %I', rolname) FROM pg_roles WHERE rolname = :'name' \gexec
"""
_SWAP = rf"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname IN (:'name', '@fresh@') AND pid <> pg_backend_pid();
DROP DATABASE IF EXISTS {BEFORE};
BEGIN;
SELECT format('ALTER DATABASE %I RENAME TO {BEFORE}', datname) FROM pg_database WHERE datname = :'name' \gexec
SELECT format('ALTER DATABASE @fresh@ RENAME TO %I', :'name') \gexec
COMMIT;
"""
