"""Security updates by themselves, and the reboot that some need at an hour of the team's choice."""

from __future__ import annotations

from pathlib import Path

from .. import files
from .wanted import Machine

APT = Path("/etc/apt/apt.conf.d")


def converge(machine: Machine) -> list[str]:
    periodic = (
        'APT::Periodic::Update-Package-Lists "1";\n'
        'APT::Periodic::Unattended-Upgrade "1";\n'
        'APT::Periodic::AutocleanInterval "7";\n'
    )
    unattended = (
        'Unattended-Upgrade::Automatic-Reboot "true";\n'
        f'Unattended-Upgrade::Automatic-Reboot-Time "{machine.reboot_window}";\n'
        'Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";\n'
        'Unattended-Upgrade::SyslogEnable "true";\n'
    )
    changed = files.write_if_different(APT / "20auto-upgrades", periodic)
    # Sorts after 50unattended-upgrades, whose values it overrides.
    changed |= files.write_if_different(APT / "52single-host", unattended)
    return [f"security updates, reboots at {machine.reboot_window}"] if changed else []
