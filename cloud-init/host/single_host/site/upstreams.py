"""Follows the engine and keeps one hosts file a service: the addresses of its healthy containers on the edge network.

dnsmasq serves the files, Caddy asks it several times a second; so a container gets requests when it is healthy and
gets no more from the moment that it is told to stop. While a service is being replaced, its choice says which ones.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection, Mapping
from typing import Any

from .. import console, containers, files, layout
from ..containers import Container
from ..fault import HostError
from ..machine.docker import NETWORK
from . import choices, freezing

ACTIONS = ("start", "die", "kill", "destroy", "pause", "unpause", "health_status", "connect", "disconnect")
STAYING = {"1", "10", "12", "HUP", "USR1", "USR2", "SIGHUP", "SIGUSR1", "SIGUSR2"}  # signals that end nothing
LEAVING_AT_MOST = 120.0
GLANCE = 0.25  # how often choices are looked at
LOOK = 30.0  # how often everything is, events or not


def name(service: str, project: str) -> str:
    return f"{service}.{project}"


def listing(
    found_containers: list[Container],
    leaving: Mapping[str, float],
    published: str = "",
    chosen: Mapping[str, frozenset[str]] | None = None,
    frozen: Collection[str] = (),
) -> dict[str, str]:
    """File name -> content, for every service that has a container on the edge network.

    Docker forgets the health of living containers when it restarts: one that was well in this very run of it stays.
    One that a backup has frozen for a moment stays too: requests wait in it, where elsewhere they would find nobody.
    One that has become unwell stays while no other is well: it may be slow under its load, and nobody is no better.
    """
    found: dict[str, dict[str, str]] = {}
    unwell: dict[str, dict[str, str]] = {}
    for container in found_containers:
        if not container.project or container.project == NETWORK or NETWORK not in container.addresses:
            continue
        file = name(container.service, container.project)
        lines = found.setdefault(file, {})
        address = container.addresses[NETWORK]
        if not address or container.identity in leaving:
            continue
        run = f"# {container.identity[:12]} {container.started_at}\n"
        forgotten = container.status == "running" and container.health == "starting"
        waiting = container.status == "paused" and container.identity in frozen
        line = f"{run}{address} {file}.upstream\n"
        if container.serves or ((forgotten or waiting) and run in published):
            lines[container.identity] = line
        elif container.status == "running" and run in published:
            unwell.setdefault(file, {})[container.identity] = line
    choice = chosen or {}
    return {file: "".join(sorted(_chosen(lines or unwell.get(file, {}), choice.get(file)))) for file, lines in found.items()}


def _chosen(lines: Mapping[str, str], choice: frozenset[str] | None) -> list[str]:
    """Where none of the chosen lives any more, any that is well is better than none. An empty choice means none."""
    wanted = [line for identity, line in lines.items() if choice is not None and identity in choice]
    return wanted if wanted or choice == frozenset() else list(lines.values())


def publish(wanted: Mapping[str, str]) -> None:
    for file, content in wanted.items():
        path = layout.UPSTREAMS / file
        if not path.exists() or path.read_text() != content:
            # Renamed into the folder: dnsmasq sees it once and whole.
            files.write(path, content, beside=layout.RUN)
            addresses = " ".join(line.split()[0] for line in content.splitlines() if line[0] != "#")
            console.show(f"upstreams: {file} {addresses or 'none'}")
    for path in layout.UPSTREAMS.iterdir():
        if path.name not in wanted and path.stat().st_size:
            # Emptied, not removed: the watcher of every dnsmasq version follows a change of content.
            files.write(path, "", beside=layout.RUN)
            console.show(f"upstreams: {path.name} none")


def follow() -> None:
    """Until the engine ends, or a newer program is in place: systemd starts this again."""
    files.make_folder(layout.UPSTREAMS)
    leaving: dict[str, float] = {}
    stream = containers.events(("container", "network"), ACTIONS, GLANCE)  # opened before the first look: nothing falls between
    chosen, looked = choices.read(), time.monotonic()
    _publish_now(leaving, chosen)
    _notify("READY=1")
    for event in stream:
        _note(event, leaving)
        before, chosen = chosen, choices.read()
        if event or chosen != before or time.monotonic() - looked > LOOK:
            _publish_now(leaving, chosen)
            looked = time.monotonic()
        if (layout.PROGRAMS / "current").resolve() != layout.PROGRAM:
            return


def _note(event: Any, leaving: dict[str, float]) -> None:
    now = time.monotonic()
    for identity in [identity for identity, until in leaving.items() if until < now]:
        del leaving[identity]
    if not event or event.get("Type") != "container":
        return
    identity, action = event["Actor"]["ID"], event["Action"]
    if action == "kill" and event["Actor"]["Attributes"].get("signal") not in STAYING:
        leaving[identity] = now + LEAVING_AT_MOST
    elif action in ("start", "die", "destroy"):
        leaving.pop(identity, None)


def _publish_now(leaving: Mapping[str, float], chosen: Mapping[str, frozenset[str]]) -> None:
    try:
        published = "".join(path.read_text() for path in layout.UPSTREAMS.iterdir())
        found, frozen = _look()
        publish(listing(found, leaving, published, chosen, frozen))
    except HostError as error:
        console.show(f"upstreams: {error}")  # the engine is restarting: names stay as they are


def _look() -> tuple[list[Container], set[str]]:
    """All containers, and those that a backup has frozen. A freeze may be shorter than a look: who seems paused by somebody
    else is looked at twice."""
    for _ in range(2):
        frozen = set(freezing.read())
        found = containers.find(containers.PROJECT)
        frozen.update(freezing.read())
        if all(container.identity in frozen for container in found if container.status == "paused"):
            break
    return found, frozen


def _notify(message: str) -> None:
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
            notifier.connect("\0" + address[1:] if address.startswith("@") else address)
            notifier.send(message.encode())
