"""A configuration as a whole: the bundle's files, and the images that releases have put in place of the stack's.

Put in place, made to run, looked at as a visitor would, and given up for the one before when it does not hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .. import bundle, console, containers, files, layout, settings, state
from ..fault import Fault, HostError, failed
from ..site import application, beside, choices, edge, local_images, rollout, visitor
from ..site.upstreams import name as upstream_name
from . import images, records

BACK_PATIENCE = 120.0


@dataclass(frozen=True)
class Configuration:
    parts: bundle.Bundle
    images: Mapping[str, str]  # service -> reference, for those that releases own

    @property
    def host(self) -> settings.Settings:
        return settings.parse(self.parts.text("host.json"))

    def equals(self, other: Configuration) -> bool:
        return self.parts.files == other.parts.files and self.images == other.images


def running() -> Configuration | None:
    """What the newest good record says; on a host that an older program has brought up, the last good bundle."""
    if record := records.current():
        return Configuration(record.parts, record.pinned)
    kept = bundle.read_good()
    return Configuration(bundle.parse(kept[0]), {}) if kept else None


def with_released_images(host: settings.Settings, parts: bundle.Bundle) -> Configuration:
    """A deployment does not turn images back: a released one stays until the stack names another repository."""
    record = records.current()
    kept = {}
    # A new server that begins with a backup begins with the images that ran then.
    pinned = record.pinned if record else (state.read().get("beginning") or {}).get("images", {})
    for name, reference in pinned.items():
        service = host.application.services.get(name)
        if service is None or not service.released:
            continue
        if images.repository(reference) == images.repository(service.image):
            kept[name] = reference
        else:
            console.say(f"{name}: the stack names another repository; {service.image} takes the place of {reference}")
    return Configuration(parts, kept)


def record_images(host: settings.Settings, kept: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, records.Image]:
    """Of every service whose image releases may change."""
    found = {}
    for name, service in host.application.services.items():
        if service.released:
            reference = kept.get(name) or images.digest_of_present(service.image)
            found[name] = records.Image(asked.get(name, service.image), reference, name in kept)
    return found


def put_in_place(
    wanted: Configuration, secrets: bundle.Secrets, patience: float, judged: rollout.Judged | None = None
) -> list[str]:
    """Files, then containers. Returns what was changed."""
    app = wanted.host.application
    changed = application.sync(app, wanted.parts, wanted.images)
    for path in changed:
        console.say(f"file: {path}")
    project = application.compose(app, secrets)
    services = application.services(project)  # asked again: bind mounts have absolute paths, and compose hashes them
    absent = [service.image for service in services.values() if not local_images.present(service.image)]
    touched = rollout.roll_out(project, application.without(services, absent), patience, judged)
    if touched:
        console.say(f"services changed: {', '.join(touched)}")
    return changed + touched


def retire_strangers(host: settings.Settings, wanted: Iterable[str]) -> None:
    """What served until its successor did, as after a service's new name: what is under way may end."""
    if leaving := application.strangers(host.application, wanted):
        for container in leaving:
            application.tell_of_stranger(container)
        beside.retire(leaving)


def go_back(verb: str, failing: Configuration, secrets: bundle.Secrets, error: HostError) -> HostError:
    """What does not run gives way to what ran before it. The verb has failed all the same."""
    before = running()
    if before is None or before.equals(failing):
        return error
    try:
        app, former = failing.host.application, before.host.application
        if (former.name, former.project) != (app.name, app.project):
            return error
        console.say(f"{verb}: it does not run; going back to the configuration before it")
        put_in_place(before, secrets, BACK_PATIENCE)
        retire_strangers(before.host, application.services(application.compose(former, secrets)))
        note = Fault(verb, "the configuration before this one runs again")
    except (HostError, OSError) as second:
        note = Fault(verb, f"going back failed too ({second})", "correct it, and deploy or release again")
    return HostError([*error.faults, note], error.lines)


def awaiting(app: settings.Application, wanted: Mapping[str, application.Service], absent: Iterable[str]) -> frozenset[str]:
    """Services that have never run, for want of an image. One that runs already goes on with the image that it has."""
    waiting = set(wanted) - set(application.without(wanted, absent))
    running_now = {container.service for container in containers.find(f"{containers.PROJECT}={app.project}")}
    for name in sorted(waiting & running_now):
        console.warn(f"{name}: {wanted[name].image} is in no registry; it goes on with the image that it has")
    return frozenset(waiting - running_now)


def wait_for_names(host: settings.Settings, services: frozenset[str]) -> None:
    """Caddy finds a service by its name: the watcher writes it when the service is healthy."""
    needed = {upstream.service for site in host.sites for upstream in site.upstreams} & services
    deadline = time.monotonic() + 20
    for service in sorted(needed):
        while not choices.published(upstream_name(service, host.application.project)):
            if time.monotonic() > deadline:
                raise failed(
                    f"services/{service}",
                    f"is not on the network {edge.PROJECT!r}, so sites cannot reach it",
                    "see `systemctl status single-host-upstreams`",
                )
            time.sleep(0.1)


def verify(host: settings.Settings, waiting: frozenset[str], patient: bool = False) -> Callable[[visitor.Patience], None]:
    """Looks at every site as a visitor would. The patient wait for certificates; no new version is given up for one."""

    def look(patience: visitor.Patience) -> None:
        for site in host.sites:
            if patient or not site.tls or visitor.has_certificate(site.names[0]):
                console.say(visitor.verify(site, host, waiting, patience))
            else:
                console.warn(f"{site.address}: has no certificate yet, so nobody sees it; not looked at")

    return look


def clean_staging(host: settings.Settings) -> None:
    for folder in (application.home(host.application) / ".next", layout.EDGE / ".next", layout.EDGE / ".candidate"):
        files.remove_folder(folder)
