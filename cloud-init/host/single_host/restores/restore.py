"""Restores a backup: says what it will do, asks, keeps a way back, stops what writes, restores, starts, looks."""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import console, containers, lock, recover, settings, state, volumes
from ..backups import backup, damage, saving
from ..backups.restic import Restic
from ..fault import INTERRUPTED, Fault, HostError, as_failure, failed, refused
from ..releases import records
from ..site import rollout, visitor
from . import comparison, fitness, replacements, restoration, selection
from .replacements import Replacement
from .source import Source

LOCK_PATIENCE = 600.0
ANSWER_MINUTES = 5  # releases and the night's backup wait for whoever is asked


@dataclass(frozen=True)
class Wish:
    run: str | None = None
    at: str | None = None
    only: tuple[str, ...] = ()
    dry: bool = False
    as_json: bool = False
    agreed: bool = False
    safety: bool = True


def restore(host: settings.Settings, wish: Wish) -> None:
    if wish.run and wish.at:
        # "2026-11-20 14:00" comes as two words where its quotes were lost, as on the way through ssh
        remedy = f"write the moment as one word: --at {wish.at}T{wish.run}" if ":" in wish.run else "name one of them"
        raise refused("restore", f"both {wish.run} and --at {wish.at} are asked for", remedy)
    plan, repository = backup.open_repository(host)
    if wish.dry:
        _show(host, repository, wish)
        return
    with lock.held("restore", LOCK_PATIENCE):
        finished = _finish(host, wish)
        if not finished or wish.at or wish.run not in (None, finished):
            _carry_out(host, plan, repository, wish)
        records.end()
    _look(host)


def _finish(host: settings.Settings, wish: Wish) -> str:
    """The run of an interrupted restore that is in force now. One that cannot be finished gives way to another backup."""
    try:
        return recover.after_interruption(host)
    except HostError as error:
        found = restoration.interrupted()
        again = found.get("phase") == state.EXCHANGING and wish.run == found["run"]
        if not state.half_restored() or again or not (wish.run or wish.at):
            raise
        console.warn(f"restore: that of {found['run']} cannot be finished: {error}")
        restoration.abandon(host)
        return ""


def _carry_out(host: settings.Settings, plan: settings.Backup, repository: Restic, wish: Wish) -> None:
    repository.ready()
    runs = backup.runs(repository)
    if wish.run and wish.run not in {run.name for run in runs}:
        selection.refuse_strangers(repository, wish.run)
    source = Source.of(repository, _choose(runs, wish))
    items = replacing(host, source, selection.parts(source.run, wish.only))
    mixed = restoration.given_up()
    _refuse_two_times(mixed, items)
    _tell(host, source, items)
    _confirm(host, wish)
    fitness.judge(source, items)
    with _pending():
        fetch(source, items, runs)
        if wish.safety and not mixed:  # of two times there is nothing to go back to
            _keep_way_back(host, plan, source, items)
        restoration.exchange(host, items)
    console.say(f"restore: {source.run.name} is back")


@contextlib.contextmanager
def _pending() -> Iterator[None]:
    """What is killed is put right at the next boot. What has replaced nothing, and has cleared up, leaves nothing to do."""
    earlier = records.interrupted()
    records.begin("restore", os.environ.get("SUDO_USER") or "root")
    try:
        yield
    except BaseException as error:
        if restoration.interrupted():
            raise
        if earlier is None:
            records.end()
        if isinstance(error, KeyboardInterrupt):
            raise HostError([Fault("restore", "interrupted; nothing was replaced")], code=INTERRUPTED) from None
        raise


def _refuse_two_times(mixed: Mapping[str, Any], items: Sequence[Replacement]) -> None:
    """What a given up exchange has put in place must go with the others."""
    left = [part for part in mixed.get("done", ()) if part not in {item.part for item in items}]
    if left:
        problem = f"{', '.join(left)} would stay of {mixed['run']}"
        raise refused("restore/--only", problem, "name these parts too, or choose a backup that has them")


def fetch(source: Source, items: Sequence[Replacement], runs: Sequence[backup.Run]) -> None:
    """What cannot be fetched has replaced nothing; the next older backup may be whole."""
    try:
        restoration.fetch(source, items)
    except (HostError, OSError) as caught:
        error = caught if isinstance(caught, HostError) else failed("restore", str(caught))
        older = selection.older(runs, source.run)
        remedy = f"the next older backup is {older}" if older else "there is no older backup"
        note = failed("restore", "nothing was replaced", remedy)
        raise HostError([*error.faults, *note.faults], error.lines, error.code) from None


def replacing(host: settings.Settings, source: Source, parts: Sequence[str]) -> list[Replacement]:
    """A place for each part; database files go with the volume that they lie in, when that is restored too."""
    items: list[Replacement] = []
    for part in parts:
        holder = selection.volume_of(part)
        if f"volume/{holder}" in parts:
            continue
        place = place_of(host, part)
        if place is None:
            console.warn(f"{part}: has no place on this host any more; it stays in the backup")
            continue
        inside = tuple(other for other in parts if f"volume/{selection.volume_of(other)}" == part)
        items.append(replacements.replacement(host, part, place, inside))
    if not items:
        raise refused(f"restore/{source.run.name}", "nothing of it has a place on this host", "run `single-host apply` first")
    return items


