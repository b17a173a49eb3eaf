"""Brings a bundle to life: judge all of it, then change, then look at the result as a visitor would."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

from . import bundle, console, containers, files, layout, lock, recover, settings, state
from .backups import backup
from .fault import REFUSED, HostError, as_failure, failed
from .machine import data_volume
from .machine.converge import converge
from .releases import configuration, images, records
from .restores import beginning
from .site import application, edge, local_images, pulling, rollout, visitor


def apply(incoming: Path) -> None:
    with lock.held("apply", lock.PATIENCE):
        uploaded = bundle.read_incoming(incoming)
        raw, raw_secrets = uploaded or bundle.read_last()
        parts = bundle.parse(raw)
        begun = time.monotonic()
        try:
            secrets = bundle.parse_secrets(raw_secrets)
            console.conceal(secrets.all)
            summary = _apply(parts, secrets, raw_secrets, fresh=uploaded is not None)
        except (HostError, OSError) as caught:
            records.end()
            error = as_failure("apply", caught)
            with contextlib.suppress(OSError):  # a full disk has no room for this either
                if error.code != REFUSED:  # a refused bundle has changed nothing: the state stays what it was
                    state.update(state=state.FAILED, reason=console.clean(str(error)), applied_at=state.now())
                state.remember("apply", "refused" if error.code == REFUSED else "failed", reason=console.clean(str(error)))
            raise error from None
        finally:
            files.remove(incoming / "secrets.json")
            files.remove(incoming / "bundle.json")
        state.remember("apply", summary, bundle=parts.digest, seconds=round(time.monotonic() - begun))


def _apply(parts: bundle.Bundle, secrets: bundle.Secrets, raw_secrets: bytes, fresh: bool) -> str:
    begun = time.monotonic()
    host = settings.parse(parts.text("host.json"))
    bundle.check_together(host, parts, secrets)
    console.say(f"apply: {host.machine.name}" + ("" if fresh else " (nothing was uploaded: the last bundle again)"))

    # What is refused changes nothing. Only at first has the server to be made before it can judge.
    wanted = configuration.with_released_images(host, parts)
    services = _judge(host, wanted, secrets) if application.can_be_judged() else {}
    backup.judge_password(host, secrets)
    changes = len(converge(host.machine))
    recover.after_interruption(host)
    begun_with = beginning.decide(host, secrets)
    if begun_with:
        wanted, services = configuration.with_released_images(host, parts), {}

    # Everything is judged, and everything is here, before the first change of what runs.
    services = services or _judge(host, wanted, secrets)
    pulling.log_in(secrets)
    absent = local_images.fetch([host.machine.edge.image, *(service.image for service in services.values())])
    if begun_with and beginning.without_gone_images(absent):
        wanted = configuration.with_released_images(host, parts)
        services = _judge(host, wanted, secrets)
        absent = local_images.fetch([host.machine.edge.image, *(service.image for service in services.values())])
    _refuse_absent(host, services, absent)
    images = {f"services/{name}/image": service.image for name, service in services.items()}
    local_images.refuse_foreign({**images, "host.json/edge/image": host.machine.edge.image})
    caddy = edge.prepare(host, parts, secrets)

    records.begin(records.DEPLOY, _who())
    files.write_if_different(layout.SETTINGS, parts.text("host.json"))
    bundle.keep(parts.raw, raw_secrets)
    application.remove_strangers(host.application, services)
    changes += len(data_volume.converge(host))
    changes += edge.start(caddy, parts)
    beginning.bring_back(begun_with, wanted, secrets)
    # With another Caddyfile the new containers are looked at once it is loaded, and not before.
    settled = not edge.differs(caddy)
    waiting = frozenset(services) - frozenset(application.without(services, absent))
    switched = configuration.verify(host, waiting)
    judged = rollout.Judged(host.sites, switched) if settled else rollout.Judged(host.sites)
    try:
        changes += len(configuration.put_in_place(wanted, secrets, host.application.health_seconds, judged))
    except (HostError, OSError) as caught:
        former = bundle.read_good()
        known = bundle.parse_secrets(former[1]) if former else secrets
        raise configuration.go_back("apply", wanted, known, as_failure("apply", caught)) from None
    awaiting = configuration.awaiting(host.application, services, absent)
    configuration.wait_for_names(host, frozenset(services) - awaiting)
    changes += edge.load(caddy, parts)
    configuration.clean_staging(host)

    configuration.verify(host, awaiting, patient=True)(visitor.LONG)
    configuration.retire_strangers(host, services)
    if host.backup:
        backup.check(host, secrets)
    bundle.keep(parts.raw, raw_secrets, good=True)
    _record(wanted, host, round(time.monotonic() - begun))
    return _conclude(parts, awaiting, changes)


def _judge(
    host: settings.Settings, wanted: configuration.Configuration, secrets: bundle.Secrets
) -> dict[str, application.Service]:
    services = application.services(application.stage(host.application, wanted.parts, secrets, wanted.images))
    data_volume.judge(host)
    return services


def _record(wanted: configuration.Configuration, host: settings.Settings, seconds: int) -> None:
    """One that changes nothing makes no record of its own."""
    present = records.current()
    asked = {name: image.asked for name, image in present.images.items() if name in wanted.images} if present else {}
    images = configuration.record_images(host, wanted.images, asked)
    same = present and present.parts.files == wanted.parts.files and {**present.images} == images
    if not same:
        number = records.next_number()
        files_of = records.files_of(wanted.parts)
        records.write(
            records.Record(number, records.DEPLOY, state.now(), _who(), records.GOOD, images, files_of, seconds=seconds)
        )
    records.end()


def _who() -> str:
    return os.environ.get("SUDO_USER") or "root"


def _refuse_absent(host: settings.Settings, wanted: Mapping[str, application.Service], absent: Mapping[str, HostError]) -> None:
    """A released service may be without its image until it has run. Any other missing image is an error."""
    begun = {container.service for container in containers.find(f"{containers.PROJECT}={host.application.project}")}
    for image, error in absent.items():
        users = [name for name, service in wanted.items() if service.image == image]
        why = images.why_not_pulled(image, pulling.REGISTRY_LOGIN, error)
        first = [name for name in users if name not in begun]
        if users == first and users and all((known := host.application.services.get(name)) and known.released for name in users):
            console.warn(f"{', '.join(users)}: waits for its image; {why}")
            continue
        where = f"services/{users[0]}/image" if users else "host.json/edge/image"
        raise failed(where, f"{image} {why.problem}", why.remedy or "check the name", error.lines)


def _conclude(parts: bundle.Bundle, awaiting: frozenset[str], changes: int) -> str:
    result = state.AWAITING if awaiting else state.APPLIED
    now = state.now()
    state.update(
        state=result,
        reason="",
        applied_at=now,
        behind=None,
        first_applied_at=state.read().get("first_applied_at") or now,
        bundle=parts.digest,
        awaiting=sorted(awaiting),
    )
    if awaiting:
        console.say(f"apply: awaiting first release of {', '.join(sorted(awaiting))}; everything else runs")
    else:
        console.say("apply: done" if changes else "apply: nothing to change, no container touched")
    return result
