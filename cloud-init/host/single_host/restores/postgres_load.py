"""A dump becomes a database: loaded beside the present one, and only when it is whole do both change names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import console
from ..backups.postgres import LOCALE, MAINTENANCE, OWN, psql, sql
from ..containers import Container
from ..fault import HostError, failed
from ..run import run

BEFORE = f"{OWN}before"
CRONS_OWN = "contrib_regression"
FOR_CRON_ALONE = "cron.database_name"  # says pg_cron where it is to be made in another database than that
MISSING_EXTENSION = re.compile(r'extension "([^"]+)" is not available|extension control file ".*/([^/"]+)\.control"')


def beside(database: str) -> str:
    """The name under which it is loaded. Any name of a database fits, whatever is in it."""
    return f"{OWN}restoring_{hashlib.sha256(database.encode()).hexdigest()[:12]}"


def load(target: Container, database: str, feed: Callable[[Sequence[str]], None], saved: Mapping[str, Any]) -> None:
    """What is there stays as it is, and is used meanwhile. `feed` gives the dump to a command, which names neither the
    owner nor how texts are encoded and sorted: the facts that were `saved` do.
    """
    try:
        _fill(target, database, feed, saved)
    except HostError as error:
        found = next((match for line in error.lines if (match := MISSING_EXTENSION.search(line))), None)
        if found is None:
            raise
        raise failed(
            f"postgres/{target.service}/{database}",
            f"needs the extension {found[1] or found[2]}, which the image {target.image} does not have",
            "put an image that has it into the compose file, deploy, and restore again",
        ) from None


def _fill(target: Container, database: str, feed: Callable[[Sequence[str]], None], saved: Mapping[str, Any]) -> None:
    _make_empty(target, database, saved)
    try:
        feed(psql(target, beside(database)))
    except HostError as error:
        if not any(FOR_CRON_ALONE in line for line in error.lines):
            raise
        _make_empty(target, database, saved)
        sql(target, _WITH_CRON.replace("@fresh@", beside(database)))
        feed(psql(target, beside(database)))


def _make_empty(target: Container, database: str, saved: Mapping[str, Any]) -> None:
    discard(target, database)
    _create(target, database, saved.get("locale") or {})
    sql(target, _OWN.replace("@fresh@", beside(database)), saved.get("owner", ""))


def _create(target: Container, database: str, locale: Mapping[str, Any]) -> None:
    """As the present one of this name; where there is none as it was saved, so that texts sort as they did."""
    statements = _CREATE.replace("@fresh@", beside(database))
    try:
        sql(target, statements, json.dumps({"name": database, "locale": locale or None}, ensure_ascii=False))
    except HostError as error:
        if not locale:
            raise
        why = error.lines[-1] if error.lines else str(error)
        console.warn(f"postgres/{target.service}/{database}: is made as the server's own, so texts may sort otherwise: {why}")
        sql(target, statements, json.dumps({"name": database, "locale": None}, ensure_ascii=False))


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
_DISCARD = rf"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '@fresh@';
DROP DATABASE IF EXISTS @fresh@;
SELECT format('DROP DATABASE %I', datname) FROM pg_database
  WHERE datname = '{CRONS_OWN}' AND shobj_description(oid, 'pg_database') = '{OWN}' \gexec
"""
# pg_cron can be made in the one database that it was told of, and in that of its own tests. A dump that finds it there
# leaves it as it is. The comment tells ours from a database that somebody calls so.
_WITH_CRON = rf"""
COMMENT ON DATABASE @fresh@ IS '{OWN}';
ALTER DATABASE @fresh@ RENAME TO {CRONS_OWN};
\connect {CRONS_OWN}
CREATE EXTENSION pg_cron;
\connect {MAINTENANCE}
ALTER DATABASE {CRONS_OWN} RENAME TO @fresh@;
COMMENT ON DATABASE @fresh@ IS NULL;
"""
# A provider, where this server knows such: since PostgreSQL 15.
_CREATE = rf"""
SELECT concat(
  format('CREATE DATABASE @fresh@ TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',
    locale ->> 'encoding', locale ->> 'collate', locale ->> 'ctype'),
  CASE WHEN current_setting('server_version_num')::int >= 150000 THEN CASE locale ->> 'provider'
    WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', locale ->> 'locale')
    WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', locale ->> 'locale')
    ELSE ' LOCALE_PROVIDER libc' END END,
  ' ICU_RULES ' || quote_literal(locale ->> 'rules'))
FROM (SELECT coalesce(
  (SELECT {LOCALE} FROM pg_database WHERE datname = wish ->> 'name'), nullif(wish -> 'locale', 'null'),
  (SELECT {LOCALE} FROM pg_database WHERE datname = 'template1')) AS locale FROM (SELECT :'name'::jsonb AS wish) w) chosen \gexec
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
