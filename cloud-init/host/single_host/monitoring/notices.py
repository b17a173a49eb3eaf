"""Tells people what has failed, and a dead-man's switch what went well, so that silence is noticed too.

systemd starts `notices failed TASK` in whatever way a task has ended badly: a killed program can tell nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import bundle, console, settings, state
from ..fault import FAILED, refused
from ..run import run
from ..settings import Notice, Settings
from . import receivers
from .receivers import Message, Undelivered

HEARTBEAT = "heartbeat"
EXPIRY = "expiry"
PATIENT = (0, 5, 60, 600, 3000)  # seconds before each attempt: what has cut a backup off may cut this off too
BRIEF = (0, 3)
LINES = 8  # of the journal
OWN = "single-host: "  # how the program's last words begin
Sending = Callable[[], None]


@dataclass(frozen=True)
class Task:
    words: str
    command: str


TASKS = {
    "backup": Task("the backup", "backup now"),
    "drill": Task("the drill of the backup", "drill"),
    "check": Task("the check of the backups", "check"),
    EXPIRY: Task("the removal of old versions", "expire"),
}


def failed(task: str) -> int:
    """Its reason goes into the state, in case the program had no time to write it, and to everybody."""
    host, secrets = _open()
    reasons, details = _how_it_ended(task)
    if task != EXPIRY:  # which keeps its own state, by bucket
        state.update(**{task: {**state.read().get(task, {}), "failed_at": state.now(), "reason": "; ".join(reasons)}})
    name = host.machine.name
    commands = (
        f"ssh deploy@{host.machine.ipv4}",
        f"sudo single-host {TASKS[task].command}",
        f"sudo journalctl -u single-host-{task}.service",
    )
    title = f"{name}: {TASKS[task].words} failed"
    return _tell(host, secrets, Message(name, "failed", task, state.now(), title, reasons, details, commands), PATIENT)


def test() -> int:
    host, secrets = _open()
    if host.backup is None or not host.backup.notices:
        raise refused("host.json/backup/notices", "names nobody", "add `notices` to the BackupBucket")
    name = host.machine.name
    reasons = ("This is a test: it is how a failed backup, drill or check would reach you.",)
    message = Message(name, "test", "", state.now(), f"{name}: a test of notices", reasons, (), ())
    return _tell(host, secrets, message, BRIEF)


def alive(host: Settings) -> None:
    """A backup is complete. Whatever becomes of this, the backup stays complete."""
    wanted = [notice for notice in host.backup.notices if notice.kind == HEARTBEAT] if host.backup else []
    if wanted:
        secrets = _open()[1]
        _deliver({notice: _signs(notice, secrets) for notice in wanted}, BRIEF)


def problems(host: Settings, remembered: dict[str, Any]) -> list[str]:
    """Whom the last notice did not reach, for `status`."""
    known = remembered.get("notices", {})
    wanted = [notice for notice in host.backup.notices if notice.secret in known] if host.backup else []
    return [
        f"{notice.kind} ({notice.secret}) could not be told: {known[notice.secret].get('reason', '')}"
        for notice in wanted
        if "failed_at" in known[notice.secret]
    ]


def _open() -> tuple[Settings, bundle.Secrets]:
    secrets = bundle.parse_secrets(bundle.read_last()[1])
    console.conceal(secrets.all)
    return settings.load(), secrets


def _tell(host: Settings, secrets: bundle.Secrets, message: Message, pauses: Sequence[float]) -> int:
    wanted = host.backup.notices if host.backup else ()
    sendings = {notice: sending for notice in wanted if (sending := _sending(notice, secrets, message))}
    return 0 if _deliver(sendings, pauses) else FAILED


def _sending(notice: Notice, secrets: bundle.Secrets, message: Message) -> Sending | None:
    value = secrets.notices.get(notice.secret, "")
    if notice.kind == HEARTBEAT:
        if message.event == "test":
            return _signs(notice, secrets)
        return (lambda: receivers.heartbeat_failed(value, message)) if message.task == "backup" else None
    if notice.mail:
        plan = notice.mail
        return lambda: receivers.mail(plan, value, message)
    send = {"slack": receivers.slack, "discord": receivers.discord, "ntfy": receivers.ntfy, "webhook": receivers.webhook}
    return lambda: send[notice.kind](value, message)


def _signs(notice: Notice, secrets: bundle.Secrets) -> Sending:
    return lambda: receivers.heartbeat(secrets.notices.get(notice.secret, ""))


def _deliver(sendings: dict[Notice, Sending], pauses: Sequence[float]) -> bool:
    """To all, whatever becomes of one; who was not reached is tried again, later and later."""
    waiting, well = dict(sendings), True
    for pause in pauses:
        if not waiting:
            break
        time.sleep(pause)
        for notice, send in list(waiting.items()):
            try:
                send()
            except Undelivered as error:
                _note(notice, console.clean(str(error)))
                if error.final:
                    well = False
                    del waiting[notice]
            else:
                _note(notice, "")
                del waiting[notice]
    return well and not waiting


def _note(notice: Notice, reason: str) -> None:
    if reason:
        console.warn(f"{notice.kind} ({notice.secret}) could not be told: {reason}")
        entry = {"kind": notice.kind, "failed_at": state.now(), "reason": reason}
    else:
        console.say(f"notices: {notice.kind} ({notice.secret}) was told")
        entry = {"kind": notice.kind, "at": state.now()}
    state.update(notices={**state.read().get("notices", {}), notice.secret: entry})


def _how_it_ended(task: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The program's own words about why, and the lines before them; of a killed one, what systemd says."""
    unit = f"single-host-{task}.service"
    shown = run(["systemctl", "show", unit, "--property=Result,ExecMainStatus,InvocationID"], check=False).output
    values = dict(line.partition("=")[::2] for line in shown.splitlines())
    run(["journalctl", "--sync"], check=False)
    invocation = f"_SYSTEMD_INVOCATION_ID={values.get('InvocationID', '')}"
    said = run(["journalctl", "--output=cat", "--no-pager", "--lines=40", invocation], check=False).output
    lines = [console.clean(line.rstrip()) for line in said.splitlines() if line.strip()]
    reasons = tuple(line.removeprefix(OWN) for line in lines if line.startswith(OWN))
    details = tuple(line for line in lines if not line.startswith(OWN))[-LINES:]
    if not reasons:
        result, status = values.get("Result", "unknown"), values.get("ExecMainStatus", "")
        reasons = (f"{unit}: ended by {result}" + (f" {status}" if status else ""),)
    return reasons, details
