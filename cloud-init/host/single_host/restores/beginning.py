"""Where the data of a new server comes from: a backup, or nothing. Decided before anything could start empty.

Once a host has begun this does nothing: `restore_from` may stay in the stack for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import bundle, console, containers, settings, state, volumes
from ..backups import backup
from ..backups.restic import Restic
from ..fault import HostError, refused
from ..releases.configuration import Configuration
from ..site import application, local_images, rollout
from . import fitness, former, restoration, restore, selection
from .bucket_objects import Objects
from .former import Former
from .replacements import Replacement
from .source import Source

NOTHING = "nothing"
INITIALISED = "PG_VERSION"  # in the folder of every cluster of PostgreSQL


@dataclass(frozen=True)
class Beginning:
    """The backup that this host begins with."""

    source: Source
    former: Former


def decide(host: settings.Settings, secrets: bundle.Secrets) -> Beginning | None:
    """None: it has begun already, or it begins empty."""
    if host.backup is None or state.has_begun():
        return None
    plan, repository = backup.open_repository(host, secrets)
    repository.ready()
    run = _chosen(repository, plan.restore_from)
    if run is None:
        return None
    console.say(f"restore: this host begins with the backup {run.name}, {selection.age(run.name)}")
    source = Source.of(repository, run)
    begun = Beginning(source, former.read(source))
    _note(run=run.name, images=dict(begun.former.images))
    begun.former.tell_of_secrets(host, secrets)
    return begun


def without_gone_images(absent: Mapping[str, HostError]) -> bool:
    """Images that a registry has no more give way to the stack's. Returns whether there were any."""
    images: dict[str, str] = _remembered().get("images", {})
    gone = {name: image for name, image in images.items() if image in absent}
    for name, image in gone.items():
        console.warn(f"{name}: {image}, which ran then, is in no registry any more; it starts with the image of the stack")
    if gone:
        _note(images={name: image for name, image in images.items() if name not in gone})
    return bool(gone)


def bring_back(begun: Beginning | None, wanted: Configuration, secrets: bundle.Secrets) -> None:
    """Databases run, volumes are there, nothing writes: the data takes its place, and then the services start."""
    host = wanted.host
    if host.backup is None or state.has_begun():
        return
    if begun is None:
        _note(done=True)
        return
    source = begun.source
    # Looked at once, and before anything of this host's own could be taken for it.
    if "kept" not in _remembered():
        _note(kept=_survivors(host))
    project, services = _prepare(wanted, secrets)
    if "clusters" not in _remembered():
        _note(clusters=_surviving_clusters(host))
    kept = [*_remembered()["kept"], *_remembered()["clusters"]]
    rollout.roll_out(project, _needed(host.backup.postgres, services))
    parts = [part for part in selection.parts(source.run, ()) if not _has_survived(part, kept)]
    if parts:
        items: Sequence[Replacement] = restore.replacing(host, source, parts)
        fitness.judge(source, items)
        restore.fetch(source, items, backup.runs(source.repository))
        begun.former.bring_records()
        restoration.exchange(host, items)
    _note(done=True)
    console.say(f"restore: {source.run.name} is back, made {selection.age(source.run.name).removesuffix(' old')} ago")


def _chosen(repository: Restic, wish: str | None) -> backup.Run | None:
    runs = backup.runs(repository)
    nightly = [run for run in runs if run.complete and not run.safety]
    if wish == NOTHING:
        if nightly:
            console.warn(f"restore: the backup {nightly[0].name} is left alone, as the stack says; this host begins empty")
        return None
    if wish is None and nightly:
        problem = f"the bucket holds a backup of this host ({nightly[0].name}); a database never begins empty in place of it"
        raise refused("backup/restoreFrom", problem, 'set restoreFrom: "latest", or "nothing" to begin empty all the same')
    if wish is None or (wish == selection.LATEST and not nightly):
        selection.refuse_strangers(repository)
        console.say("restore: no backup yet: begins empty")
        return None
    if wish != selection.LATEST:
        selection.refuse_strangers(repository, wish)
    return selection.run(runs, wish)


def _prepare(wanted: Configuration, secrets: bundle.Secrets) -> tuple[application.Compose, dict[str, application.Service]]:
    """Files, and containers that do not run: with them come volumes, so that there is a place for each."""
    app = wanted.host.application
    application.sync(app, wanted.parts, wanted.images)
    project = application.compose(app, secrets)
    services = application.services(project)
    absent = [service.image for service in services.values() if not local_images.present(service.image)]
    ready = application.without(services, absent)
    if ready:
        project.run("create", "--no-build", *ready, timeout=600)
    return project, ready


def _needed(databases: Sequence[str], services: Mapping[str, application.Service]) -> dict[str, application.Service]:
    """The services that hold data, and what those need."""
    found: dict[str, application.Service] = {}
    ahead = [name for name in databases if name in services]
    while ahead:
        name = ahead.pop()
        if name not in found and name in services:
            found[name] = services[name]
            ahead += services[name].depends_on
    return found


def _survivors(host: settings.Settings) -> list[str]:
    """What a data volume has brought along is newer than any backup, and so is what a bucket of the application's has."""
    plan, disk = host.backup, host.data_volume
    if plan is None:
        return []
    names = {*plan.volumes, *(volume.name for volume in (disk.volumes if disk else ()))}
    buckets = [Objects(f"bucket/{bucket.name}", bucket.bucket, bucket) for bucket in plan.buckets]
    return [
        *(f"volume/{name}" for name in sorted(names) if (folder := volumes.folder(name)) and _has_data(folder)),
        *(f"path/{path}" for path in plan.paths if _has_data(Path(path))),
        *(bucket.part for bucket in buckets if bucket.today()["files"]),
    ]


def _surviving_clusters(host: settings.Settings) -> list[str]:
    """Containers tell which volumes are a database's; none of them has run yet."""
    found = []
    for service in host.backup.postgres if host.backup else ():
        labels = (f"{containers.PROJECT}={host.application.project}", f"{containers.SERVICE}={service}")
        folders = [volumes.folder(name) for container in containers.find(*labels) for name in container.volumes]
        if any(folder and _is_cluster(folder) for folder in folders):
            found.append(f"postgres/{service}")
    return found


def _is_cluster(folder: Path) -> bool:
    """In a folder of its version, or of its version and kind, since the images of PostgreSQL 18."""
    return any(next(folder.glob(f"{levels}{INITIALISED}"), None) for levels in ("", "*/", "*/*/"))


def _has_data(place: Path) -> bool:
    return place.is_file() or (place.is_dir() and any(place.iterdir()))


def _has_survived(part: str, kept: Sequence[str]) -> bool:
    holder = f"volume/{selection.volume_of(part)}"
    survived = holder in kept or any(selection.matches(part, name) for name in kept)
    if survived:
        console.say(f"restore: {part} is here already, and newer than the backup: it stays as it is")
    return survived


def _remembered() -> dict[str, Any]:
    return dict(state.read().get("beginning") or {})


def _note(**values: Any) -> None:
    state.update(beginning={**_remembered(), **values})
