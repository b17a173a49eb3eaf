"""The units that keep the host as it is: convergence at boot, firewall, names, the nightly backup."""

from __future__ import annotations

from pathlib import Path

from . import files, layout
from .machine import Machine
from .run import run, succeeds

FOLDER = Path("/etc/systemd/system")
TMPFILES = Path("/etc/tmpfiles.d/single-host.conf")
FIREWALL = Path("/usr/local/lib/single-host/firewall.sh")
ALWAYS = (
    "single-host-converge.service",
    "single-host-firewall.service",
    "single-host-names.service",
)
WATCHER = "single-host-upstreams.service"
BACKUP = ("single-host-backup.service", "single-host-backup.timer")
EXPIRY = ("single-host-expiry.service", "single-host-expiry.timer")
EXPIRY_SCHEDULE = "03:15"  # where there is no backup to follow


def prepare() -> None:
    """The folders under /run, before anything needs them."""
    if files.write_if_different(TMPFILES, _file("tmpfiles.conf")) or not layout.INCOMING.is_dir():
        run(["systemd-tmpfiles", "--create", str(TMPFILES)])
    files.make_folder(layout.STATE, 0o700)


def converge(machine: Machine) -> list[str]:
    firewall = files.write_if_different(FIREWALL, _file("firewall.sh"))
    nightly = {BACKUP: bool(machine.backup_schedule), EXPIRY: machine.expires_versions}
    wanted = [*ALWAYS, *_watcher(), *(name for units, needed in nightly.items() if needed for name in units)]
    changed = [name for name in wanted if files.write_if_different(FOLDER / name, _render(name, machine))]
    changed += [name for units, needed in nightly.items() if not needed for name in _remove(units)]
    if changed:
        run(["systemctl", "daemon-reload"])
    for name in wanted:
        if name in (BACKUP[0], EXPIRY[0]):
            continue  # started by its timer
        if name in changed or not succeeds(["systemctl", "is-enabled", "--quiet", name]):
            run(["systemctl", "enable", "--quiet", name])
        if name == "single-host-converge.service":
            continue  # this may be it
        if name in changed or (firewall and "firewall" in name):
            run(["systemctl", "restart", name])
        elif not succeeds(["systemctl", "is-active", "--quiet", name]):
            run(["systemctl", "start", name])
            changed.append(name)
    return [f"units {', '.join(changed)}"] if changed else []


def install() -> None:
    """First boot: enough to let systemd run the convergence, with its retries."""
    name = ALWAYS[0]
    files.write_if_different(FOLDER / name, _file(name))
    run(["systemctl", "daemon-reload"])
    run(["systemctl", "enable", "--quiet", name])
    run(["systemctl", "start", "--no-block", name])


def _watcher() -> list[str]:
    """What travels in user data is without the watcher: at first boot there is nothing to watch."""
    return [WATCHER] if (layout.PACKAGE_FILES.parent / "upstreams.py").exists() else []


def _render(name: str, machine: Machine) -> str:
    schedule = machine.backup_schedule or EXPIRY_SCHEDULE
    return _file(name).replace("@gateway@", machine.edge.gateway).replace("@schedule@", schedule)


def _remove(units: tuple[str, str]) -> list[str]:
    present = [name for name in units if (FOLDER / name).exists()]
    if present:
        run(["systemctl", "disable", "--now", "--quiet", units[1]])
        for name in present:
            (FOLDER / name).unlink()
    return present


def _file(name: str) -> str:
    return (layout.PACKAGE_FILES / name).read_text()
