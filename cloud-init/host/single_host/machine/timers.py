"""What a host does by itself: a service and a timer for each task, and a unit that tells when one of them fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .. import files, layout
from ..run import run, succeeds
from .wanted import Machine

FOLDER = Path("/etc/systemd/system")
FAILED = "single-host-failed@.service"
NIGHT = "03:15"  # where there is no backup to follow
FIRST_SATURDAY = "Sat *-*-01..07 05:30:00"


@dataclass(frozen=True)
class Task:
    name: str
    does: str
    command: str
    calendar: str  # UTC
    spread: str = "5min"  # so that not all servers of a cloud ask one bucket service at once
    after: str = "single-host-backup.service"  # when both are due, as after a night without power
    then: str = ""  # a command, when it went well

    @property
    def service(self) -> str:
        return f"single-host-{self.name}.service"

    @property
    def timer(self) -> str:
        return f"single-host-{self.name}.timer"


ALL = ("backup", "expiry", "drill", "check")


def tasks(machine: Machine) -> list[Task]:
    night = f"*-*-* {machine.backup_schedule or NIGHT}:00"
    found = []
    if machine.backup_schedule:
        # An unproven backup is none: the first drill does not wait for its day of the week, nor the one after a bad one.
        proven = "drill --due" if machine.drill_schedule else ""
        found += [
            Task("backup", "back up databases, volumes and settings", "backup now", night, after="", then=proven),
            Task("check", "read a part of the repository again", "check", FIRST_SATURDAY, spread="1h"),
        ]
    if machine.expires_versions:
        found.append(Task("expiry", "remove old versions from buckets", "expire", night))
    if machine.drill_schedule:
        day, _, clock = machine.drill_schedule.partition(" ")
        found.append(Task("drill", "restore the last backup beside the site and compare it", "drill", f"{day} *-*-* {clock}:00"))
    return found


def texts(machine: Machine) -> dict[str, str]:
    """Unit files by name."""
    wanted = {}
    for task in tasks(machine):
        wanted[task.service] = _render("task.service", task, machine)
        wanted[task.timer] = _render("task.timer", task, machine)
    return {**wanted, FAILED: (layout.PACKAGE_FILES / FAILED).read_text()} if wanted else {}


def converge(machine: Machine) -> list[str]:
    wanted = texts(machine)
    changed = [name for name, text in wanted.items() if files.write_if_different(FOLDER / name, text)]
    known = [FAILED, *(f"single-host-{name}.{kind}" for name in ALL for kind in ("timer", "service"))]
    gone = [name for name in known if name not in wanted and (FOLDER / name).exists()]
    for name in gone:
        if name.endswith(".timer"):
            run(["systemctl", "disable", "--now", "--quiet", name])
        files.remove(FOLDER / name)
    if changed or gone:
        run(["systemctl", "daemon-reload"])
    for name in wanted:
        if not name.endswith(".timer"):
            continue  # started by its timer
        if name in changed or not succeeds(["systemctl", "is-enabled", "--quiet", name]):
            run(["systemctl", "enable", "--quiet", name])
        if name in changed:
            run(["systemctl", "restart", name])
        elif not succeeds(["systemctl", "is-active", "--quiet", name]):
            run(["systemctl", "start", name])
            changed.append(name)
    return [f"units {', '.join([*changed, *gone])}"] if changed or gone else []


def _render(template: str, task: Task, machine: Machine) -> str:
    values = {
        "name": task.name,
        "does": task.does,
        "command": task.command,
        "calendar": task.calendar,
        "spread": task.spread,
        "after": task.after,
        "then": f"ExecStartPost=-/usr/local/bin/single-host {task.then}\n" if task.then else "",
        "cpu": f"{machine.backup_cpu_percent}%",
    }
    text = (layout.PACKAGE_FILES / template).read_text().replace("@then@\n", "@then@")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
