"""The named volumes that live on the data volume: folders there, bound into Docker's volumes, never made beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from .. import console, containers, engine, files, layout, progress, settings, volumes
from ..containers import Container
from ..fault import REFUSED, Fault, HostError, failed
from ..run import run
from ..settings import NamedVolume, Settings
from . import data_disk
from .folders import differences

FOLDERS = layout.VOLUME / "volumes"
MOVING = ".single-host-moving"
KEPT_FREE = 64 * 1024**2


def judge(host: Settings) -> None:
    """Before anything is changed: no volume's data may end up hidden, nor an empty folder in the place of data."""
    present = _present()
    wanted = {volume.name: volume for volume in host.data_volume.volumes} if host.data_volume else {}
    faults = [
        Fault(
            f"dataVolume/volumes/{folder.name}",
            f"the data of {name} lies on the data volume, and the stack does not say so any more",
            f"name {folder.name} in dataVolume again; to give it up, `sudo docker volume rm {name}` once it is not used",
        )
        for name, found in sorted(present.items())
        if (folder := _folder_of(found)) is not None and (name not in wanted or wanted[name].folder != folder.name)
    ]
    faults += [fault for name, volume in wanted.items() if (fault := _movable(host, volume, present.get(name)))]
    if not faults and host.data_volume:
        disk = data_disk.look(host.data_volume.device)
        if not data_disk.is_mounted(disk) and disk.kind != data_disk.BLANK:
            data_disk.mount(disk)  # it changes nothing on it, and what is there has to be seen
        faults = [fault for name, volume in wanted.items() if (fault := _fitting(volume, present.get(name)))]
    if faults:
        raise HostError(faults, code=REFUSED)


def converge(host: Settings) -> list[str]:
    """The disk, a folder for each volume, and Docker's volumes bound to them; what lies elsewhere is moved."""
    plan = host.data_volume
    if plan is None:
        return data_disk.leave()
    changes = data_disk.ready(data_disk.look(plan.device), plan.size_mebibytes)
    files.make_folder(FOLDERS, 0o700)
    present = _present()
    for volume in plan.volumes:
        found = present.get(volume.name)
        if found is not None and _folder_of(found) is not None:
            continue
        if found is not None:
            _move(volume, Path(found["Mountpoint"]))
        _create(host, volume)
        changes.append(f"{volume.name} moved" if found is not None else volume.name)
    for change in changes:
        console.say(f"data volume: {change}")
    return changes


def start_again() -> list[str]:
    """What Docker could not start at boot because the volume was not there yet."""
    host = settings.load()
    names = {volume.name for volume in host.data_volume.volumes} if host.data_volume else set()
    engine.wait()
    waiting = [
        container
        for container in containers.find(f"{containers.PROJECT}={host.application.project}")
        if container.status in ("exited", "created")
        and container.restart_policy in ("always", "unless-stopped")
        and container.volumes & names
    ]
    for container in waiting:
        run(["docker", "start", container.identity])
    return [f"{container.service} started" for container in waiting]


def _present() -> dict[str, Any]:
    return {found["Name"]: found for found in engine.get("/volumes")["Volumes"] or []}


def _folder_of(found: Any) -> Path | None:
    """The folder on the data volume that a volume of Docker's is bound to."""
    options = found.get("Options") or {}
    device = Path(options.get("device", ""))
    return device if options.get("o") == "bind" and device.parent == FOLDERS else None


def _movable(host: Settings, volume: NamedVolume, found: Any) -> Fault | None:
    path = f"dataVolume/volumes/{volume.folder}"
    if found is None or _folder_of(found) is not None:
        return None
    if found["Driver"] != "local" or found.get("Options"):
        return Fault(path, f"{volume.name} is kept elsewhere already, by {found['Driver']}", f"remove that volume: {volume.name}")
    project = host.application.project
    strangers = [user.name for user in containers.mounting(volume.name) if user.project != project]
    if strangers:
        return Fault(path, f"{', '.join(strangers)} of another project uses it", "remove that container: the volume is moved")
    return None


