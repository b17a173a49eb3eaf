"""What `status` says of backups: when the last was made, whether a drill has proven one, whether a check found all whole."""

from __future__ import annotations

from typing import Any

from .. import state
from ..backups import damage
from ..settings import Settings

NIGHT_HOURS = 26  # every night, and what it may take
WEEK_HOURS = 8 * 24 + 2
MONTH_HOURS = 40 * 24  # from one first Saturday to the next are 35 days at most


def report(host: Settings, remembered: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    if host.backup is None:
        return {"backup": None, "drill": None, "check": None}
    backup, drill, check = (remembered.get(name) or {} for name in ("backup", "drill", "check"))
    first = remembered.get("first_applied_at") or state.now()
    latest = remembered.get("applied_at") or state.now()  # what a newer version brings has had no time before
    if "failed_at" in backup:
        problems.append(f"the last backup failed: {backup.get('reason', '')}")
    if "at" in backup and (hours := state.hours_since(backup["at"])) > NIGHT_HOURS:
        problems.append(f"the last backup is {hours:.0f} hours old")
    if late := backup.get("ahead"):
        problems.append(
            f"backups lie in the future, so no old one is removed: is the clock right (`timedatectl`)? If so, "
            f"`single-host backup forget {' '.join(late)}`, then `single-host backup now`"
        )
    # the first night is still to come on a new server
    if not backup and state.hours_since(first) > NIGHT_HOURS:
        problems.append("there is no backup: none was made since the first deployment")
    if "failed_at" in drill:
        problems.append(f"the last drill{_of(drill)} failed: {drill.get('reason', '')}; `single-host drill` tries again")
    elif host.backup.drill and (hours := state.hours_since(drill.get("at") or latest)) > WEEK_HOURS:
        days = f"{hours / 24:.0f} days"
        problems.append(f"the last drill is {days} old" if "at" in drill else f"no drill has proven a backup in {days}")
    if "failed_at" in check:
        problems.append(f"the last check of the backups failed: {check.get('reason', '')}")
    elif (hours := state.hours_since(check.get("at") or latest)) > MONTH_HOURS:
        problems.append(f"the backups were not checked for {hours / 24:.0f} days")
    if (run := backup.get("run")) and (why := damage.of(run)) and "failed_at" not in check and "failed_at" not in drill:
        problems.append(f"the last backup, {run}, is damaged: {why}")
    return {"backup": backup, "drill": {**drill, "scheduled": host.backup.drill}, "check": check}


def lines(report: dict[str, Any]) -> list[str]:
    backup, drill = report["backup"], report["drill"]
    if backup is None:
        return []
    if "run" not in backup:
        begun_with = (state.read().get("restored") or {}).get("run")
        return [f"backup none by this server yet; its data came from {begun_with}" if begun_with else "backup none yet"]
    proven = drill.get("run") if drill.get("proven") else None
    if "failed_at" in drill:
        words = ", not proven: the drill failed"
    elif proven == backup["run"]:
        words = f", proven by a drill at {drill['at']}"
    elif proven:
        words = f"; proven is {proven}, by a drill at {drill['at']}"
    else:
        words = ", not proven yet" if drill["scheduled"] else ", not proven: no drill is scheduled; `single-host drill` makes one"
    checked = report["check"].get("at")
    notes = [f"backup: {note}" for note in backup.get("notes", [])]
    return [f"backup {backup['run']}{words}", *notes, *([f"backups checked at {checked}"] if checked else [])]


def _of(drill: dict[str, Any]) -> str:
    return f" of {drill['run']}" if "run" in drill else ""
