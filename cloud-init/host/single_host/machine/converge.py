"""Brings the machine to its machine. Each step looks first, writes only what differs and says what it changed."""

from __future__ import annotations

from .. import console
from . import accounts, docker, firewall, journal, kernel, packages, ssh, swap, units, updates
from .wanted import Machine


def converge(machine: Machine) -> list[str]:
    units.prepare()
    changes: list[str] = []

    def note(made: list[str]) -> list[str]:
        for change in made:
            console.say(f"converge: {change}")
        changes.extend(made)
        return made

    # Access and limits first: they need no network.
    note(accounts.converge(machine))
    note(ssh.converge(machine))
    note(journal.converge(machine))
    note(kernel.converge(machine))
    daemon = note(docker.prepare(machine))
    note(packages.converge(machine))
    note(updates.converge(machine))
    note(docker.converge(machine, reload=bool(daemon)))
    note(firewall.converge(machine))
    note(units.converge(machine))
    if units.has("machine/timers"):
        from . import timers

        note(timers.converge(machine))
    note(swap.converge(machine))
    if machine.data_volume:
        from . import data_disk  # user data has no room for it: it comes with the first deployment

        note(data_disk.at_boot(machine.data_volume))
    console.say(f"converge: {len(changes)} changes" if changes else "converge: nothing to change")
    return changes
