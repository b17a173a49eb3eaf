"""Where containers keep what no backup holds: folders of the server that they mount, and volumes without a name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import containers, engine, layout, state
from ..fault import HostError
from ..settings import Backup, Settings
from ..site import application

SYSTEM = ("/proc", "/sys", "/dev", "/run", "/var/run", "/etc", "/usr", "/lib", "/var/log", "/var/lib/docker")


def find(host: Settings, plan: Backup) -> Iterator[str]:
    """One line a place. What PostgreSQL has beside its dumps is known."""
    told = set()
    for container in containers.find(f"{containers.PROJECT}={host.application.project}"):
        if container.service in plan.postgres:
            continue
        for mount in _mounts(container.identity):
            place = Path(mount.get("Source") or "/")
            where = f"{container.service} writes {mount.get('Destination')}"
            if mount.get("RW") and str(place) not in told and _is_unsaved(host, plan, mount, place):
                told.add(str(place))
                if mount.get("Type") == "volume":
                    yield f"{where}, a volume without a name, and no backup holds it: give it one in the compose file"
                else:
                    yield f"{where}, the server's {place}, and no backup holds it: use a named volume, or `paths`"


def _mounts(identity: str) -> list[dict[str, Any]]:
    try:
        return engine.get(f"/containers/{identity}/json").get("Mounts") or []
    except HostError:
        return []  # removed in between


def _is_unsaved(host: Settings, plan: Backup, mount: dict[str, Any], place: Path) -> bool:
    if mount.get("Type") == "volume":
        name = str(mount.get("Name"))
        return len(name) == 64 and all(letter in "0123456789abcdef" for letter in name) and _has_other_files(place, set())
    if mount.get("Type") != "bind" or not place.is_dir() or _lies_in(place, SYSTEM) or _lies_in(place, plan.paths):
        return False
    team = application.home(host.application) / "app"
    brought = {str(team / path) for path in state.read().get("files", [])}
    return not _lies_in(place, [str(layout.VOLUME)]) and _has_other_files(place, brought)


def _lies_in(place: Path, folders: tuple[str, ...] | list[str]) -> bool:
    return any(place == Path(folder) or Path(folder) in place.parents for folder in folders)


def _has_other_files(folder: Path, brought: set[str]) -> bool:
    """Whether there is a file that no deployment has brought."""
    return any(f"{place}/{name}" not in brought for place, _, names in os.walk(folder) for name in names)
