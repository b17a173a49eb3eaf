"""What a killed run may have left, put right by the next one."""

from __future__ import annotations

from . import console, files, leftovers
from .releases import migration, records
from .releases.images import LOGIN
from .restores import restoration
from .settings import Settings
from .site import freezing


def after_interruption(host: Settings) -> str:
    """Returns the run of a restore that it had to finish."""
    leftovers.end()
    if found := records.interrupted():
        console.say(f"a {found.get('kind', 'run')} of {found.get('at')} was interrupted; this run goes on from what was good")
        migration.remove(f"{host.application.project}-{migration.SUFFIX}")
    files.remove_folder(LOGIN)
    freezing.after_interruption()
    return restoration.after_interruption(host)
