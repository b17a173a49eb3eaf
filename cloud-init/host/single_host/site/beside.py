"""Start-first: the new containers of a service beside the old; judged, given the requests, and only then the old ones end.

Requests follow a file of the watcher, never a reload: nothing that is under way is cut.
"""

from __future__ import annotations

import http.client
import socket
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .. import console, containers, engine
from ..containers import Container
from ..fault import HostError, failed
from ..machine.docker import NETWORK
from ..run import run
from ..settings import Site
from . import application, choices, local_images, upstreams, visitor
from .application import Compose, Service

DRAIN = 30.0  # at most, for requests that were under way, or as long as the container's own grace period, which then begins
HELD_DRAIN = 5.0  # where others wait meanwhile
JUDGE_PATIENCE = 30.0
IDLE_CLOSES = 1.5  # the edge keeps an unused connection for a second
ESTABLISHED = "01"


def possible(service: Service, own: Sequence[Container]) -> bool:
    """Whether its successor can be started beside it. Where nothing serves, there is nothing to spare."""
    serving = any(container.serves and container.restart_policy != "no" for container in own)
    return serving and not service.alone and not local_images.hidden_volumes(service.image)


def tidy(compose: Compose, wanted: Mapping[str, Service], present: Sequence[Container]) -> bool:
    """A run that was killed may have left two generations: the one that is wanted stays, else the one that serves."""
    surplus: list[Container] = []
    for service in wanted.values():
        own = [container for container in present if container.service == service.name]
        if len(own) <= service.instances:
            continue
        best = sorted(own, key=lambda one: (not application.settled(service, [one]), not one.serves, one.started_at))
        kept, rest = best[: service.instances], best[service.instances :]
        console.say(f"{service.name}: an interrupted run left {len(own)} containers; removing {_names(rest)}")
        if all(container.serves for container in kept):
            give_requests(compose, kept)
        surplus += rest
    if surplus:
        retire(surplus)
    return bool(surplus)


def judge(fresh: Sequence[Container], sites: Iterable[Site]) -> None:
    """Asks each new container as the edge will, before anybody else does."""
    for site in sites:
        for upstream in site.upstreams:
            for container in fresh:
                if container.service == upstream.service and visitor.covers(upstream.path, upstream.health):
                    name = site.names[0] if site.names else site.address.partition("//")[2]
                    _judge(container, upstream.port, upstream.health, name, site.tls)


def _judge(container: Container, port: int, path: str, name: str, tls: bool) -> None:
    deadline = time.monotonic() + JUDGE_PATIENCE
    while True:
        status, reason = _ask(container.addresses.get(NETWORK, ""), port, path, name, tls)
        if visitor.is_well(status):
            return
        if time.monotonic() > deadline:
            answer = f"answers {status}" if status else f"does not answer ({reason})"
            raise failed(f"services/{container.service}", f"its new container {answer} at {path} on port {port}")
        time.sleep(0.5)


def _ask(address: str, port: int, path: str, name: str, tls: bool) -> tuple[int, str]:
    headers = {
        "Host": name,
        "User-Agent": "single-host",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": name,
        "X-Forwarded-Proto": "https" if tls else "http",
    }
    try:
        connection = http.client.HTTPConnection(address, port, timeout=10)
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status, ""
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)


def give_requests(compose: Compose, chosen: Sequence[Container]) -> None:
    """From now on only these get requests, of all the containers of their services."""
    for upstream, own in _by_upstream(compose, chosen).items():
        choices.choose(upstream, [container.identity for container in own])
    for upstream, own in _by_upstream(compose, chosen).items():
        choices.await_published(upstream, [container.identity for container in own])


def keep_requests(compose: Compose, serving: Sequence[Container]) -> None:
    """What comes up from now on gets none."""
    for upstream, own in _by_upstream(compose, serving).items():
        choices.choose(upstream, [container.identity for container in own])


def give_back(compose: Compose, serving: Sequence[Container]) -> None:
    """As give_requests, where an error is under way already and must not be hidden by another."""
    try:
        give_requests(compose, serving)
    except HostError as error:
        console.warn(str(error))


def hold_requests(compose: Compose, leaving: Sequence[Container]) -> None:
    """Nobody of these services gets requests: they wait at the edge. What is under way may end."""
    held = _by_upstream(compose, leaving)
    for upstream in held:
        choices.choose(upstream, ())
    for upstream in held:
        choices.await_published(upstream, ())
    _drain([container for own in held.values() for container in own], HELD_DRAIN)


def forget(compose: Compose, services: Iterable[str]) -> None:
    for service in services:
        choices.forget(upstreams.name(service, compose.application.project))


def retire(leaving: Sequence[Container]) -> None:
    """Ends containers that get no new requests any more: what is under way first, then their own grace period.

    A service that says 5m has requests which take that long. Not every program finishes them once it is told to end.
    """
    _drain(leaving, max([DRAIN, *(container.grace for container in leaving)]))
    names = [container.identity for container in leaving]
    run(["docker", "stop", *names], check=False, timeout=3600)  # the grace period is the container's own
    remove(leaving)


def remove(gone: Sequence[Container]) -> None:
    if gone:
        run(["docker", "rm", "--force", *(container.identity for container in gone)], check=False)


def _drain(leaving: Sequence[Container], most: float) -> None:
    """Until the edge has no connection to them any more."""
    leaving = [container for container in leaving if container.addresses.get(NETWORK)]
    if not leaving:
        return
    process = edge_process()
    deadline = time.monotonic() + most
    time.sleep(min(IDLE_CLOSES, most))
    while process and time.monotonic() < deadline:
        busy = sum(connections(process, container.addresses[NETWORK]) for container in leaving)
        if not busy:
            return
        time.sleep(0.25)
    console.say(f"{_names(leaving)}: requests are still under way after {most:.0f} s; they have the grace period left")


def edge_process() -> int:
    for container in containers.find(f"{containers.PROJECT}=edge", f"{containers.SERVICE}=caddy"):
        try:
            return int(engine.get(f"/containers/{container.identity}/json")["State"]["Pid"])
        except HostError:
            continue
    return 0


def connections(process: int, address: str, proc: Path = Path("/proc")) -> int:
    """TCP connections from the network of this process to an IPv4 address, whatever the port."""
    wanted = f"{struct.unpack('=I', socket.inet_aton(address))[0]:08X}"
    count = 0
    for table in ("tcp", "tcp6"):
        try:
            lines = (proc / str(process) / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            count += fields[2].partition(":")[0].endswith(wanted) and fields[3] == ESTABLISHED
    return count


def _by_upstream(compose: Compose, found: Sequence[Container]) -> dict[str, list[Container]]:
    """Those that the edge reaches, by the name that it knows them by."""
    grouped: dict[str, list[Container]] = {}
    for container in found:
        if NETWORK in container.addresses:
            grouped.setdefault(upstreams.name(container.service, compose.application.project), []).append(container)
    return grouped


def _names(found: Sequence[Container]) -> str:
    return ", ".join(container.name for container in found)
