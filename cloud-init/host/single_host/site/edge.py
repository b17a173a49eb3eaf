"""Caddy, in a compose project of its own. Releases never touch it; it reloads only when its own files changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from .. import console, containers, files, layout, state
from ..bundle import Bundle, Secrets
from ..containers import Container
from ..fault import REFUSED, Fault, HostError, failed
from ..run import command_failed, retry, run
from ..settings import Settings
from . import basic_auth

PROJECT = "edge"
COMPOSE = layout.EDGE / "compose.yaml"
FOLDER = layout.EDGE / "caddy"  # mounted as a folder: a mounted file would keep its old inode after a rename


def prepare(settings: Settings, bundle: Bundle, secrets: Secrets) -> dict[str, bytes]:
    """All of Caddy's files, judged by Caddy itself before anything changes."""
    wanted = {"Caddyfile": bundle.text("Caddyfile"), **basic_auth.snippets(settings, secrets)}
    if wanted != _present():
        _validate(wanted, settings.machine.edge.image)
    candidate = layout.EDGE / ".next"
    files.clear_folder(candidate)
    files.draft(candidate / "compose.yaml", bundle.text("edge.yaml"))
    checked = run(_compose("config", "--quiet", file=candidate / "compose.yaml"), check=False)
    if checked.code != 0:
        raise HostError([Fault("edge.yaml", "docker compose refuses it")], checked.last_lines, REFUSED)
    return wanted


def start(wanted: Mapping[str, bytes], bundle: Bundle) -> bool:
    """Where no Caddy runs yet, it starts now: certificates come while the application does. Returns whether it did."""
    container = _caddy()
    if container and container.status == "running":
        return False
    _write(wanted, bundle)
    _up()
    if started := _caddy():
        state.update(edge_loaded=[started.identity, _digest(wanted)])
    return True


def differs(wanted: Mapping[str, bytes]) -> bool:
    """Whether Caddy would have to be told of these files."""
    container = _caddy()
    return container is None or state.read().get("edge_loaded") != [container.identity, _digest(wanted)]


def load(wanted: Mapping[str, bytes], bundle: Bundle) -> bool:
    """The application is well: now Caddy gets its new configuration. Returns whether it was touched."""
    before, digest = _caddy(), _digest(wanted)
    _write(wanted, bundle)
    _up()
    after = _caddy()
    if after is None or after.status != "running":
        raise failed("edge", "Caddy does not run", lines=log_lines(20))
    if state.read().get("edge_loaded") == [after.identity, digest]:
        return before is None or before.identity != after.identity
    if before is None or before.started_at == after.started_at:
        retry("edge", lambda: _reload(after), lasting=15)
        console.say("edge: configuration reloaded")
    state.update(edge_loaded=[after.identity, digest])
    return True


def _validate(wanted: Mapping[str, bytes], image: str) -> None:
    candidate = layout.EDGE / ".candidate"
    files.clear_folder(candidate)
    for path, content in wanted.items():
        files.draft(candidate / path, content, 0o640)
    argv = ["docker", "run", "--rm", "--network", "none", "--volume", f"{candidate}:/etc/caddy:ro", image]
    argv += ["caddy", "validate", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
    result = run(argv, check=False, timeout=120)
    if result.code != 0:
        lines = [line for line in result.last_lines if line.startswith("Error")] or result.last_lines[-5:]
        raise HostError([Fault("Caddyfile", "Caddy refuses it", "the old one stays in force")], lines, REFUSED)


def _present() -> dict[str, bytes]:
    return {str(path.relative_to(FOLDER)): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}


def _write(wanted: Mapping[str, bytes], bundle: Bundle) -> None:
    files.make_folder(layout.EDGE / "log")
    files.write_if_different(COMPOSE, bundle.text("edge.yaml"))
    for path, content in wanted.items():
        files.write_if_different(FOLDER / path, content, 0o640)
    for path in set(_present()) - set(wanted):
        files.remove(FOLDER / path)


def _digest(wanted: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path in sorted(wanted):
        total.update(path.encode() + b"\0" + wanted[path] + b"\0")
    return total.hexdigest()


def _up() -> None:
    run(_compose("up", "--detach", "--quiet-pull", "--remove-orphans"), timeout=300)


def _reload(container: Container) -> None:
    argv = ["docker", "exec", container.identity, "caddy", "reload"]
    argv += ["--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
    result = run(argv, check=False, timeout=60)
    if result.code != 0:
        raise command_failed(argv, result)


def _caddy() -> Container | None:
    found = containers.find(f"{containers.PROJECT}={PROJECT}", f"{containers.SERVICE}=caddy")
    return found[0] if found else None


def _compose(*arguments: str, file: Path = COMPOSE) -> list[str]:
    head = ["docker", "compose", "--project-name", PROJECT, "--project-directory", str(layout.EDGE)]
    return [*head, "--env-file", "/dev/null", "--file", str(file), *arguments]


def log_lines(count: int) -> list[str]:
    """Caddy's last errors, as sentences, each once."""
    container = _caddy()
    if container is None:
        return []
    result = run(["docker", "logs", "--tail", "300", container.identity], check=False, timeout=30)
    lines: dict[str, None] = {}
    for line in (result.errors + result.output).splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("level") in ("error", "fatal"):
            words = (f"{entry.get('msg')}:", entry.get("identifier", ""), entry.get("error", ""))
            lines[" ".join(filter(None, ("caddy |", *words)))[:400]] = None
    return list(lines)[-count:]
