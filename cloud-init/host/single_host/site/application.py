"""The team's compose application: its files, its services, its containers.

Settings and secrets reach compose in the environment of its process, so no value is ever in argv or in a file here.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import console, containers, engine, files, layout, state
from ..bundle import Bundle, Secrets
from ..containers import Container
from ..fault import REFUSED, Fault, HostError, failed, refused
from ..machine.docker import NETWORK
from ..run import Result, run, succeeds
from ..settings import Application
from ..settings import Service as Known
from . import local_images, pulling

CONFIG_HASH = "com.docker.compose.config-hash"
DIGEST = "SINGLE_HOST_DIGEST_"  # and a secret's name: the overlay makes labels of these, so that compose sees a new value
IMAGES = "images.yaml"  # the third compose file: what releases have put in place of the stack's images


@dataclass(frozen=True)
class Compose:
    """One compose project: where its files are and what its process may see."""

    application: Application
    folder: Path  # holds app/ and overlay.yaml
    environment: Mapping[str, str]

    def argv(self, *arguments: str) -> list[str]:
        application, team = self.application, self.folder / "app"
        profiles = [word for profile in application.profiles for word in ("--profile", profile)]
        return [
            *("docker", "compose", "--project-name", application.project, "--project-directory", str(team)),
            *("--env-file", "/dev/null", "--file", str(team / application.compose_file)),
            *("--file", str(self.folder / "overlay.yaml"), *self._images(), *profiles, *arguments),
        ]

    def _images(self) -> list[str]:
        file = self.folder / IMAGES
        return ["--file", str(file)] if file.exists() else []

    def run(self, *arguments: str, timeout: float = 300) -> Result:
        return run(self.argv(*arguments), env=self.environment, timeout=timeout)


@dataclass(frozen=True)
class Service:
    """A service as compose understands it, after all merging."""

    name: str
    image: str
    config_hash: str
    depends_on: frozenset[str]
    instances: int = 1
    alone: str = ""  # why two generations of it cannot run at once; "" when they can


def compose(application: Application, secrets: Secrets, folder: Path | None = None) -> Compose:
    values = {name: secrets.application[name] for name in application.secrets if name in secrets.application}
    key = _digest_key()
    digests = {DIGEST + name: hmac.digest(key, value.encode(), "sha256").hex()[:16] for name, value in values.items()}
    login = {"DOCKER_CONFIG": str(pulling.REGISTRY_LOGIN)}
    return Compose(application, folder or home(application), {**application.settings, **values, **digests, **login})


def _digest_key() -> bytes:
    """This server's own: with a bare hash, who may look at containers could try short secrets out."""
    path = layout.STATE / "digest-key"
    if not path.exists():
        files.make_folder(layout.STATE, 0o700)
        files.write(path, os.urandom(32), 0o600)
    return path.read_bytes()


def home(application: Application) -> Path:
    return layout.SRV / application.name


def stage(application: Application, bundle: Bundle, secrets: Secrets, images: Mapping[str, str]) -> Compose:
    """The bundle in a folder beside the real one, for compose to judge before anything changes."""
    folder = home(application) / ".next"
    files.clear_folder(folder)
    files.make_folder(folder / "app")
    for path, file in bundle.application_files.items():
        files.draft(folder / "app" / path, file.content, file.mode)
    files.draft(folder / "overlay.yaml", bundle.text("overlay.yaml"))
    if images:
        files.draft(folder / IMAGES, _images_text(images))
    return compose(application, secrets, folder)


def can_be_judged() -> bool:
    return engine.answers() and succeeds(["docker", "compose", "version"])


def _images_text(images: Mapping[str, str]) -> bytes:
    """JSON is YAML too."""
    text = json.dumps({"services": {name: {"image": image} for name, image in sorted(images.items())}}, indent=1)
    return f"# Written by single-host: the images of releases.\n{text}\n".encode()


def services(project: Compose) -> dict[str, Service]:
    try:
        shown = project.run("config", "--format", "json")
    except HostError as error:
        where = f"app/{project.application.compose_file}"
        raise HostError([Fault(where, "docker compose refuses it")], error.lines, REFUSED) from None
    for line in shown.errors.splitlines():
        if "variable is not set" in line:
            console.warn(line.partition("msg=")[2].strip('"').replace('\\"', '"') or line)
    config = json.loads(shown.output)["services"]
    hashes = dict(line.split() for line in project.run("config", "--hash", "*").output.splitlines())
    return {
        name: Service(
            name,
            _image(name, service),
            hashes.get(name, ""),
            frozenset(service.get("depends_on") or ()),
            _instances(service),
            _why_alone(service, project.application.services.get(name)),
        )
        for name, service in config.items()
    }


