"""Which run, and which parts of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from .. import console
from ..backups import backup, damage
from ..backups.restic import Restic
from ..fault import refused

LATEST = "latest"
UNASKED = ("globals", "host")  # roles come with their databases; settings and secrets of a living host are Terraform's
WORDS = {"volumes": "volume", "buckets": "bucket", "paths": "path"}  # what people say -> kind of part


def run(runs: Sequence[backup.Run], name: str) -> backup.Run:
    if name == LATEST:
        return _sound(whole(runs))
    complete = whole(runs)
    for found in complete:
        if found.name == name:
            if why := damage.of(name):
                console.warn(
                    f"{name} is known to be damaged: {why}; what cannot be read is not restored, and nothing is replaced then"
                )
            return found
    known = ", ".join(run.name for run in complete[:5])
    raise refused(f"restore/{name}", "is not a complete backup of this host", f"the newest are {known}")


def _sound(complete: Sequence[backup.Run]) -> backup.Run:
    """The newest that was made by night or by hand: a safety copy holds what somebody wanted to leave."""
    made = [run for run in complete if not run.safety] or list(complete)
    for run in made:
        if not (why := damage.of(run.name)):
            return run
        console.warn(f"{run.name} is passed by: {why}")
    raise refused("restore", "every complete backup is known to be damaged", "choose one by its name: parts of it may be whole")


def refuse_strangers(repository: Restic, name: str = "") -> None:
    """A run of this name, or any at all, that is another stack's."""
    known = repository.listed("--tag", f"run={name}" if name else backup.TAG)
    hosts = {str(snapshot["hostname"]) for snapshot in known}
    if hosts and repository.host not in hosts:
        problem = f"is a backup of {', '.join(sorted(hosts))}, and this host is {repository.host}"
        raise refused(f"restore/{name or repository.repository}", problem, "give each stack a bucket or folder of its own")


def at(runs: Sequence[backup.Run], text: str) -> backup.Run:
    """The newest at or before a moment; no safety copy, which holds what was left just then."""
    limit = moment(text).strftime("%Y%m%dT%H%M%SZ")
    complete = [run for run in whole(runs) if not run.safety]
    if before := [run for run in complete if run.name <= limit]:
        return _sound(before)
    oldest = complete[-1].name if complete else "a safety copy"
    raise refused("restore/--at", f"there is no complete backup of {limit} or before", f"the oldest is {oldest}")


def whole(runs: Sequence[backup.Run]) -> list[backup.Run]:
    complete = [run for run in runs if run.complete]
    if not complete:
        raise refused("restore", "there is no complete backup", "`single-host backup list` shows what there is")
    return complete


def moment(text: str) -> datetime.datetime:
    try:
        found = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        remedy = "as in 2026-11-20T14:00:00+01:00, or 2026-11-20 14:00, which is UTC"
        raise refused("restore/--at", f"{text!r} is not a moment", remedy) from None
    return found.replace(tzinfo=found.tzinfo or datetime.timezone.utc).astimezone(datetime.timezone.utc)


def age(name: str) -> str:
    made = datetime.datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    seconds = max((datetime.datetime.now(datetime.timezone.utc) - made).total_seconds(), 0)
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit} old"
    return f"{seconds:.0f} s old"


def older(runs: Sequence[backup.Run], chosen: backup.Run) -> str:
    """The next one to try when this one cannot be read."""
    return next((run.name for run in runs if run.complete and run.name < chosen.name and not damage.of(run.name)), "")


def parts(run: backup.Run, only: Sequence[str]) -> list[str]:
    """Volumes bring the database files in them: without those they would be half."""
    offered = [part for part in sorted(run.parts) if kind(part) not in UNASKED]
    if not only:
        return offered
    chosen: set[str] = set()
    for word in only:
        found = [part for part in offered if matches(part, word)]
        if not found:
            remedy = f"it has {', '.join(offered) or 'nothing to restore'}"
            if word == LATEST or backup.NAME.fullmatch(word):  # --only takes all words that follow
                remedy = f"name the backup first: `single-host restore {word} --only ...`"
            raise refused(f"restore/--only/{word}", f"{run.name} has no such part", remedy)
        chosen.update(found)
    chosen.update(part for part in offered if (holder := volume_of(part)) and f"volume/{holder}" in chosen)
    return sorted(chosen)


def matches(part: str, word: str) -> bool:
    word = WORDS.get(word, word)
    return part == word or part.startswith(f"{word}/")


def kind(part: str) -> str:
    return part.partition("/")[0]


def volume_of(part: str) -> str:
    """Of a database file in a volume; "" for any other part."""
    return part.split("/", 2)[1] if kind(part) in ("sqlite", "duckdb") else ""
