"""The data volume as a disk: waited for, formatted when it is blank and never otherwise, mounted before Docker, grown."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from .. import console, files, layout
from ..fault import failed, refused
from ..run import run

DEVICE_PATIENCE = 120.0  # a cloud attaches a volume within seconds; a bad minute is one
GROWTH_PATIENCE = 30.0
FSTAB = Path("/etc/fstab")
# Docker waits for it as long as systemd does; a server without its volume still boots and can be looked at.
OPTIONS = "defaults,nofail,x-systemd.device-timeout=90s,x-systemd.before=docker.service"
LABEL = "single-host"
BLANK = ""
NOTHING_FOUND = 2
MEBIBYTE = 1024**2
PROBED = ((0, 4 * MEBIBYTE), (-MEBIBYTE, MEBIBYTE))  # where file systems, tables and arrays have their marks


@dataclass(frozen=True)
class Disk:
    device: str
    kind: str  # ext4, or BLANK
    uuid: str


def look(device: str) -> Disk:
    """What is on the device. Anything but ext4 or nothing at all is refused: it is somebody's data."""
    _wait(device)
    probed = run(["blkid", "-p", "-o", "export", device], check=False)
    found = dict(line.partition("=")[::2] for line in probed.output.splitlines() if "=" in line)
    if found.get("TYPE") == "ext4" and "PTTYPE" not in found:
        return Disk(device, "ext4", found["UUID"])
    kind = found.get("TYPE") or (f"a partition table ({found['PTTYPE']})" if "PTTYPE" in found else "")
    if not kind and probed.code == NOTHING_FOUND and _is_zero(device):
        return Disk(device, BLANK, "")
    said = kind or "data that is no file system known here"
    raise refused(
        "dataVolume",
        f"{device} holds {said}: a data volume is blank or ext4",
        f"attach another volume; or, when nothing on it is needed, `sudo blkdiscard --force --zeroout {device}` and deploy again",
    )


def ready(disk: Disk, size_mebibytes: int | None) -> list[str]:
    """Formatted, mounted at every boot and now, and as large as the device."""
    changes = []
    if disk.kind == BLANK and not is_mounted(disk):
        console.say(f"data volume: {disk.device} is blank; making a file system")
        run(["mkfs.ext4", "-q", "-m", "1", "-L", LABEL, disk.device])
        run(["udevadm", "settle", "--timeout=30"], check=False)  # systemd has to know the new UUID before it is mounted
        disk = look(disk.device)
        changes.append("formatted")
    return changes + mount(disk) + _grow(disk, size_mebibytes)


def mount(disk: Disk) -> list[str]:
    """Now and at every boot."""
    changes = []
    mounted = is_mounted(disk)
    if _write_fstab(f"UUID={disk.uuid} {layout.VOLUME} ext4 {OPTIONS} 0 2"):
        run(["systemctl", "daemon-reload"])
        changes.append("fstab")
    if not mounted:
        _mount()
        changes.append("mounted")
    return changes


def is_mounted(disk: Disk) -> bool:
    """Another disk in its place is an error: what is on that one would be hidden, or this one's never used."""
    if not os.path.ismount(layout.VOLUME):
        return False
    if layout.VOLUME.stat().st_dev != Path(disk.device).stat().st_rdev:
        raise refused(
            "dataVolume",
            f"another disk than {disk.device} is mounted at {layout.VOLUME}",
            f"stop the services whose data is there, `sudo umount {layout.VOLUME}`, and deploy again",
        )
    return True


def at_boot(device: str) -> list[str]:
    """The volume may come later than systemd waits, and Docker has then given up on what lives there."""
    if not _line() or os.path.ismount(layout.VOLUME):
        return []
    if f"UUID={look(device).uuid} " not in _line():
        return []  # another disk than before: the next apply judges it
    _mount()
    from . import data_volume

    return ["data volume mounted", *data_volume.start_again()]


def leave() -> list[str]:
    """The host has no data volume any more, and nothing lies on it."""
    if not _write_fstab(None):
        return []
    if os.path.ismount(layout.VOLUME):
        run(["umount", str(layout.VOLUME)])
    run(["systemctl", "daemon-reload"])
    return ["unmounted"]


def _wait(device: str) -> None:
    deadline, told = time.monotonic() + DEVICE_PATIENCE, False
    while not Path(device).is_block_device():
        if time.monotonic() > deadline:
            raise failed(
                "dataVolume",
                f"{device} is not there after {DEVICE_PATIENCE:.0f} s",
                "is the volume attached to this server? `cdktf diff` shows what is missing",
            )
        if not told:
            console.say(f"data volume: waiting for {device}")
            told = True
        time.sleep(0.5)


def _is_zero(device: str) -> bool:
    """blkid says "nothing" of what it can't read and does not know, too: a blank disk is zeros."""
    with Path(device).open("rb", buffering=0) as disk:
        for offset, length in PROBED:
            disk.seek(offset, os.SEEK_SET if offset >= 0 else os.SEEK_END)
            while length > 0 and (chunk := disk.read(min(length, MEBIBYTE))):
                if chunk.strip(b"\0"):
                    return False
                length -= len(chunk)
    return True


def _mount() -> None:
    files.make_folder(layout.VOLUME)
    if any(layout.VOLUME.iterdir()):
        raise failed(str(layout.VOLUME), "has files of the server's own disk", "move them away: the data volume would hide them")
    run(["mount", str(layout.VOLUME)])


def _grow(disk: Disk, size_mebibytes: int | None) -> list[str]:
    device = Path(disk.device).resolve()
    with contextlib.suppress(OSError):  # not every kind of disk has to be asked
        Path(f"/sys/class/block/{device.name}/device/rescan").write_text("1")
    deadline = time.monotonic() + GROWTH_PATIENCE
    while size_mebibytes is not None and _size(device) < size_mebibytes * MEBIBYTE:
        if time.monotonic() > deadline:
            console.warn(f"data volume: {device} has {_size(device) // MEBIBYTE} MiB yet, not {size_mebibytes}")
            break
        time.sleep(0.5)
    done = run(["resize2fs", str(device)])
    return [] if "Nothing to do" in done.errors + done.output else ["grown"]


def _size(device: Path) -> int:
    return int(run(["blockdev", "--getsize64", str(device)]).output)


def _line() -> str:
    lines = FSTAB.read_text().splitlines() if FSTAB.exists() else []
    return next((line for line in lines if line.split()[1:2] == [str(layout.VOLUME)]), "")


def _write_fstab(line: str | None) -> bool:
    if _line() == (line or ""):
        return False
    kept = [other for other in FSTAB.read_text().splitlines() if other.split()[1:2] != [str(layout.VOLUME)]]
    return files.write_if_different(FSTAB, "\n".join([*kept, *([line] if line else [])]) + "\n")