def _instances(service: Mapping[str, Any]) -> int:
    replicas = (service.get("deploy") or {}).get("replicas", service.get("scale"))
    return replicas if isinstance(replicas, int) and replicas > 0 else 1


def _why_alone(service: Mapping[str, Any], known: Known | None) -> str:
    """Two that write the same files spoil them; a name, an address or the host's network can be had once."""
    if known and known.runs_twice:
        return ""
    for mount in service.get("volumes") or ():
        if mount.get("type") in ("volume", "bind") and not mount.get("read_only"):
            return f"it writes {mount.get('source') or mount.get('target')}"
    if str(service.get("network_mode", "")).startswith(("host", "service:", "container:")):
        return f"it uses the network of {service['network_mode']}"
    if any((network or {}).get("ipv4_address") for network in (service.get("networks") or {}).values()):
        return "it has an address of its own"
    return ""


def _image(name: str, service: Mapping[str, Any]) -> str:
    if image := service.get("image"):
        return str(image)
    raise refused(f"services/{name}/image", "is not set: nothing is built on the server", f"give {name} an entry in `images`")


def without(wanted: Mapping[str, Service], images: Iterable[str]) -> dict[str, Service]:
    """The services that can run without these images: dependents of a missing one wait with it."""
    gone = {name for name, service in wanted.items() if service.image in set(images)}
    while more := {name for name, service in wanted.items() if name not in gone and service.depends_on & gone}:
        gone |= more
    return {name: service for name, service in wanted.items() if name not in gone}


def sync(application: Application, bundle: Bundle, images: Mapping[str, str]) -> list[str]:
    """Puts the files in place. Removes those that an earlier bundle brought; never what containers have written."""
    folder = home(application)
    team, wanted = folder / "app", bundle.application_files
    files.make_folder(team)
    brought = [path for path in state.read().get("files", []) if isinstance(path, str)]
    # Remembered first: a run that is killed in between still knows all that it may have brought.
    state.update(files=sorted({*brought, *wanted}))
    # What goes goes first: its place may be a folder's now.
    gone = [path for path in brought if path not in wanted and not (team / path).is_dir() and files.remove(team / path)]
    files.remove_empty_folders(team, gone)
    for path in wanted:
        _make_way(team, path)
    changed = [path for path, file in wanted.items() if files.write_if_different(team / path, file.content, file.mode)]
    if files.write_if_different(folder / "overlay.yaml", bundle.text("overlay.yaml")):
        changed.append("overlay.yaml")
    if files.write_if_different(folder / IMAGES, _images_text(images)) if images else files.remove(folder / IMAGES):
        changed.append(IMAGES)
    state.update(files=sorted(wanted))
    return sorted(changed + gone)


def _make_way(team: Path, path: str) -> None:
    """Docker makes an empty folder of a mounted file that is not there: the file takes its place when it comes."""
    if not (team / path).is_dir():
        return
    try:
        (team / path).rmdir()
    except OSError:
        raise failed(f"app/{path}", "is a folder on the server, and not empty", f"move {team / path} away") from None


def settled(service: Service, containers: Iterable[Container]) -> bool:
    """True when this service needs nothing: same configuration, same image, and running or rightly finished."""
    own = [container for container in containers if container.service == service.name]
    return bool(own) and all(
        container.labels.get(CONFIG_HASH) == service.config_hash
        and container.labels.get("com.docker.compose.image", "") == local_images.identity(service.image)
        and (container.serves or finished(container))
        for container in own
    )


def finished(container: Container) -> bool:
    """A one-shot that exited with 0 has succeeded."""
    return container.status == "exited" and container.exit_code == 0 and container.restart_policy in ("no", "on-failure")


def strangers(application: Application, wanted: Iterable[str]) -> list[Container]:
    """Containers of services that are in the project no more, or are left out."""
    known = set(wanted)
    return [one for one in containers.find(f"{containers.PROJECT}={application.project}") if one.service not in known]


def remove_strangers(application: Application, wanted: Iterable[str]) -> None:
    """Those that are in the way of what comes. One that serves and owns nothing may go on until its successor does."""
    for container in strangers(application, wanted):
        if not (container.serves and container.addresses.get(NETWORK) and _owns_nothing(container)):
            tell_of_stranger(container)
            run(["docker", "stop", container.identity])
            run(["docker", "rm", container.identity])


def tell_of_stranger(container: Container) -> None:
    console.say(f"{container.service}: not part of the application any more; removing {container.name}")


def _owns_nothing(container: Container) -> bool:
    """No port of the server's, and no place where its successor may write too."""
    try:
        found = engine.get(f"/containers/{container.identity}/json")
    except HostError:
        return False
    return not any(mount.get("RW") for mount in found.get("Mounts") or ()) and not found["HostConfig"].get("PortBindings")
