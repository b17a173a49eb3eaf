"""What has been released here, for people and for programs; and what containers have said."""

from __future__ import annotations

import json
from typing import Any

from . import bundle, console, containers, records, settings
from .fault import refused
from .run import run

SHORT = 12 + len("sha256:")


def show(as_json: bool) -> None:
    found, present = records.read_all(), records.current()
    if as_json:
        rows = [{**record.summary(), "current": record == present} for record in found]
        console.show(json.dumps(rows))
        return
    if not found:
        console.show("no releases yet; `cdktf deploy` makes the first record")
    for record in found:
        mark = "*" if record == present else " "
        what = f"{record.kind} of {record.of}" if record.of else record.kind
        console.show(f"{mark} {record.number:>4}  {record.at}  {what:<14} {record.outcome:<6} {record.seconds:>4} s  {record.by}")
        for name, image in sorted(record.images.items()):
            console.show(f"           {name:<20} {_short(image)}")
        if record.backup:
            console.show(f"           backup before the migration: {record.backup}")
        if record.reason:
            console.show(f"           {record.reason.splitlines()[0]}")


def current() -> dict[str, Any] | None:
    """For `status`."""
    record = records.current()
    return record.summary() if record else None


def logs(host: settings.Settings, service: str | None, lines: int, as_json: bool) -> None:
    console.conceal(bundle.parse_secrets(bundle.read_last()[1]).all)
    found = containers.find(f"{containers.PROJECT}={host.application.project}")
    names = sorted({container.service for container in found})
    if service and service not in names:
        raise refused(f"logs/{service}", "has no container", f"these have: {', '.join(names) or 'none'}")
    for container in found:
        if service not in (None, container.service):
            continue
        argv = ["docker", "logs", "--timestamps", "--tail", str(lines), container.identity]
        done = run(argv, check=False, timeout=60)
        # Two streams, each in order: their timestamps join them.
        for line in sorted([*done.output.splitlines(), *done.errors.splitlines()]):
            moment, _, text = line.partition(" ")
            if as_json:
                console.show(json.dumps({"time": moment, "service": container.service, "text": console.clean(text)}))
            else:
                console.show(f"{container.service:<16} {moment[:19]}Z {text}")


def _short(image: records.Image) -> str:
    repository, _, digest = image.reference.partition("@")
    return f"{image.asked}  {digest[:SHORT]}" if repository else f"{image.asked}  no image yet"
