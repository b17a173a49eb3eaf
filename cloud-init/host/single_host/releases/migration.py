"""The team's migration command: once a release, in the new image, while the old version serves. A backup comes first."""

from __future__ import annotations

from collections.abc import Callable

from .. import bundle, console, engine, progress
from ..backups import backup
from ..fault import failed
from ..run import run as run_program
from ..site import application
from .configuration import Configuration

SUFFIX = "migration"


def run(wanted: Configuration, base: Configuration, secrets: bundle.Secrets, saved: Callable[[str], None]) -> None:
    """`saved` is told the backup as soon as there is one: whoever looks for a way back from a failure wants it too."""
    host = wanted.host
    plan = host.application.migration
    if plan is None or wanted.images.get(plan.service) == base.images.get(plan.service):
        return
    taken = ""
    if host.backup:
        settings, repository = backup.open_repository(host, secrets)
        repository.ready()
        taken = backup.save(host, settings, repository, safety=True).name
        saved(taken)
        console.say(f"migration: the backup before it is {taken}")
    else:
        console.warn("migration: this host has no backups, so there is no way back from it")
    staged = application.stage(host.application, wanted.parts, secrets, wanted.images)
    name = f"{host.application.project}-{SUFFIX}"
    remove(name)
    argv = staged.argv("run", "--rm", "--no-deps", "--no-TTY", "--name", name, plan.service, *plan.command)
    with progress.timed(f"migration: {' '.join(plan.command)}"):
        done = run_program(argv, check=False, env=staged.environment, timeout=plan.seconds)
    if done.code != 0:
        remove(name)
        problem = f"did not end within {plan.seconds} s" if done.code == 124 else f"ended with exit code {done.code}"
        note = (
            f"the old version serves on; `single-host restore {taken}` undoes what it did"
            if taken
            else "the old version serves on"
        )
        raise failed("migration", problem, note, done.last_lines)


def remove(name: str) -> None:
    """What a killed or endless run has left."""
    if engine.exists(f"/containers/{name}/json"):
        run_program(["docker", "rm", "--force", name], check=False)
