"""How the host is, for people and for programs. Exit code 0 when all is well."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from . import (
    __version__,
    application,
    console,
    containers,
    edge,
    layout,
    notices,
    program,
    releases,
    rollout,
    saved,
    settings,
    state,
)
from .containers import Container
from .fault import FAILED, HostError
from .run import succeeds
from .units import ALWAYS, WATCHER

FULL_PERCENT = 90
CERTIFICATE_DAYS = 14  # Caddy renews with a month to go


def status(as_json: bool) -> int:
    report = collect()
    if as_json:
        console.show(json.dumps(report))
    else:
        _show(report)
    return 0 if report["well"] else FAILED


def collect() -> dict[str, Any]:
    host, remembered = settings.load(), state.read()
    problems = []
    try:
        services = [_service(c) for c in containers.find(f"{containers.PROJECT}={host.application.project}")]
        caddy = [_service(c) for c in containers.find(f"{containers.PROJECT}=edge")]
    except HostError as error:
        services, caddy = [], []
        problems.append(str(error))
    awaiting = remembered.get("awaiting", [])
    present = {service["service"] for service in services}
    problems += [f"{entry['service']} is {entry['state']}" for entry in services + caddy if not entry["well"]]
    problems += [f"{name} has no container" for name in host.application.services if name not in present | set(awaiting)]
    running = {unit: succeeds(["systemctl", "is-active", "--quiet", unit]) for unit in (*ALWAYS[1:], WATCHER)}
    problems += [f"{unit} does not run" for unit, runs in running.items() if not runs]
    if host.sites and not caddy:
        problems.append("Caddy does not run")
    if remembered.get("state") == state.FAILED:
        problems.append(f"the last apply failed: {remembered.get('reason', '')}")
    if run := remembered.get("restoring"):
        problems.append(f"a restore of {run['run'] if isinstance(run, dict) else run} was interrupted")
    proofs = saved.report(host, remembered, problems)
    problems += notices.problems(host, remembered)
    volume = _data_volume(host, problems)
    buckets = _buckets(host, remembered, problems)
    certificates = {name: edge.certificate_end(name) for site in host.sites if site.tls for name in site.names}
    problems += [
        f"the certificate of {name} ends at {end}"
        for name, end in certificates.items()
        if end and -state.hours_since(end) < 24 * CERTIFICATE_DAYS
    ]
    disk = shutil.disk_usage("/")
    return {
        "format": 1,
        "name": host.machine.name,
        "well": not problems,
        "problems": problems,
        "state": remembered.get("state", "not applied yet"),
        "applied_at": remembered.get("applied_at"),
        "awaiting": awaiting,
        "release": releases.current(),
        "behind": remembered.get("behind"),
        "services": services + caddy,
        "sites": [site.address for site in host.sites],
        **proofs,
        "certificates": certificates,
        "disk_free_mebibytes": disk.free // 1024**2,
        "memory_available_mebibytes": _memory_available(),
        "data_volume": volume,
        "buckets": buckets,
        "program": {"version": __version__, "sha256": program.running()},
    }


def _memory_available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return int(found) // 1024 if found else None


def _data_volume(host: settings.Settings, problems: list[str]) -> dict[str, Any] | None:
    if host.data_volume is None:
        return None
    report: dict[str, Any] = {
        "device": host.data_volume.device,
        "mounted": os.path.ismount(layout.VOLUME),
        "volumes": [volume.name for volume in host.data_volume.volumes],
    }
    if not report["mounted"]:
        problems.append(f"the data volume is not mounted at {layout.VOLUME}")
        return report
    space = shutil.disk_usage(layout.VOLUME)
    used = round(100 * space.used / (space.used + space.free))
    if used >= FULL_PERCENT:
        problems.append(f"the data volume is {used} % full")
    return {**report, "size_mebibytes": space.total // 1024**2, "used_mebibytes": space.used // 1024**2}


def _buckets(host: settings.Settings, remembered: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    """What became of old versions in the buckets that this host looks after."""
    known = remembered.get("buckets", {})
    for bucket in (entry.bucket for entry in host.expiring_buckets):
        last = known.get(bucket, {})
        since = last.get("at") or remembered.get("first_applied_at") or state.now()
        if "failed_at" in last:
            problems.append(f"old versions in the bucket {bucket} were not removed: {last.get('reason', '')}")
        elif state.hours_since(since) > saved.NIGHT_HOURS:
            problems.append(f"old versions in the bucket {bucket} were not removed for {state.hours_since(since):.0f} hours")
    return {entry.bucket: known.get(entry.bucket, {}) for entry in host.expiring_buckets}


def _service(container: Container) -> dict[str, Any]:
    return {
        "service": container.service,
        "image": container.image,
        "state": rollout.describe(container),
        "well": container.serves or application.finished(container),
        "since": container.started_at[:19] + "Z",
        "restarts": container.restarts,
    }


def _show(report: dict[str, Any]) -> None:
    console.show(f"{report['name']}: {report['state']}" + (f" at {report['applied_at']}" if report["applied_at"] else ""))
    if present := report["release"]:
        console.show(f"  record {present['number']}: {present['kind']} of {present['at']} by {present['by']}")
    if report["behind"]:
        console.show("  behind configuration: a rollback is in force; the next deployment brings the configuration forward")
    for entry in report["services"]:
        console.show(f"  {entry['service']:<20} {entry['state']:<12} {entry['image']}")
    for site in report["sites"]:
        console.show(f"  site {site}")
    for name, end in report["certificates"].items():
        console.show(f"  certificate of {name} " + (f"until {end}" if end else "not there yet"))
    console.show(f"  free: disk {report['disk_free_mebibytes']} MiB, memory {report['memory_available_mebibytes']} MiB")
    if volume := report["data_volume"]:
        words = f"{volume['used_mebibytes']} of {volume['size_mebibytes']} MiB used" if volume["mounted"] else "not mounted"
        console.show(f"  data volume {words}: {', '.join(volume['volumes'])}")
    for bucket, last in report["buckets"].items():
        console.show(f"  bucket {bucket}: old versions removed {last.get('at', 'not yet')}")
    for line in saved.lines(report):
        console.show(f"  {line}")
    for problem in report["problems"]:
        console.show(f"  PROBLEM {problem}")
    console.show("all is well" if report["well"] else f"{len(report['problems'])} problems")
