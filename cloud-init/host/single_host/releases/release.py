"""A release is one whole: pulled, migrated, started beside the old, judged, switched, recorded; or nothing has changed.

A rollback is the same with an older record in the place of new images.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .. import bundle, console, files, layout, lock, recover, settings, state
from ..fault import REFUSED, Fault, HostError, as_failure, refused
from ..machine import accounts
from ..site import application, edge, local_images, pulling, rollout, visitor
from . import configuration, images, migration, records
from .configuration import Configuration
from .images import Login

LOCK_PATIENCE = 1200.0  # another release, a deployment or a backup may run


@dataclass
class Attempt:
    """What is recorded of a run, however it ends."""

    kind: str
    by: str
    images: dict[str, records.Image]
    of: int | None = None
    backup: str = ""
    committed: int | None = None

    def keep_backup(self, name: str) -> None:
        self.backup = name

    def record(self, outcome: str, seconds: int, parts: bundle.Bundle | None, reason: str = "") -> records.Record:
        kept = records.files_of(parts) if parts else {}
        number = records.next_number()
        return records.Record(
            number, self.kind, state.now(), self.by, outcome, self.images, kept, reason, self.of, self.backup, seconds
        )


def release(asked: Mapping[str, str], by: str, login: Login | None) -> None:
    for service, image in asked.items():
        images.check(f"release/{service}", image)
    if login:
        console.conceal({"registry password": login.password})
    with lock.held("release", LOCK_PATIENCE):
        base, secrets = _base()
        host = base.host
        _check_services(host, asked)
        if os.environ.get("SUDO_USER") == accounts.CONTINUOUS_INTEGRATION:
            latest = Configuration(bundle.parse(bundle.read_last()[0]), {})
            _check_repositories([host, latest.host], asked)
        wanted = {name: records.Image(image, "", True) for name, image in asked.items()}
        attempt = Attempt(records.RELEASE, _who(by), wanted)
        with _attempted(attempt):
            recover.after_interruption(host)
            present = [image.reference or image.asked for image in _known(host, base).values()]
            images.make_room(asked.values(), present, _kept())
            with images.logged_in(secrets, asked.values(), login) as folder:
                found = images.pull(asked, folder)
            local_images.refuse_foreign({f"release/{name}": image for name, image in found.items()})
            for name, reference in found.items():
                console.say(f"release: {name} is {reference}")
            _carry_out(attempt, Configuration(base.parts, {**base.images, **found}), base, secrets, asked)


def rollback(number: int | None, by: str) -> None:
    with lock.held("rollback", LOCK_PATIENCE):
        base, secrets = _base()
        chosen = records.previous() if number is None else records.find(number)
        if chosen.outcome != records.GOOD:
            raise refused(f"releases/{chosen.number}", "failed then", "`single-host releases` shows the good ones")
        attempt = Attempt(records.ROLLBACK, _who(by), dict(chosen.images), of=chosen.number)
        with _attempted(attempt):
            recover.after_interruption(base.host)
            console.say(f"rollback: to record {chosen.number}, {chosen.kind} of {chosen.at} by {chosen.by}")
            _tell_of_data()
            references = _references(chosen)
            pulling.log_in(secrets)
            missing = {name: image for name, image in references.items() if not local_images.present(image)}
            images.pull(missing, pulling.REGISTRY_LOGIN)
            latest = bundle.parse(bundle.read_last()[0])
            parts = _with_machine_of(latest, chosen.parts)
            asked = {name: image.asked for name, image in chosen.images.items()}
            _carry_out(attempt, Configuration(parts, references), base, secrets, asked)
        state.update(behind=chosen.number if parts.files != latest.files else None)


def resume() -> None:
    """A run was killed: an interrupted deployment goes on, anything else gives way to what the newest good record says."""
    if (records.interrupted() or {}).get("kind") == records.DEPLOY:
        from .. import apply

        apply.apply(layout.INCOMING)
        return
    with lock.held("recover", LOCK_PATIENCE):
        base, secrets = _base()
        recover.after_interruption(base.host)
        rollout.await_boot(base.host.application.project)
        _bring_up(base, secrets, rollout.Judged(base.host.sites))
        records.end()


def _carry_out(
    attempt: Attempt, wanted: Configuration, base: Configuration, secrets: bundle.Secrets, asked: Mapping[str, str]
) -> None:
    begun = time.monotonic()
    host = wanted.host
    bundle.check_together(host, wanted.parts, secrets)
    application.services(application.stage(host.application, wanted.parts, secrets, wanted.images))
    known = {name: image.asked for name, image in _known(host, base).items()}
    attempt.images = configuration.record_images(host, wanted.images, {**known, **asked})
    records.begin(attempt.kind, attempt.by)
    if attempt.kind == records.ROLLBACK:
        files.write_if_different(layout.SETTINGS, wanted.parts.text("host.json"))
    if attempt.kind == records.RELEASE:
        migration.run(wanted, base, secrets, saved=attempt.keep_backup)

    def commit() -> None:
        present = records.current()
        if present and wanted.equals(base) and attempt.kind == records.RELEASE:
            attempt.committed = present.number  # it was in force already: no record of its own
        if attempt.committed is None:
            record = attempt.record(records.GOOD, round(time.monotonic() - begun), wanted.parts)
            records.write(record)
            attempt.committed = record.number
            console.say(f"{attempt.kind}: {record.number} is in force")

    try:
        waiting = _bring_up(wanted, secrets, rollout.Judged(host.sites, commit=commit))
    except (HostError, OSError) as caught:
        raise _back(attempt, wanted, base, secrets, as_failure(attempt.kind, caught)) from None
    commit()
    configuration.clean_staging(host)
    records.end()
    result = state.AWAITING if waiting else state.APPLIED
    state.update(state=result, reason="", applied_at=state.now(), awaiting=sorted(waiting))
    with contextlib.suppress(HostError):  # tidying is no part of the release
        images.prune(asked.values(), _kept())


def _bring_up(wanted: Configuration, secrets: bundle.Secrets, judged: rollout.Judged) -> frozenset[str]:
    """Everything of a configuration: Caddy too, which stays untouched when it knows these files already."""
    host = wanted.host
    caddy = edge.prepare(host, wanted.parts, secrets)
    services = application.services(application.stage(host.application, wanted.parts, secrets, wanted.images))
    absent = {service.image for service in services.values() if not local_images.present(service.image)}
    application.remove_strangers(host.application, services)
    waiting = frozenset(services) - frozenset(application.without(services, absent))
    look = configuration.verify(host, waiting)
    changes = edge.differs(caddy)
    at_once = rollout.Judged(host.sites, look, judged.commit)
    patience = host.application.health_seconds
    configuration.put_in_place(wanted, secrets, patience, rollout.Judged(host.sites) if changes else at_once)
    running = configuration.awaiting(host.application, services, absent)
    configuration.wait_for_names(host, frozenset(services) - running)
    if changes:
        edge.load(caddy, wanted.parts)
    look(visitor.LONG)
    configuration.retire_strangers(host, services)
    return running


def _back(attempt: Attempt, failing: Configuration, base: Configuration, secrets: bundle.Secrets, error: HostError) -> HostError:
    if attempt.committed is not None:  # what follows the switch has failed, the new version serves
        return error
    if attempt.kind == records.ROLLBACK:
        files.write_if_different(layout.SETTINGS, base.parts.text("host.json"))
    result = configuration.go_back(attempt.kind, failing, secrets, error)
    with contextlib.suppress(HostError):
        caddy = edge.prepare(base.host, base.parts, secrets)
        if edge.differs(caddy):
            edge.load(caddy, base.parts)
    return result


def _base() -> tuple[Configuration, bundle.Secrets]:
    base = configuration.running()
    if base is None:
        kept = bundle.read_last()  # the first deployment has not ended well: a release may be what it lacks
        base = Configuration(bundle.parse(kept[0]), {})
    if base.host.backup and not state.has_begun():
        raise refused("data", "this host has not got its data yet", "run `cdktf deploy`: it ends what it began")
    secrets = bundle.parse_secrets(bundle.read_last()[1])
    console.conceal(secrets.all)
    return base, secrets


@contextlib.contextmanager
def _attempted(attempt: Attempt) -> Iterator[None]:
    """Every end is remembered: done, failed and why, refused."""
    begun = time.monotonic()
    try:
        yield
    except (HostError, OSError) as caught:
        error = as_failure(attempt.kind, caught)
        reason = "; ".join(console.clean(str(fault)) for fault in error.faults)
        with contextlib.suppress(OSError):  # a full disk has no room for this either
            records.end()
            if attempt.committed is None:
                records.write(attempt.record(records.FAILED, round(time.monotonic() - begun), None, reason))
            state.remember(attempt.kind, "refused" if error.code == REFUSED else "failed", reason=reason, by=attempt.by)
        raise error from None
    state.remember(attempt.kind, "done", number=attempt.committed, by=attempt.by, seconds=round(time.monotonic() - begun))
    console.say(f"{attempt.kind}: done in {time.monotonic() - begun:.0f} s")


def _check_services(host: settings.Settings, asked: Mapping[str, str]) -> None:
    services = host.application.services
    released = ", ".join(sorted(name for name, service in services.items() if service.released)) or "none"
    for name in asked:
        if name not in services:
            raise refused(f"release/{name}", "is no service of the application", f"services with released images: {released}")
        if not services[name].released:
            raise refused(
                f"release/{name}",
                "has its image from the compose file",
                f"name it in `images` of the stack; these are: {released}",
            )


def _check_repositories(hosts: Sequence[settings.Settings], asked: Mapping[str, str]) -> None:
    """A thief of CI's key who cannot push to the stack's own repositories brings nothing onto the server."""
    faults = []
    for name, image in asked.items():
        services = [host.application.services[name] for host in hosts if name in host.application.services]
        own = sorted({images.repository(service.image) for service in services})
        if images.repository(image) in own:
            continue
        problem = f"{images.repository(image)} is no repository of the stack's"
        remedy = f"CI's key releases from {', '.join(own)}; name it in `images` of the stack, or release it as {accounts.PEOPLE}"
        faults.append(Fault(f"release/{name}", problem, remedy))
    if faults:
        raise HostError(faults, code=REFUSED)


def _known(host: settings.Settings, base: Configuration) -> dict[str, records.Image]:
    record = records.current()
    return dict(record.images) if record else configuration.record_images(host, base.images, {})


def _references(chosen: records.Record) -> dict[str, str]:
    """The images of a record. One that the record's own stack names, and that is here unchanged, needs no pin."""
    services = settings.parse(chosen.parts.text("host.json")).application.services
    wanted = {}
    for name, image in chosen.images.items():
        stack = services[name].image if name in services else ""
        same = not image.released and local_images.identity(stack) == local_images.identity(image.reference)
        if image.reference and not (same and local_images.present(stack)):
            wanted[name] = image.reference
    return wanted


def _kept() -> list[str]:
    return [
        image.reference for record in records.read_all() if record.outcome == records.GOOD for image in record.images.values()
    ]


def _with_machine_of(today: bundle.Bundle, former: bundle.Bundle) -> bundle.Bundle:
    """A rollback is the application's: keys, disks, backups and Caddy's own project stay as they are today."""
    own = json.loads(today.text("host.json"))
    past = json.loads(former.text("host.json"))
    merged = {**own, **{key: past[key] for key in ("application", "sites", "basic_auth")}}
    present = records.files_of(today)
    entries = {**records.files_of(former), **{name: present[name] for name in ("edge.yaml", "program", "host.json")}}
    if merged != own:
        entries["host.json"] = {"text": json.dumps(merged, indent=2, ensure_ascii=False) + "\n"}
    return bundle.parse(json.dumps({"format": bundle.FORMAT, "files": entries}).encode())


def _tell_of_data() -> None:
    record = records.current()
    if record and record.backup:
        console.say(f"rollback: the database stays as it is, migrated; `single-host restore {record.backup}` goes back to before")
    else:
        console.say("rollback: data stays as it is; images, compose, Caddyfile and settings go back")


def _who(by: str) -> str:
    return by or os.environ.get("SUDO_USER") or "root"