def _fitting(volume: NamedVolume, found: Any) -> Fault | None:
    """Data in two places, or in a place that is not here."""
    path, folder = f"dataVolume/volumes/{volume.folder}", FOLDERS / volume.folder
    if found is None:
        return None
    if _folder_of(found) is None:
        source = Path(found["Mountpoint"])
        if _has_data(folder) and _has_data(source) and differences(source, folder):
            return Fault(
                path,
                f"{source} has data, and so has {folder}",
                f"keep one: move the other's files away, or `sudo docker volume rm {volume.name}` once it is not used",
            )
    elif not folder.is_dir() and not volumes.beside(folder, volumes.BEFORE).is_dir():  # a killed restore: `recover` undoes it
        return Fault(
            path,
            f"the data of {volume.name} lies on another disk than the one that is attached",
            f"attach that one again; to begin anew, `sudo docker volume rm {volume.name}` once it is not used",
        )
    return None


def _move(volume: NamedVolume, source: Path) -> None:
    """Copied and compared before the old one goes. A run that is killed anywhere leaves one whole copy, and a way on."""
    target = FOLDERS / volume.folder
    if not _has_data(target):
        _need_room(volume, source)
    users = containers.mounting(volume.name)
    stopped = _stop(users)
    try:
        if _has_data(source) and _has_data(target):
            _expect_same(source, target)  # a killed run has copied it
        elif _has_data(source):
            with progress.timed(f"data volume: moving {volume.name}"):
                _copy(source, target)
    except BaseException:
        for user in stopped:
            run(["docker", "start", user.identity], check=False)
        raise
    for user in users:  # compose makes them again: a container keeps the place of its volumes for life
        run(["docker", "rm", user.identity])
    run(["docker", "volume", "rm", volume.name])


def _copy(source: Path, target: Path) -> None:
    beginning = FOLDERS / f"{MOVING}-{target.name}"
    files.remove_folder(beginning)
    try:
        files.make_folder(beginning, 0o700)
        run(["cp", "--archive", "--", f"{source}/.", str(beginning)], timeout=86400)
        run(["sync", "--file-system", str(beginning)], timeout=3600)
        _expect_same(source, beginning)
        if target.exists():
            target.rmdir()
        beginning.rename(target)
        run(["sync", "--file-system", str(target)], timeout=3600)
    except BaseException:
        files.remove_folder(beginning)
        raise


def _expect_same(source: Path, copy: Path) -> None:
    if found := differences(source, copy):
        raise failed(str(source), f"differs from its copy {copy}, so it stays in use where it is", "deploy again", found[:5])


def _create(host: Settings, volume: NamedVolume) -> None:
    """By this program, not by compose: a way back to the configuration before must find it here too."""
    files.make_folder(FOLDERS / volume.folder)
    options = {"type": "none", "o": "bind", "device": str(FOLDERS / volume.folder)}
    labels = {containers.PROJECT: host.application.project, "com.docker.compose.volume": volume.folder}
    run(
        [
            *("docker", "volume", "create", "--driver", "local"),
            *(word for name, value in options.items() for word in ("--opt", f"{name}={value}")),
            *(word for name, value in labels.items() for word in ("--label", f"{name}={value}")),
            volume.name,
        ]
    )


def _need_room(volume: NamedVolume, source: Path) -> None:
    needed = int(run(["du", "--summarize", "--block-size=1", "--", str(source)], timeout=3600).output.split()[0])
    free = shutil.disk_usage(FOLDERS).free - KEPT_FREE
    if needed > free:
        raise failed(
            f"dataVolume/volumes/{volume.folder}",
            f"needs {needed // 1024**2} MiB, and the data volume has {max(free, 0) // 1024**2} MiB free",
            "make the data volume larger",
        )


def _stop(users: list[Container]) -> list[Container]:
    running = [user for user in users if user.status in ("running", "restarting", "paused")]
    for user in running:
        console.say(f"{user.service}: stopped while its volume is moved")
        run(["docker", "stop", user.identity], check=False)
    return running


def _has_data(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
