"""Containers as the engine tells of them, and the events of their lives."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from . import engine
from .fault import HostError

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
ONE_OFF = "com.docker.compose.oneoff"  # of `compose run`: a migration, an administrator's shell


@dataclass(frozen=True)
class Container:
    identity: str
    name: str
    project: str
    service: str
    image: str
    status: str  # created, running, restarting, exited, ...
    health: str  # healthy, unhealthy, starting, or "" without a health check
    exit_code: int
    restarts: int
    restart_policy: str
    started_at: str
    addresses: Mapping[str, str]  # network -> IPv4 address, "" while it does not run
    volumes: frozenset[str]  # names of mounted volumes
    labels: Mapping[str, str]
    grace: float = 10.0  # seconds it has between the signal to end and the end: compose's stop_grace_period

    @property
    def serves(self) -> bool:
        return self.status == "running" and self.health in ("", "healthy")


def find(*labels: str) -> list[Container]:
    """All containers with these labels (`name=value`), running or not, by name. One-off ones are no part of a service."""
    return [container for container in _filtered({"label": list(labels)}) if container.labels.get(ONE_OFF) != "True"]


def mounting(volume: str) -> list[Container]:
    """All containers that mount this volume, running or not, by name."""
    return [container for container in _filtered({"volume": [volume]}) if volume in container.volumes]


def _filtered(conditions: Mapping[str, list[str]]) -> list[Container]:
    filters = quote(json.dumps(conditions))
    found = []
    for summary in engine.get(f"/containers/json?all=1&filters={filters}"):
        try:
            found.append(_container(engine.get(f"/containers/{summary['Id']}/json")))
        except HostError:
            continue  # removed in between
    return sorted(found, key=lambda container: container.name)


def events(kinds: tuple[str, ...], actions: tuple[str, ...], silence: float) -> Iterator[Any]:
    """Events from now on, as they happen, None after so many silent seconds. Ends when the engine does."""
    filters = quote(json.dumps({"type": kinds, "event": actions}))
    return _events(engine.Response(f"/events?filters={filters}", timeout=silence))


def _events(response: engine.Response) -> Iterator[Any]:
    with response:
        pending = b""
        while True:
            try:
                chunk = response.read()
            except TimeoutError:
                yield None
                continue
            if not chunk:
                return
            *lines, pending = (pending + chunk).split(b"\n")
            yield from (json.loads(line) for line in lines if line)


def _container(data: Mapping[str, Any]) -> Container:
    state, labels = data["State"], data["Config"].get("Labels") or {}
    networks = data["NetworkSettings"].get("Networks") or {}
    return Container(
        identity=data["Id"],
        name=data["Name"].lstrip("/"),
        project=labels.get(PROJECT, ""),
        service=labels.get(SERVICE, ""),
        image=data["Config"]["Image"],
        status=state["Status"],
        health=_health(state.get("Health") or {}),
        exit_code=state["ExitCode"],
        restarts=data.get("RestartCount", 0),
        restart_policy=data["HostConfig"]["RestartPolicy"]["Name"] or "no",
        started_at=state["StartedAt"],
        addresses={name: network.get("IPAddress") or "" for name, network in networks.items()},
        volumes=frozenset(mount["Name"] for mount in data.get("Mounts", []) if mount["Type"] == "volume"),
        labels=labels,
        grace=float(data["Config"].get("StopTimeout") or 10),  # Docker's own default
    )


def _health(told: Mapping[str, Any]) -> str:
    """The engine calls whom it pauses unhealthy, until the next check after that, perhaps half a minute later."""
    status: str = told.get("Status", "").replace("none", "")
    if status == "unhealthy" and told.get("FailingStreak") == 0:
        return "healthy" if told.get("Log") else "starting"
    return status
