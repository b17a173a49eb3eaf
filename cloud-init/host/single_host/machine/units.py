"""The units that keep the host as it is: convergence at boot, firewall, names. What has its hours is `timers.py`'s."""

from __future__ import annotations

from pathlib import Path

from .. import files, layout
from ..run import run, succeeds
from .wanted import Machine

FOLDER = Path("/etc/systemd/system")
TMPFILES = Path("/etc/tmpfiles.d/single-host.conf")
FIREWALL = Path("/usr/local/lib/single-host/firewall.sh")
ALWAYS = (
    "single-host-converge.service",
    "single-host-firewall.service",
    "single-host-names.service",
)
WATCHER = "single-host-upstreams.service"


def prepare() -> None:
    """The folders under /run, before anything needs them."""
    if files.write_if_different(TMPFILES, _file("tmpfiles.conf")) or not layout.INCOMING.is_dir():
        run(["systemd-tmpfiles", "--create", str(TMPFILES)])
    files.make_folder(layout.STATE, 0o700)


def converge(machine: Machine) -> list[str]:
    firewall = files.write_if_different(FIREWALL, _file("firewall.sh"))
    wanted = [*ALWAYS, *([WATCHER] if has("site/upstreams") else [])]
    changed = [name for name in wanted if files.write_if_different(FOLDER / name, _render(name, machine))]
    if changed:
        run(["systemctl", "daemon-reload"])
    for name in wanted:
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


def has(module: str) -> bool:
    """What travels in user data is without the watcher and the timers: at first boot there is nothing to watch or to save."""
    return (layout.PACKAGE_FILES.parent / f"{module}.py").exists()


def _render(name: str, machine: Machine) -> str:
    return _file(name).replace("@gateway@", machine.edge.gateway)


def _file(name: str) -> str:
    return (layout.PACKAGE_FILES / name).read_text()
