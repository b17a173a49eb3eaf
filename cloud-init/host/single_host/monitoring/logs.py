"""What containers have said."""

from __future__ import annotations

import json

from .. import bundle, console, containers, settings
from ..containers import Container
from ..fault import refused
from ..run import run


def show(host: settings.Settings, service: str | None, lines: int, as_json: bool) -> None:
    console.conceal(bundle.parse_secrets(bundle.read_last()[1]).all)
    found = containers.find(f"{containers.PROJECT}={host.application.project}")
    names = sorted({container.service for container in found})
    if service and service not in names:
        raise refused(f"logs/{service}", "has no container", f"these have: {', '.join(names) or 'none'}")
    width = max(map(len, names), default=0)
    said = [line for container in found if service in (None, container.service) for line in _said(container, lines)]
    # Of all services together, the newest lines; their timestamps join them.
    for moment, name, text in sorted(said)[-lines:]:
        if as_json:
            console.show(json.dumps({"time": moment, "service": name, "text": console.clean(text)}))
        else:
            console.show(f"{moment[:19]}Z  {name:<{width}}  {text}")


def _said(container: Container, lines: int) -> list[tuple[str, str, str]]:
    """Moment, service and text of its last lines, on both streams."""
    done = run(["docker", "logs", "--timestamps", "--tail", str(lines), container.identity], check=False, timeout=60)
    parted = (line.partition(" ") for line in [*done.output.splitlines(), *done.errors.splitlines()])
    return [(moment, container.service, text) for moment, _, text in parted]
