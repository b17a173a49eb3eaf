"""The phases of a restore. Each may be killed at any moment; the next run, apply or boot goes back or finishes, and says so.

fetching: everything is brought whole beside what is there, while the site serves on. Killed, it is thrown away.
exchanging: what writes stands still, and each part takes its place. Killed, it is finished: all of it is there. What fails
there leaves the services stopped: nothing is written onto data of two times, and visitors see the maintenance page.
mixed: an exchange that keeps failing was given up for another backup. What it had exchanged stays, and the services stay
stopped, until a restore has brought all of that to one time.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from typing import Any

from .. import console, containers, progress, settings, state, volumes
from ..fault import HostError, failed
from ..run import run
from ..site import rollout
from .replacements import Replacement, replacement
from .source import Source


def interrupted() -> Mapping[str, Any]:
    """What a killed run was about: run, phase, items (part -> place), done, stopped; empty when there was none.

    `safety` is the way back, where one was kept; `mixed` the record of an exchange that was given up before.
    """
    found = state.read().get("restoring") or {}
    return found if isinstance(found, dict) else {"run": found, "phase": ""}  # an older program's


def fetch(source: Source, items: Sequence[Replacement]) -> None:
    """Nothing that is there changes. What fails is thrown away, so that a full disk is as it was."""
    places = {item.part: item.place for item in items}
    fresh: dict[str, Any] = {"run": source.run.name, "phase": state.FETCHING, "items": places, "done": [], "stopped": []}
    if mixed := given_up():
        fresh.update(stopped=mixed["stopped"], safety=mixed.get("safety"), mixed=mixed)
    state.update(restoring=fresh)
    try:
        for number, item in enumerate(items, 1):
            with progress.timed(f"restore: {item.part} ({number} of {len(items)})"):
                item.fetch(source)
    except BaseException:
        give_up(items)
        raise


def give_up(items: Sequence[Replacement]) -> None:
    for item in items:
        item.discard()
    state.update(restoring=interrupted().get("mixed"))


def given_up() -> Mapping[str, Any]:
    """The exchange that was given up, when data of two times is what it left."""
    found = interrupted()
    return found if found.get("phase") == state.MIXED else {}


def abandon(host: settings.Settings) -> None:
    """Gives up an exchange that cannot be finished: what took its place stays, what did not is thrown away."""
    found = dict(interrupted())
    done = sorted({*found["done"], *found.pop("mixed", {}).get("done", ())})
    for part, place in found["items"].items():
        if part not in found["done"]:
            try:
                replacement(host, part, place).discard()
            except (HostError, OSError, KeyError) as error:
                console.warn(f"{part}: what was fetched of it stays on the disk: {error}")
    state.update(restoring={**found, "phase": state.MIXED, "items": {}, "done": done})


def exchange(host: settings.Settings, items: Sequence[Replacement]) -> None:
    # Short, and not to be left in the middle by a key or a shutdown that can wait.
    former = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _exchange(host, items)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _exchange(host: settings.Settings, items: Sequence[Replacement]) -> None:
    _note(phase=state.EXCHANGING)
    try:
        stopped = _stop_writers(host)
        for item in items:
            if item.part not in interrupted()["done"]:
                console.say(f"restore: {item.part} takes its place")
                item.exchange()
                _note(done=[*interrupted()["done"], item.part])
        _show_databases(host, items)
    except (HostError, OSError) as caught:
        error = caught if isinstance(caught, HostError) else failed("restore", str(caught))
        done = ", ".join(interrupted()["done"]) or "nothing"
        problem = f"{done} is of {interrupted()['run']}, the rest is as it was; the services stay stopped, so that none writes"
        remedy = f"`single-host restore {interrupted()['run']}` finishes it, and so does `single-host apply`; {_other_way()}"
        raise HostError([*error.faults, *failed("restore", problem, remedy).faults], error.lines) from None
    _start(stopped)
    name = interrupted()["run"]
    state.update(restoring=None, restored={"run": name, "at": state.now()})
    state.remember("restore", "done", run=name)


def after_interruption(host: settings.Settings) -> str:
    """Goes back, or finishes. Returns the run that is in force because of it."""
    found = interrupted()
    if not found:
        return ""
    if not found["phase"]:
        console.warn(f"a restore of {found['run']} was interrupted: run `single-host restore {found['run']}` to finish it")
        for volume in host.backup.volumes if host.backup else ():
            if (present := volumes.folder(volume)) and volumes.clear(present):
                console.say(f"volume {volume}: an interrupted restore was undone")
        return ""
    if found["phase"] == state.MIXED:
        done = ", ".join(found["done"]) or "nothing"
        problem = f"that of {found['run']} was given up with {done} in place; the services stay stopped"
        raise failed("restore", problem, _other_way())
    items = [replacement(host, part, place) for part, place in found["items"].items()]
    if found["phase"] == state.FETCHING:
        give_up(items)
        if given_up():
            return after_interruption(host)
        console.say(f"restore: that of {found['run']} was interrupted before anything was replaced; the data is as it was")
        return ""
    console.say(f"restore: that of {found['run']} was interrupted while it took its place; it is finished now")
    exchange(host, items)
    console.say(f"restore: {found['run']} is back")
    return str(found["run"])


def keep_way_back(run: str) -> None:
    _note(safety=run)


def _other_way() -> str:
    safety = interrupted().get("safety")
    return f"`single-host restore {safety or 'RUN'}` goes {'back' if safety else 'to another backup'} instead"


def _note(**values: Any) -> None:
    state.update(restoring={**interrupted(), **values})


def _stop_writers(host: settings.Settings) -> list[tuple[str, str, str]]:
    """Remembered before they are stopped. One that Docker starts at each boot would write between two times of data."""
    databases = set(host.backup.postgres) if host.backup else set()
    known = [(str(identity), str(service), str(policy)) for identity, service, policy in interrupted()["stopped"]]
    found = containers.find(f"{containers.PROJECT}={host.application.project}")
    writers = [c for c in found if c.status in ("running", "restarting", "paused") and c.service not in databases]
    identities = {identity for identity, _, _ in known}
    stopped = [*known, *((c.identity, c.service, c.restart_policy) for c in writers if c.identity not in identities)]
    _note(stopped=stopped)
    for container in writers:
        console.say(f"restore: stopping {container.service}")
        if container.restart_policy == "always":
            run(["docker", "update", "--restart", "unless-stopped", container.identity])
    if writers:
        run(["docker", "stop", *(container.identity for container in writers)], timeout=3600)  # their grace periods
    return stopped


def _show_databases(host: settings.Settings, items: Sequence[Replacement]) -> None:
    """A database runs meanwhile; one that mounts a volume of these too (dumps, its socket) still sees the folder of before."""
    volumes_now = {item.part.partition("/")[2] for item in items if item.part.startswith("volume/")}
    databases = set(host.backup.postgres) if host.backup else set()
    for container in containers.find(f"{containers.PROJECT}={host.application.project}"):
        if container.service in databases and container.status == "running" and container.volumes & volumes_now:
            console.say(f"restore: {container.service} mounts what has changed; it starts anew")
            run(["docker", "restart", container.identity], timeout=3600)
            rollout.wait(host.application.project, [container.service], patience=120)


def _start(stopped: Sequence[tuple[str, str, str]]) -> None:
    for identity, service, policy in stopped:
        console.say(f"restore: starting {service}")
        if policy == "always":
            run(["docker", "update", "--restart", policy, identity], check=False)
        run(["docker", "start", identity], check=False)
