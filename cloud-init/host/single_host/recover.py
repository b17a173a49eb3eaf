"""What a killed run may have left, put right by the next one."""

from __future__ import annotations

from . import console, files, migration, records, state, volumes
from .images import LOGIN
from .settings import Settings


def after_interruption(host: Settings) -> None:
    if found := records.interrupted():
        console.say(f"a {found.get('kind', 'run')} of {found.get('at')} was interrupted; this run goes on from what was good")
        migration.remove(f"{host.application.project}-{migration.SUFFIX}")
    files.remove_folder(LOGIN)
    if run := state.read().get("restoring"):
        console.warn(f"a restore of {run} was interrupted: run `single-host restore {run}` to finish it")
    for volume in host.backup.volumes if host.backup else ():
        # Docker forgets a volume whose folder is gone, so the folder's own place is looked at.
        present = volumes.folder(volume)
        if present and volumes.recover(present):
            console.say(f"volume {volume}: an interrupted restore was undone")
