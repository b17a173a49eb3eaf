"""A place beside the site for a drill: a folder, and a database server without a network. `clear` leaves nothing of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from .. import containers, engine, files, layout
from ..backups import postgres
from ..containers import Container
from ..fault import failed
from ..run import run

LABEL = "single-host=drill"
NAME = "single-host-drill"
ON_DISK = layout.CACHE / "drill"
ON_VOLUME = layout.VOLUME / ".single-host-drill"  # where the disk has no room
RESERVE = 512 * 1024**2  # bytes that stay free for the site
START = 300.0  # seconds for an empty server, with little of the processor
MEMORY = "512m"
SAME = ("POSTGRES_USER", "POSTGRES_INITDB_ARGS", "LANG", "LC_ALL", "LC_COLLATE", "LC_CTYPE")
# Without which extensions do not load, and many thousands of tables cannot be looked at in one transaction.
NEEDED = "'shared_preload_libraries', 'max_locks_per_transaction'"
# It need not outlive a power cut.
HASTE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0")


def clear() -> None:
    for found in containers.find(LABEL):
        run(["docker", "rm", "--force", "--volumes", found.identity], check=False)
    for folder in (ON_DISK, ON_VOLUME):
        files.remove_folder(folder)


def folder(part: str, needed: int) -> Path:
    """An empty one, with room for so many bytes."""
    free = {}
    files.make_folder(ON_DISK.parent)
    for candidate in (ON_DISK, ON_VOLUME):
        if candidate.parent.is_dir():
            free[candidate] = shutil.disk_usage(candidate.parent).free
            if free[candidate] >= needed + RESERVE:
                files.make_folder(candidate, 0o700)
                place = candidate / "part"
                files.clear_folder(place)
                return place
    room = max(free.values(), default=0) // 1024**2
    problem = f"needs {(needed + RESERVE) // 1024**2} MiB for a while, and {room} are free"
    raise failed(f"drill/{part}", problem, "a larger disk, or a data volume, gives drills room")


def database_server(service: str, live: Container | None, image: str, place: Path, cpu_percent: int) -> Container:
    """As the service's own: the same image, the same superuser and locale; empty, reached by nobody."""
    same = _environment(live) if live else {}
    asked = f"SELECT concat(name, '=', setting) FROM pg_settings WHERE name IN ({NEEDED}) AND setting <> '';"
    needed = postgres.sql(live, asked).splitlines() if live and live.serves else []
    settings = [*HASTE, *needed]
    variables = {**same, "POSTGRES_HOST_AUTH_METHOD": "trust", "PGDATA": "/drill/data"}
    run(
        [
            *("docker", "run", "--detach", "--name", NAME, "--label", LABEL, "--network", "none", "--restart", "no"),
            *("--cpu-period", "10000", "--cpu-quota", str(max(cpu_percent, 10) * 100), "--cpu-shares", "102"),  # as our units
            *("--memory", MEMORY, "--oom-score-adj", "1000"),
            *("--mount", f"type=bind,source={place},target=/drill"),
            *(word for name, value in variables.items() for word in ("--env", f"{name}={value}")),
            *(image, "postgres", *(word for setting in settings for word in ("-c", setting))),
        ]
    )
    return _started(service)


def image_of(live: Container) -> str:
    """By digest, whatever its tag means today."""
    return str(engine.get(f"/containers/{live.identity}/json")["Image"])


def end(server: Container) -> None:
    run(["docker", "rm", "--force", "--volumes", server.identity], check=False)


def _environment(live: Container) -> Mapping[str, str]:
    pairs = (entry.partition("=") for entry in engine.get(f"/containers/{live.identity}/json")["Config"]["Env"] or ())
    return {name: value for name, _, value in pairs if name in SAME}


def _started(service: str) -> Container:
    deadline = time.monotonic() + START
    while True:
        (server,) = containers.find(LABEL)
        # Over TCP: while it makes its files, the image's own server listens at a socket alone.
        ready = ["docker", "exec", server.identity, "pg_isready", "--quiet", "--host=127.0.0.1"]
        if server.status == "running" and run(ready, check=False).code == 0:
            return server
        if server.status == "exited" or time.monotonic() > deadline:
            said = run(["docker", "logs", "--tail", "20", server.identity], check=False)
            raise failed(f"drill/postgres/{service}", "the scratch server does not start", lines=said.last_lines)
        time.sleep(0.5)


def duckdb_opens(image: str, file: Path) -> str:
    """What DuckDB has against a file, asked in the application's own image: "" when nothing, or when no DuckDB is in it."""
    found = run(
        [
            *("docker", "run", "--rm", "--name", NAME, "--label", LABEL, "--network", "none", "--memory", MEMORY),
            *("--user", "0", "--mount", f"type=bind,source={file.parent},target=/drill"),
            *("--entrypoint", "python3", image, "-c", OPENS, f"/drill/{file.name}"),
        ],
        check=False,
    )
    return "" if found.code in (0, *NO_DUCKDB) else " ".join(found.last_lines[-1:]) or f"exit code {found.code}"


OPENS = """
import sys
try:
    import duckdb
except ImportError:
    sys.exit(3)
database = duckdb.connect(sys.argv[1])
quoted = lambda name: '"' + name.replace('"', '""') + '"'
for schema, table in database.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
    database.execute(f"SELECT count(*), count(hash(one)) FROM {quoted(schema)}.{quoted(table)} one").fetchall()
"""
NO_DUCKDB = (3, 125, 126, 127)  # an image without it, without Python
