"""Pulls an image through the engine's own interface, which tells how far it is: a registry that stands still is noticed.

The `docker` command would wait for it without end, and says nothing while it is not at a terminal.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

from .. import engine, files, layout
from ..bundle import Secrets
from ..fault import HostError, failed

DOCKER_HUB = "https://index.docker.io/v1/"
REGISTRY_LOGIN = layout.STATE / "docker"
SILENCE = 120.0  # seconds without a byte or a word; unpacking a large layer speaks too


def log_in(secrets: Secrets) -> None:
    """Registry passwords for the Docker client, in root's own folder."""
    files.make_folder(REGISTRY_LOGIN, 0o700)
    files.write_if_different(REGISTRY_LOGIN / "config.json", json.dumps({"auths": auths(secrets)}), 0o600)


def auths(secrets: Secrets) -> dict[str, dict[str, str]]:
    found = {}
    for registry, entry in secrets.registry.items():
        pair = f"{entry['username']}:{entry['password']}".encode()
        found[DOCKER_HUB if registry == "docker.io" else registry] = {"auth": base64.b64encode(pair).decode()}
    return found


def pull(image: str, login: Path) -> None:
    """`login` is the folder of a Docker client that knows the registry's password."""
    name, _, tag = image.rpartition(":")
    if "@" in image or not name or "/" in tag:
        name, tag = image, "" if "@" in image else "latest"
    path = f"/images/create?fromImage={quote(name, safe='')}&tag={quote(tag, safe='')}"
    try:
        with engine.Response(path, SILENCE, method="POST", headers=_authorization(image, login)) as response:
            said = b"".join(response.chunks()).splitlines()
    except (HostError, OSError) as error:
        if isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError):
            raise _failed(image, f"the registry has said nothing for {SILENCE:.0f} s") from None
        raise _failed(image, f"docker engine: {error}") from None
    errors = [str(entry.get("error") or entry.get("message")) for entry in map(_read, said) if _is_error(entry, response.status)]
    if errors or response.status != 200:
        raise _failed(image, errors[-1] if errors else f"the engine answered {response.status}")


def _failed(image: str, reason: str) -> HostError:
    return failed(f"image {image}", "cannot be pulled", lines=[reason])


def _is_error(entry: dict[str, object], status: int) -> bool:
    return "error" in entry or (status != 200 and "message" in entry)


def _read(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _authorization(image: str, login: Path) -> dict[str, str]:
    """As the `docker` command sends it, from the same file."""
    first, slash, _ = image.partition("/")
    named = slash and (first == "localhost" or "." in first or ":" in first)
    registry = first if named and not first.endswith("docker.io") else DOCKER_HUB
    try:
        known = json.loads((login / "config.json").read_bytes()).get("auths") or {}
        pair = base64.b64decode(known[registry]["auth"]).decode()
    except (FileNotFoundError, ValueError, KeyError):
        return {}
    username, _, password = pair.partition(":")
    entry = {"username": username, "password": password, "serveraddress": registry}
    return {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(entry).encode()).decode()}
