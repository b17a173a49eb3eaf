"""ufw for the host's own ports; DOCKER-USER for published ones, which pass ufw by; the metadata address for root only."""

from __future__ import annotations

import re
from pathlib import Path

from .. import console
from ..fault import HostError
from ..run import retry, run
from .wanted import Machine

DEFAULTS = Path("/etc/default/ufw")


def rules(machine: Machine) -> list[str]:
    edge = machine.edge
    return [
        "allow 22/tcp",
        "allow 80/tcp",
        "allow 443/tcp",
        "allow 443/udp",
        f"allow from {edge.subnet} to {edge.gateway} port 53",
    ]


def converge(machine: Machine) -> list[str]:
    changes = []
    present = run(["ufw", "show", "added"]).output
    missing = [rule for rule in rules(machine) if f"ufw {rule}\n" not in present]
    for rule in missing:
        _ufw(rule.split())
    if missing:
        changes.append(f"firewall rules ({', '.join(missing)})")
    if not re.search(r'^DEFAULT_INPUT_POLICY="DROP"', DEFAULTS.read_text(), re.MULTILINE):
        _ufw(["default", "deny", "incoming"])
        changes.append("firewall policy")
    if "Status: active" not in run(["ufw", "status"]).output:
        _ufw(["--force", "enable"])
        changes.append("firewall")
    return changes


def _ufw(arguments: list[str]) -> None:
    # At boot docker and ufw may hold the same kernel lock for a moment.
    try:
        retry("firewall", lambda: run(["ufw", *arguments]), lasting=20)
    except HostError:
        console.say(f"firewall: `ufw {' '.join(arguments)}` failed")
        raise
