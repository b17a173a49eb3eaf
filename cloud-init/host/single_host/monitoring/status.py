"""How the host is, for people and for programs. Exit code 0 when all is well."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import __version__, console, containers, layout, program, settings, state
from ..containers import Container
from ..fault import FAILED, HostError
from ..machine.units import ALWAYS, WATCHER
from ..releases import history
from ..run import succeeds
from ..site import application, rollout, visitor
from . import notices, saved

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
    certificates = {name: visitor.certificate_end(name) for site in host.sites if site.tls for name in site.names}
    problems += [
        f"the certificate of {name} ends at {end}"
        for name, end in certificates.items()
        if end and -state.hours_since(end) < 24 * CERTIFICATE_DAYS
    ]
    sites = [_site(site, host, certificates, awaiting, problems) for site in host.sites]
    disk = _disk()
    if disk["used_percent"] >= FULL_PERCENT:
        problems.append(f"the disk is {disk['used_percent']} % full")
    return {
        "format": 1,
        "name": host.machine.name,
        "well": not problems,
        "problems": problems,
        "state": remembered.get("state", "not applied yet"),
        "applied_at": remembered.get("applied_at"),
        "awaiting": awaiting,
        "release": history.current(),
        "failed_since": history.failed_since(),
        "behind": remembered.get("behind"),
        "services": services + caddy,
        "sites": sites,
        **proofs,
        "certificates": certificates,
        "disk": disk,
        "memory": _memory(),
        "data_volume": volume,
        "buckets": buckets,
        "program": {"version": __version__, "sha256": program.running()},
    }


def _site(
    site: settings.Site,
    host: settings.Settings,
    certificates: Mapping[str, str | None],
    awaiting: Sequence[str],
    problems: list[str],
) -> dict[str, Any]:
    """As a visitor has it, at the paths that a deployment asks too. Without its certificate nobody can ask."""
    begun = not site.tls or certificates[site.names[0]]
    answers = visitor.answers(site, host.machine.ipv4, frozenset(awaiting)) if begun else {}
    bad = {path: code for path, code in answers.items() if not visitor.is_well(code)}
    problems += [f"{site.address}{path} " + (f"answers {code}" if code else "does not answer") for path, code in bad.items()]
    return {"address": site.address, "well": not bad, "answers": answers}


def _disk() -> dict[str, int]:
    """Percent as `df` has it: of what ordinary users may fill."""
    space = shutil.disk_usage("/")
    used = round(100 * space.used / (space.used + space.free))
    return {"size_mebibytes": space.total // 1024**2, "free_mebibytes": space.free // 1024**2, "used_percent": used}


def _memory() -> dict[str, int] | None:
    try:
        lines = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
    except OSError:
        return None
    found = {fields[0]: int(fields[1]) for fields in lines if fields}
    total, available = found.get("MemTotal:", 0), found.get("MemAvailable:", 0)
    if not total:
        return None
    used = round(100 * (total - available) / total)
    return {"size_mebibytes": total // 1024, "available_mebibytes": available // 1024, "used_percent": used}


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
        "container": container.name,
        "image": container.image,
        "state": rollout.describe(container),
        "well": container.serves or application.finished(container),
        "since": container.started_at[:19] + "Z",
        "restarts": container.restarts,
    }


def _show(report: dict[str, Any]) -> None:
    console.show(f"{report['name']}: {report['state']}" + (f" at {report['applied_at']}" if report["applied_at"] else ""))
    if present := report["release"]:
        console.show(f"  in force since {present['at']} ({_ago(present['at'])}): {history.title(present)}")
    if report["behind"]:
        console.show("  behind configuration: a rollback is in force; the next deployment brings the configuration forward")
    if attempt := report["failed_since"]:
        console.show(f"  failed since, at {attempt['at']}: {history.title(attempt)}: {attempt['reason']}")
    asked = {image["reference"]: image["asked"] for image in (report["release"] or {}).get("images", {}).values()}
    table = [
        (entry["service"], entry["state"], _ago(entry["since"]), history.short(asked.get(entry["image"], ""), entry["image"]))
        for entry in report["services"]
    ]
    for row in history.columns(table):
        console.show(f"  {row}")
    for site in report["sites"]:
        answers = ", ".join(f"{path} {code or 'no answer'}" for path, code in site["answers"].items())
        console.show(f"  site {site['address']}" + (f": {answers}" if answers else ""))
    for name, end in report["certificates"].items():
        console.show(f"  certificate of {name} " + (f"until {end} ({_days(end)} days)" if end else "not there yet"))
    disk, memory = report["disk"], report["memory"]
    console.show(f"  disk {disk['used_percent']} % full, {disk['free_mebibytes']} of {disk['size_mebibytes']} MiB free")
    if memory:
        room = f"{memory['available_mebibytes']} of {memory['size_mebibytes']} MiB available"
        console.show(f"  memory {memory['used_percent']} % in use, {room}")
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


def _ago(moment: str) -> str:
    """In one unit, the largest that says something: "3 hours"."""
    hours = state.hours_since(moment)
    for unit, length in (("days", 24.0), ("hours", 1.0), ("minutes", 1 / 60)):
        if hours >= 2 * length:
            return f"{hours / length:.0f} {unit}"
    return "just now"


def _days(end: str) -> int:
    return int(-state.hours_since(end) / 24)
