"""Brings a bundle to life: judge all of it, then change, then look at the result as a visitor would."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from . import (
    application,
    backup,
    bundle,
    console,
    containers,
    data_volume,
    edge,
    files,
    layout,
    lock,
    recover,
    rollout,
    settings,
    state,
)
from .converge import converge
from .fault import REFUSED, Fault, HostError, failed
from .upstreams import name as upstream_name

BACK_PATIENCE = 120.0


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
            error = caught if isinstance(caught, HostError) else failed("apply", str(caught))
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
    host = settings.parse(parts.text("host.json"))
    bundle.check_together(host, parts, secrets)
    console.say(f"apply: {host.machine.name}" + ("" if fresh else " (nothing was uploaded: the last bundle again)"))

    # What is refused changes nothing. Only at first has the server to be made before it can judge.
    wanted = _judge(host, parts, secrets) if application.can_be_judged() else {}
    changes = len(converge(host.machine))
    recover.after_interruption(host)

    # Everything is judged, and everything is here, before the first change of what runs.
    wanted = wanted or _judge(host, parts, secrets)
    application.log_in(secrets)
    absent = application.fetch([host.machine.edge.image, *(service.image for service in wanted.values())])
    _refuse_absent(host, wanted, absent)
    images = {f"services/{name}/image": service.image for name, service in wanted.items()}
    application.refuse_foreign({**images, "host.json/edge/image": host.machine.edge.image})
    caddy = edge.prepare(host, parts, secrets)

    files.write_if_different(layout.SETTINGS, parts.text("host.json"))
    bundle.keep(parts.raw, raw_secrets)
    application.remove_strangers(host.application, wanted)
    changes += len(data_volume.converge(host))
    changes += edge.start(caddy, parts)
    try:
        changes += len(_roll_out(host.application, parts, secrets, rollout.PATIENCE))
    except HostError as error:
        raise _go_back(host.application, parts, error) from None
    awaiting = _awaiting(host.application, wanted, absent)
    _wait_for_names(host, frozenset(wanted) - awaiting)
    changes += edge.load(caddy, parts)
    _clean_staging(host)

    for site in host.sites:
        console.say(edge.verify(site, host, awaiting))
    if host.backup:
        backup.check(host, secrets)
    bundle.keep(parts.raw, raw_secrets, good=True)
    return _conclude(parts, awaiting, changes)


def _judge(host: settings.Settings, parts: bundle.Bundle, secrets: bundle.Secrets) -> dict[str, application.Service]:
    wanted = application.services(application.stage(host.application, parts, secrets))
    data_volume.judge(host)
    return wanted


def _roll_out(app: settings.Application, parts: bundle.Bundle, secrets: bundle.Secrets, patience: float) -> list[str]:
    """Files in place, then containers. Returns what was changed."""
    changed = application.sync(app, parts)
    for path in changed:
        console.say(f"file: {path}")
    project = application.compose(app, secrets)
    wanted = application.services(project)  # asked again: bind mounts have absolute paths, and compose hashes them
    absent = [service.image for service in wanted.values() if not application.present(service.image)]
    touched = rollout.roll_out(project, application.without(wanted, absent), patience)
    if touched:
        console.say(f"services changed: {', '.join(touched)}")
    return changed + touched


def _go_back(app: settings.Application, parts: bundle.Bundle, error: HostError) -> HostError:
    """The new configuration does not run: the one before it is made to run again. The apply has failed all the same."""
    kept = bundle.read_good()
    if kept is None or kept[0] == parts.raw:
        return error
    try:
        before = bundle.parse(kept[0])
        former = settings.parse(before.text("host.json")).application
        if (former.name, former.project) != (app.name, app.project):
            return error
        console.say("apply: it does not run; going back to the configuration before it")
        _roll_out(former, before, bundle.parse_secrets(kept[1]), BACK_PATIENCE)
        note = Fault("apply", "the configuration before this one runs again")
    except HostError as second:
        note = Fault("apply", f"going back failed too ({second})", "correct the stack and deploy again")
    return HostError([*error.faults, note], error.lines)


def _refuse_absent(host: settings.Settings, wanted: Mapping[str, application.Service], absent: Mapping[str, HostError]) -> None:
    """A released service may be without its image until it has run. Any other missing image is an error."""
    begun = {container.service for container in containers.find(f"{containers.PROJECT}={host.application.project}")}
    for image, error in absent.items():
        users = [name for name, service in wanted.items() if service.image == image]
        first = [name for name in users if name not in begun]
        if users == first and users and all((known := host.application.services.get(name)) and known.released for name in users):
            console.warn(f"{', '.join(users)}: {image} cannot be pulled yet: {' '.join(error.lines[-1:]) or error}")
            continue
        where = f"services/{users[0]}/image" if users else "host.json/edge/image"
        remedy = "check the name, and that anybody may pull it: the server has no login"
        raise failed(where, f"{image} cannot be pulled", remedy, error.lines)


def _awaiting(app: settings.Application, wanted: Mapping[str, application.Service], absent: Iterable[str]) -> frozenset[str]:
    """Services that have never run, for want of an image. One that runs already goes on with the image that it has."""
    waiting = set(wanted) - set(application.without(wanted, absent))
    running = {container.service for container in containers.find(f"{containers.PROJECT}={app.project}")}
    for name in sorted(waiting & running):
        console.warn(f"{name}: {wanted[name].image} is in no registry; it goes on with the image that it has")
    return frozenset(waiting - running)


def _conclude(parts: bundle.Bundle, awaiting: frozenset[str], changes: int) -> str:
    result = state.AWAITING if awaiting else state.APPLIED
    now = state.now()
    state.update(
        state=result,
        reason="",
        applied_at=now,
        first_applied_at=state.read().get("first_applied_at") or now,
        bundle=parts.digest,
        awaiting=sorted(awaiting),
    )
    if awaiting:
        console.say(f"apply: awaiting first release of {', '.join(sorted(awaiting))}; everything else runs")
    else:
        console.say("apply: done" if changes else "apply: nothing to change, no container touched")
    return result


def _wait_for_names(host: settings.Settings, running: frozenset[str]) -> None:
    """Caddy finds a service by its name: the watcher writes it when the service is healthy."""
    needed = {upstream.service for site in host.sites for upstream in site.upstreams} & running
    deadline = time.monotonic() + 20
    for service in sorted(needed):
        path = layout.UPSTREAMS / upstream_name(service, host.application.project)
        while not (path.exists() and path.stat().st_size):
            if time.monotonic() > deadline:
                raise failed(
                    f"services/{service}",
                    f"is not on the network {edge.PROJECT!r}, so sites cannot reach it",
                    "see `systemctl status single-host-upstreams`",
                )
            time.sleep(0.1)


def _clean_staging(host: settings.Settings) -> None:
    for folder in (application.home(host.application) / ".next", layout.EDGE / ".next", layout.EDGE / ".candidate"):
        files.remove_folder(folder)
