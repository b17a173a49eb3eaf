"""The images on this server: fetched by the engine where they are missing, and what it knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .. import engine, progress
from ..fault import REFUSED, Fault, HostError
from ..run import retry
from . import pulling

NO_VARIANT = "no matching manifest"
NO_ROOM = "no space left on device"
# What registries say of an image that is not there; a private one that is not there "denies" too.
ABSENT = ("not found", "manifest unknown", "does not exist", "denied", "unauthorized", "name unknown")


def fetch(images: Iterable[str]) -> dict[str, HostError]:
    """Pulls what is not there. Returns the images that no registry has, each with what was said of it."""
    missing = sorted(image for image in set(images) if not present(image))
    absent: dict[str, HostError] = {}

    def bring(image: str) -> None:
        try:
            with progress.timed(f"image {image}"):
                retry(f"image {image}", lambda: pull(image, pulling.REGISTRY_LOGIN), lasting=120, final=is_final)
        except HostError as error:
            if not _is_absent(error):
                raise
            absent[image] = error

    with ThreadPoolExecutor(3) as pool:
        for _ in pool.map(bring, missing):
            pass
    return absent


def pull(image: str, login: Path) -> None:
    """`login` is the folder of a Docker client that knows the registry's password."""
    try:
        pulling.pull(image, login)
    except HostError as error:
        if any(NO_VARIANT in line for line in error.lines):
            raise HostError([_foreign(f"image {image}", image, "other processors")], code=REFUSED) from None
        if any(NO_ROOM in line for line in error.lines):
            remedy = "remove what is not needed (`docker system df` shows images and logs), or choose a larger server"
            raise HostError([Fault(f"image {image}", "finds no room on the disk", remedy)], error.lines) from None
        raise


def refuse_foreign(images: Mapping[str, str]) -> None:
    """An image for another processor is pulled without a word, and ends with "exec format error". Images by path."""
    own = _architecture()
    found = {path: str(inspect(image)["Architecture"]) for path, image in images.items() if present(image)}
    faults = [_foreign(path, images[path], built) for path, built in sorted(found.items()) if built != own]
    if faults:
        raise HostError(faults, code=REFUSED)


def _foreign(path: str, image: str, built: str) -> Fault:
    own = _architecture()
    remedy = f"build it for {own} (docker buildx build --platform linux/{own}), or choose another server type"
    return Fault(path, f"{image} is for {built}, and this server is {own}", remedy)


def _architecture() -> str:
    return str(engine.get("/version")["Arch"])


def is_final(error: HostError) -> bool:
    return error.code == REFUSED or _is_absent(error) or any(NO_ROOM in line for line in error.lines)


def _is_absent(error: HostError) -> bool:
    return any(word in line for word in ABSENT for line in error.lines)


def present(image: str) -> bool:
    return engine.exists(_address(image))


def inspect(image: str) -> Any:
    """What the engine knows of one that is here."""
    return engine.get(_address(image))


def _address(image: str) -> str:
    return f"/images/{quote(image, safe='')}/json"


def hidden_volumes(image: str) -> bool:
    """An image may declare volumes of its own: compose carries them over to a successor, and to no second container."""
    try:
        return bool((inspect(image).get("Config") or {}).get("Volumes"))
    except HostError:
        return False


def identity(image: str) -> str:
    try:
        return str(inspect(image)["Id"])
    except HostError:
        return "absent"
