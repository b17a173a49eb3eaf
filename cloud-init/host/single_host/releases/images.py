"""Images of releases: named, pulled, known by digest from then on; those that no record needs any more are removed."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .. import console, engine, files, layout, progress
from ..bundle import Secrets
from ..fault import Fault, HostError, failed, refused
from ..run import retry, run
from ..site import local_images, pulling

NAME = re.compile(
    r"(?P<repository>(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
HUB = "docker.io"
ROOM = 1024**3  # bytes that stay free whatever an image takes
DOCKER = Path("/var/lib/docker")
LOGIN = layout.RUN / "login"
CLOSED = ("denied", "unauthorized", "authentication required", "forbidden")  # what registries say to strangers


@dataclass(frozen=True)
class Login:
    username: str
    password: str


def repository(image: str) -> str:
    """In full: `nginx` is docker.io/library/nginx."""
    found = NAME.fullmatch(image)
    name = found["repository"] if found else image.partition("@")[0]
    first, slash, _ = name.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        return name.removeprefix("index.")
    return f"{HUB}/{name if slash else f'library/{name}'}"


def registry(image: str) -> str:
    return repository(image).partition("/")[0]


def check(path: str, image: str) -> None:
    if len(image) > 512 or not NAME.fullmatch(image):
        raise refused(
            path, f"{image!r} is not the name of an image", "as in ghcr.io/owner/app:1.2 or ghcr.io/owner/app@sha256:..."
        )


@contextmanager
def logged_in(secrets: Secrets, images: Iterable[str], login: Login | None) -> Iterator[Path]:
    """A Docker client's folder for one release: the lasting passwords, and the one that came with it, on tmpfs."""
    if login is None:
        yield pulling.REGISTRY_LOGIN
        return
    auths = pulling.auths(secrets)
    pair = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
    for name in {registry(image) for image in images}:
        auths[pulling.DOCKER_HUB if name == HUB else name] = {"auth": pair}
    files.make_folder(LOGIN, 0o700)
    try:
        files.write(LOGIN / "config.json", json.dumps({"auths": auths}), 0o600)
        yield LOGIN
    finally:
        files.remove_folder(LOGIN)


def pull(images: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Service -> reference by digest. A tag is asked for once; what it meant then is what this release means."""
    found: dict[str, str] = {}
    for name in sorted(set(images.values())):
        path = next(f"release/{service}" for service, image in sorted(images.items()) if image == name)
        if "@" not in name or not local_images.present(name):
            with progress.timed(f"image {name}"):
                # A mistyped name is told at once; a registry has bad minutes.
                try:
                    retry(f"image {name}", partial(local_images.pull, name, folder), lasting=60, final=local_images.is_final)
                except HostError as error:
                    raise HostError([why_not_pulled(name, folder, error)], error.lines, error.code) from None
        found[name] = digest(path, name)
    return {service: found[image] for service, image in images.items()}


def why_not_pulled(image: str, folder: Path, error: HostError) -> Fault:
    """Registries say the same of a private image, a wrong password and a name that nobody has: who asked tells more."""
    if not any(word in line.lower() for word in CLOSED for line in error.lines):
        return error.faults[0]
    name = registry(image)
    user = _user(folder, name)
    if user:
        remedy = "check the password, that it may read packages, and the image's name"
        return Fault(f"image {image}", f"cannot be pulled: {name} refuses what {user} gave as the password", remedy)
    remedy = "check its name; a private one wants `--username NAME --password-stdin` at the release, or `registries` in the stack"
    return Fault(f"image {image}", f"cannot be pulled: {name} shows it to nobody without a password", remedy)


def _user(folder: Path, name: str) -> str:
    """Who is logged in to a registry."""
    try:
        auths = json.loads((folder / "config.json").read_bytes())["auths"]
        pair = auths[pulling.DOCKER_HUB if name == HUB else name]["auth"]
        return base64.b64decode(pair).decode().partition(":")[0]
    except (OSError, ValueError, KeyError):
        return ""


def digest(path: str, image: str) -> str:
    own = NAME.fullmatch(image)
    if own and own["digest"]:
        return f"{own['repository']}@{own['digest']}"
    known = local_images.inspect(image).get("RepoDigests") or []
    for reference in known:
        if repository(reference) == repository(image):
            return str(reference)
    raise failed(path, f"{image} has no digest", "push it to a registry, and release it from there")


def digest_of_present(image: str) -> str:
    try:
        return digest("image", image)
    except HostError:
        return ""


def make_room(images: Iterable[str], present: Iterable[str], kept: Iterable[str]) -> None:
    """The new image will be about as large as the present one."""
    largest = max((_size(image) for image in present), default=0)
    needed = ROOM + largest
    if _free() < needed:
        prune([*images, *present], kept)
    if (free := _free()) < needed:
        raise failed(
            "disk",
            f"{free // 1024**2} MiB are free, and a release wants {needed // 1024**2}",
            "remove what is not needed (`docker system df` shows images and logs), or choose a larger server",
        )


def prune(released: Iterable[str], kept: Iterable[str]) -> list[str]:
    """Images of released repositories that neither a container nor a kept record needs."""
    repositories = {repository(image) for image in released}
    needed = {local_images.identity(image) for image in kept} | {c["ImageID"] for c in engine.get("/containers/json?all=1")}
    gone = []
    for image in engine.get("/images/json"):
        names = [name for name in [*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ())] if "<none>" not in name]
        if image["Id"] in needed or not names or not all(repository(name) in repositories for name in names):
            continue
        if run(["docker", "image", "rm", "--force", image["Id"]], check=False).code == 0:
            gone.append(names[0])
            console.say(f"image {names[0]}: no record needs it any more; removed")
    return gone


def _size(image: str) -> int:
    try:
        return int(local_images.inspect(image)["Size"])
    except HostError:
        return 0


def _free() -> int:
    return shutil.disk_usage(DOCKER if DOCKER.is_dir() else "/").free
