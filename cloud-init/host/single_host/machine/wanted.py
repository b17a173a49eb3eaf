"""The part of host.json that the server itself is converged to. Known at first boot, before there is an application."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass

from .. import layout
from ..fault import REFUSED, Fault, HostError, refused
from ..reader import CLOCK, NAME, ONE_LINE, WEEKLY, Reader

FORMAT = 1
CPU_PERCENT = 50
LOG_SIZE = re.compile(r"[1-9][0-9]*[kmg]")


@dataclass(frozen=True)
class Edge:
    subnet: str
    gateway: str
    image: str


@dataclass(frozen=True)
class Machine:
    name: str
    ipv4: str
    deploy_keys: tuple[str, ...]
    release_keys: tuple[str, ...]
    swap_mebibytes: int
    journal_mebibytes: int
    container_log_size: str
    container_log_files: int
    reboot_window: str
    edge: Edge
    backup_schedule: str | None
    drill_schedule: str | None  # "Sun 05:00"
    backup_cpu_percent: int  # of one core
    data_volume: str | None  # its device
    expires_versions: bool  # of objects, in buckets whose cloud does not
    saves_buckets: bool  # the application's, in its backup


def load() -> Machine:
    faults: list[Fault] = []
    machine = parse(open_reader(read(), faults), faults)
    if faults:
        raise HostError(faults, code=REFUSED)
    return machine


def read() -> bytes:
    try:
        return layout.SETTINGS.read_bytes()
    except FileNotFoundError:
        raise refused(str(layout.SETTINGS), "does not exist", "deploy the stack: it brings this file") from None


def open_reader(text: bytes, faults: list[Fault]) -> Reader:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise refused("host.json", f"is not JSON ({error})") from None
    reader = Reader(data, "host.json", faults)
    if (found := reader.value.get("format")) != FORMAT:
        raise refused("host.json/format", f"must be {FORMAT}, got {found!r}", "deploy with a matching version of the package")
    return reader


def parse(root: Reader, faults: list[Fault]) -> Machine:
    log = root.child("container_log")
    has_backup = root.value.get("backup") is not None
    has_drill = has_backup and root.child("backup").value.get("drill") is not None
    keys = root.texts("deploy_keys", ONE_LINE)
    if not keys:
        faults.append(Fault("host.json/deploy_keys", "is empty: nobody could log in any more", "give the stack an admin's key"))
    return Machine(
        name=root.text("name", NAME),
        ipv4=root.text("ipv4", ONE_LINE),
        deploy_keys=keys,
        release_keys=root.texts("release_keys", ONE_LINE),
        swap_mebibytes=root.number("swap_mebibytes", 0, 262144),
        journal_mebibytes=root.number("journal_mebibytes", 16, 1048576),
        container_log_size=log.text("max_size", LOG_SIZE),
        container_log_files=log.number("max_file", 1, 1000),
        reboot_window=root.text("reboot_window", CLOCK),
        edge=_edge(root.child("edge"), faults),
        backup_schedule=root.child("backup").text("schedule", CLOCK) if has_backup else None,
        drill_schedule=root.child("backup").text("drill", WEEKLY) if has_drill else None,
        backup_cpu_percent=_cpu_percent(root.child("backup")) if has_backup else CPU_PERCENT,
        data_volume=root.child("data_volume").text("device", ONE_LINE) if root.value.get("data_volume") else None,
        expires_versions=bool(root.value.get("expiring_buckets")),
        saves_buckets=has_backup and bool(root.child("backup").value.get("buckets")),
    )


def _cpu_percent(backup: Reader) -> int:
    """Not in the bundle of an older version of the package."""
    return backup.child("limits").number("cpu_percent", 1, 10000) if "limits" in backup.value else CPU_PERCENT


def _edge(reader: Reader, faults: list[Fault]) -> Edge:
    edge = Edge(reader.text("subnet", ONE_LINE), reader.text("gateway", ONE_LINE), reader.text("image", ONE_LINE))
    try:
        if ipaddress.IPv4Address(edge.gateway) not in ipaddress.IPv4Network(edge.subnet):
            faults.append(Fault(f"{reader.path}/gateway", f"{edge.gateway} is not in {edge.subnet}"))
    except ValueError as error:
        faults.append(Fault(reader.path, str(error)))
    return edge