def place_of(host: settings.Settings, part: str) -> str | None:
    kind, _, rest = part.partition("/")
    match kind:
        case "postgres":
            known = host.backup.postgres if host.backup else ()
            return host.application.project if rest.split("/")[0] in known else None
        case "volume" | "sqlite" | "duckdb":
            volume = rest.split("/")[0]
            folder = None if _is_cluster(host, volume) else volumes.folder(volume)
            return str(folder) if folder else None
        case "path":
            return str(Path("/") / rest.lstrip("/"))
        case "bucket":
            return next((bucket.bucket for bucket in (host.backup.buckets if host.backup else ()) if bucket.name == rest), None)
    return None


def _is_cluster(host: settings.Settings, volume: str) -> bool:
    """A run of an older version may hold the files of a PostgreSQL, which writes them while this restores."""
    plan = host.backup
    if plan is None or volume in plan.volumes:
        return False
    return any(container.service in plan.postgres for container in containers.mounting(volume))


def _show(host: settings.Settings, repository: Restic, wish: Wish) -> None:
    source = Source.of(repository, _choose(backup.runs(repository), wish))
    items = replacing(host, source, selection.parts(source.run, wish.only))
    if wish.as_json:
        found = [part.as_data() for part in comparison.compare(source, items)]
        console.show(json.dumps({"run": source.run.name, "at": source.manifest.at, "parts": found}))
        return
    # Before each row is counted: that takes minutes where there are many.
    console.show(f"{host.machine.name} would go back to {source.run.name}, {selection.age(source.run.name)}:")
    for part in comparison.compare(source, items):
        console.show(f"  {part.words()}")
    fitness.judge(source, items)
    console.show("Nothing was changed.")


def _keep_way_back(host: settings.Settings, plan: settings.Backup, source: Source, items: Sequence[Replacement]) -> None:
    console.say("restore: a backup of what is here now")
    try:
        kept = backup.save(host, plan, source.repository, safety=True)
    except BaseException as caught:  # Ctrl-C too
        restoration.give_up(items)
        if not isinstance(caught, (HostError, OSError)):
            raise
        error = as_failure("restore", caught)
        remedy = "mend that, or add --without-safety, which leaves no way back"
        note = failed("restore", "nothing was replaced: what is here now cannot be saved first", remedy)
        raise HostError([*error.faults, *note.faults], error.lines, error.code) from None
    restoration.keep_way_back(kept.name)
    console.say(f"restore: the way back is `single-host restore {kept.name}`")


def _choose(runs: list[backup.Run], wish: Wish) -> backup.Run:
    if wish.at:
        return selection.at(runs, wish.at)
    if wish.run is None and not wish.agreed and not wish.dry and sys.stdin.isatty():
        return _ask_which(runs)
    return selection.run(runs, wish.run or selection.LATEST)


def _ask_which(runs: list[backup.Run]) -> backup.Run:
    complete = selection.whole(runs)
    for run in runs:
        number = f"{complete.index(run) + 1:3}" if run.complete else "  -"
        why = damage.of(run.name)
        notes = [] if run.complete else ["INCOMPLETE"]
        notes += [*(["before a restore or a migration"] if run.safety else []), *([f"DAMAGED: {why}"] if why else [])]
        size = [saving.amount(run.size)] if run.size else []  # restic knows it since 0.17
        console.show("  ".join([number, run.name, selection.age(run.name), *size, f"{len(run.parts)} parts", *notes]))
    answer = _ask("which one? ")
    if not answer.isdecimal() or not 1 <= int(answer) <= len(complete):
        problem = f"no backup {answer!r} in the list" if answer else "no backup was chosen"
        raise refused("restore", f"{problem}; nothing was changed", f"answer with a number of the list, 1 to {len(complete)}")
    return complete[int(answer) - 1]


def _tell(host: settings.Settings, source: Source, items: Sequence[Replacement]) -> None:
    name = source.run.name
    console.show(f"{host.machine.name} goes back to {name}, {selection.age(name)}. What is there now is replaced:")
    for item in items:
        console.show(f"  {item.part}")


def _confirm(host: settings.Settings, wish: Wish) -> None:
    console.show("Its services stop for a moment, once all is fetched; visitors see the maintenance page then.")
    if wish.agreed:
        return
    if not sys.stdin.isatty():
        raise refused("restore", "needs a yes", "ask on a terminal (`ssh -t`), or add --yes")
    if _ask(f"type {host.machine.name} to go on: ") != host.machine.name:
        raise refused("restore", "not confirmed; nothing was changed")


def _ask(question: str) -> str:
    print(question, end="", flush=True)
    try:
        answered, _, _ = select.select([sys.stdin], [], [], ANSWER_MINUTES * 60)
        if answered:
            return input().strip()
    except (EOFError, KeyboardInterrupt):  # Ctrl-D and Ctrl-C are a no
        console.show()
        return ""
    console.show()
    problem = f"no answer within {ANSWER_MINUTES} minutes; nothing was changed"
    raise refused("restore", problem, "type it again, with --yes where nobody is there to answer")


def _look(host: settings.Settings) -> None:
    found = containers.find(f"{containers.PROJECT}={host.application.project}")
    rollout.wait(host.application.project, [container.service for container in found if container.status != "exited"])
    awaiting = frozenset(state.read().get("awaiting", []))
    for site in host.sites:
        console.say(visitor.verify(site, host, awaiting))
