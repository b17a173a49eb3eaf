"""Restores a backup: says what it will do, asks, keeps a way back, stops what writes, restores, starts, looks."""

from __future__ import annotations

import sys

from . import backup, console, containers, edge, lock, postgres, postgres_load, rollout, settings, state, volumes
from .containers import Container
from .fault import failed, refused
from .restic import Restic
from .run import run

LATEST = "latest"
LOCK_PATIENCE = 600.0


def restore(host: settings.Settings, name: str | None, only: str | None, agreed: bool, safety: bool) -> None:
    plan, repository = backup.open_repository(host)
    with lock.held("restore", LOCK_PATIENCE):
        repository.ready()
        chosen = _choose(backup.runs(repository), name, agreed)
        databases = chosen.of("postgres") if only != "volumes" else {}
        saved_volumes = chosen.of("volume") if only != "postgres" else {}
        if not databases and not saved_volumes:
            raise refused(f"restore/{chosen.name}", f"has nothing to restore for --only {only}")
        _confirm(host, chosen, databases, saved_volumes, agreed)

        if safety:
            console.say("restore: first a backup of what is here now")
            kept = backup.save(host, plan, repository, safety=True)
            console.say(f"restore: the way back is `single-host restore {kept.name}`")
        state.update(restoring=chosen.name)
        stopped = _stop_writers(host, set(plan.postgres))
        try:
            _databases(host, repository, chosen, databases)
            _volumes(repository, saved_volumes)
        finally:
            _start(stopped)
        state.update(restoring=None)
        state.remember("restore", "done", run=chosen.name)
    _look(host, [container.service for container in stopped])
    console.say(f"restore: {chosen.name} is back")


def _choose(runs: list[backup.Run], name: str | None, agreed: bool) -> backup.Run:
    complete = [run for run in runs if run.complete]
    if not complete:
        raise refused("restore", "there is no complete backup", "`single-host backup list` shows what there is")
    if name is None and not agreed and sys.stdin.isatty():
        for number, run in enumerate(complete, 1):
            console.show(f"{number:3}  {run.name}  {'before a restore, ' if run.safety else ''}{', '.join(sorted(run.parts))}")
        answer = _ask("which one? ")
        if not answer.isdecimal() or not 1 <= int(answer) <= len(complete):
            raise refused("restore", f"no backup {answer!r} in the list")
        return complete[int(answer) - 1]
    if name is None or name == LATEST:
        # The newest that was made by night or by hand: a safety copy holds what somebody wanted to leave.
        return next((run for run in complete if not run.safety), complete[0])
    for run in complete:
        if run.name == name:
            return run
    known = ", ".join(run.name for run in complete[:5])
    raise refused(f"restore/{name}", "is not a complete backup of this host", f"the newest are {known}")


def _confirm(host: settings.Settings, run: backup.Run, databases: dict[str, str], saved: dict[str, str], agreed: bool) -> None:
    console.show(f"{host.machine.name} goes back to {run.name}. What is there now is replaced:")
    for part in sorted(databases):
        console.show(f"  database {part.partition('/')[2]} of {part.partition('/')[0]}")
    for volume in sorted(saved):
        console.show(f"  volume {volume}")
    console.show("Its services stop meanwhile; visitors see the maintenance page.")
    if agreed:
        return
    if not sys.stdin.isatty():
        raise refused("restore", "needs a yes", "add --yes")
    if _ask(f"type {host.machine.name} to go on: ") != host.machine.name:
        raise refused("restore", "not confirmed; nothing was changed")


def _ask(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:  # Ctrl-D is a no
        return ""


def _stop_writers(host: settings.Settings, databases: set[str]) -> list[Container]:
    found = containers.find(f"{containers.PROJECT}={host.application.project}")
    writers = [c for c in found if c.status in ("running", "restarting", "paused") and c.service not in databases]
    for container in writers:
        console.say(f"restore: stopping {container.service}")
        run(["docker", "stop", container.identity])
    return writers


def _databases(host: settings.Settings, repository: Restic, chosen: backup.Run, databases: dict[str, str]) -> None:
    for service, snapshot in chosen.of(backup.GLOBALS).items():
        if any(part.startswith(f"{service}/") for part in databases):
            target = postgres.container(host.application.project, service)
            roles = repository.run("dump", snapshot, backup.path_of(f"{backup.GLOBALS}/{service}")).output
            postgres_load.load_globals(target, roles)
    for part, snapshot in databases.items():
        service, _, database = part.partition("/")
        target = postgres.container(host.application.project, service)
        with console.timed(f"restore: database {database} of {service}"):
            path = backup.path_of(f"postgres/{part}")
            postgres_load.load(target, database, lambda argv, of=snapshot, at=path: repository.feed(of, at, argv))  # type: ignore[misc]
            postgres_load.exchange(target, database)


def _volumes(repository: Restic, saved: dict[str, str]) -> None:
    for volume, snapshot in saved.items():
        present = volumes.folder(volume)
        if present is None:
            raise failed(f"volumes/{volume}", "is not there, or its disk is not", "run `single-host apply` first: it makes them")
        volumes.recover(present)
        with console.timed(f"restore: volume {volume}"):
            repository.restore(snapshot, volumes.beside(present, volumes.RESTORING))
            volumes.settle(present, repository.path_of(snapshot))
            volumes.replace(present)


def _start(stopped: list[Container]) -> None:
    for container in stopped:
        console.say(f"restore: starting {container.service}")
        run(["docker", "start", container.identity], check=False)


def _look(host: settings.Settings, services: list[str]) -> None:
    rollout.wait(host.application.project, services)
    awaiting = frozenset(state.read().get("awaiting", []))
    for site in host.sites:
        console.say(edge.verify(site, host, awaiting))
