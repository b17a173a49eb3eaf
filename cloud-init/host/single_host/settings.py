"""All of host.json: the machine, its application, sites and backups. Every fault is told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .fault import REFUSED, Fault, HostError
from .machine import wanted
from .machine.wanted import Machine
from .reader import ANY, NAME, ONE_LINE, WEEKLY, Reader

PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RELATIVE = re.compile(r"(?!.*//)(?!/)(?!.*(?:^|/)\.\.?(?:/|$))[^\0\n]+")
DEVICE = re.compile(r"/dev/[A-Za-z0-9._/-]+")
ENDPOINT = re.compile(r"https?://[^\s/]+")
FOLDER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
URL_PATH = re.compile(r"/\S*")
SNIPPET = re.compile(r"basic-auth/[A-Za-z0-9._-]+\.caddy")
WHOLE_PATH = re.compile(r"(?!.*//)(?!.*/\.\.?(?:/|$))(?!.*/$)/[^\0\n\r]+")
BEGINNING = re.compile(r"latest|nothing|[0-9]{8}T[0-9]{6}Z")
NOTICE = re.compile(r"slack|discord|ntfy|webhook|mail|heartbeat")
SERVER = re.compile(r"[A-Za-z0-9.-]+:[1-9][0-9]{0,4}")
USER = re.compile(r"[^\s\0{}\"`]+")


@dataclass(frozen=True)
class Service:
    name: str
    image: str
    released: bool  # its image comes from releases: the first deployment may be without it
    runs_twice: bool = False  # the team says that two of it do each other no harm, though it writes a volume


@dataclass(frozen=True)
class Migration:
    service: str
    command: tuple[str, ...]
    seconds: int  # it may take


@dataclass(frozen=True)
class Application:
    name: str
    project: str
    compose_file: str
    profiles: tuple[str, ...]
    settings: Mapping[str, str]
    secrets: tuple[str, ...]
    services: Mapping[str, Service]
    migration: Migration | None = None
    health_seconds: int = 300  # until every service has to be healthy


@dataclass(frozen=True)
class Upstream:
    service: str
    port: int
    path: str
    health: str


@dataclass(frozen=True)
class Site:
    address: str
    names: tuple[str, ...]
    tls: bool
    upstreams: tuple[Upstream, ...]


@dataclass(frozen=True)
class BasicAuth:
    file: str
    user: str
    secret: str


@dataclass(frozen=True)
class Bucket:
    endpoint: str
    region: str
    bucket: str


@dataclass(frozen=True)
class SavedBucket(Bucket):
    name: str  # in backups


@dataclass(frozen=True)
class Limits:
    upload_kibibytes: int = 0  # a second; 0: as fast as it goes
    cpu_percent: int = 50  # of one core


@dataclass(frozen=True)
class Mail:
    to: tuple[str, ...]
    sender: str
    server: str  # smtp.example:587
    user: str


@dataclass(frozen=True)
class Notice:
    kind: str  # slack, discord, ntfy, webhook, mail, heartbeat
    secret: str  # in secrets.json: the address to post to; of mail, the password
    mail: Mail | None = None


@dataclass(frozen=True)
class Backup:
    repository: str
    keep: Mapping[str, int]  # daily, weekly, monthly
    postgres: tuple[str, ...]  # services
    volumes: tuple[str, ...]
    exclude: tuple[str, ...] = ()  # restic's patterns, in volumes and paths
    paths: tuple[str, ...] = ()  # whole ones, besides volumes
    buckets: tuple[SavedBucket, ...] = ()  # the application's
    limits: Limits = Limits()
    drill: str | None = None  # "Sun 05:00", UTC; None: never
    restore_from: str | None = None  # "latest", "nothing", a run's name; None: refuse to begin empty beside a backup
    notices: tuple[Notice, ...] = ()
    region: str | None = None  # as requests to the repository are signed for it; None: restic finds it out


@dataclass(frozen=True)
class NamedVolume:
    name: str  # Docker's
    folder: str  # on the data volume


@dataclass(frozen=True)
class DataVolume:
    device: str
    size_mebibytes: int | None  # None: whatever the device has
    volumes: tuple[NamedVolume, ...]


@dataclass(frozen=True)
class ExpiringBucket(Bucket):
    days: int


@dataclass(frozen=True)
class Settings:
    machine: Machine
    application: Application
    sites: tuple[Site, ...]
    basic_auth: tuple[BasicAuth, ...]
    backup: Backup | None
    data_volume: DataVolume | None
    expiring_buckets: tuple[ExpiringBucket, ...]


def load() -> Settings:
    return parse(wanted.read())


def parse(text: bytes) -> Settings:
    faults: list[Fault] = []
    root = wanted.open_reader(text, faults)
    settings = Settings(
        machine=wanted.parse(root, faults),
        application=_application(root.child("application")),
        sites=tuple(map(_site, root.children("sites"))),
        basic_auth=tuple(map(_basic_auth, root.children("basic_auth"))),
        backup=_backup(root.child("backup")) if root.value.get("backup") is not None else None,
        data_volume=_data_volume(root.child("data_volume")) if root.value.get("data_volume") is not None else None,
        # not in the bundle that an older version of the package has left as the last good one
        expiring_buckets=tuple(map(_expiring, root.children("expiring_buckets"))) if "expiring_buckets" in root.value else (),
    )
    known = settings.application.services
    for site in settings.sites:
        for name in {upstream.service for upstream in site.upstreams} - set(known):
            remedy = f"services are {', '.join(sorted(known)) or 'none'}"
            faults.append(Fault(f"host.json/sites/{site.address}", f"no service {name!r}", remedy))
    if faults:
        raise HostError(faults, code=REFUSED)
    return settings


def _application(reader: Reader) -> Application:
    return Application(
        name=reader.text("name", NAME),
        project=reader.text("project", PROJECT),
        compose_file=reader.text("compose_file", RELATIVE),
        profiles=reader.texts("profiles", SERVICE),
        settings={name: value.text_value(ANY) for name, value in reader.entries("settings", VARIABLE)},
        secrets=reader.texts("secrets", VARIABLE),
        services={
            name: Service(
                name,
                value.text("image", ANY),
                value.flag("released"),
                # not in the bundle of an older version of the package
                value.flag("runs_twice") if "runs_twice" in value.value else False,
            )
            for name, value in reader.entries("services", SERVICE)
        },
        migration=_migration(reader.child("migration")) if reader.value.get("migration") is not None else None,
        # not in the bundle of an older version of the package
        health_seconds=reader.number("health_seconds", 1, 86400) if "health_seconds" in reader.value else 300,
    )


def _migration(reader: Reader) -> Migration:
    return Migration(reader.text("service", SERVICE), reader.texts("command", ANY), reader.number("seconds", 1, 86400))


def _site(reader: Reader) -> Site:
    return Site(
        address=reader.text("address", ONE_LINE),
        names=reader.texts("names", ONE_LINE),
        tls=reader.flag("tls"),
        upstreams=tuple(map(_upstream, reader.children("upstreams"))),
    )


def _upstream(reader: Reader) -> Upstream:
    return Upstream(
        service=reader.text("service", SERVICE),
        port=reader.number("port", 1, 65535),
        path=reader.text("path", URL_PATH),
        health=reader.text("health", URL_PATH),
    )


def _basic_auth(reader: Reader) -> BasicAuth:
    return BasicAuth(reader.text("file", SNIPPET), reader.text("user", USER), reader.text("secret", VARIABLE))


def _backup(reader: Reader) -> Backup:
    keep = reader.child("keep")
    given = {name for name, value in reader.value.items() if value is not None}  # a bundle of an older version lacks some
    return Backup(
        repository=reader.text("repository", ONE_LINE),
        keep={period: keep.number(period, 0, 10000) for period in ("daily", "weekly", "monthly")},
        postgres=tuple(entry.text("service", SERVICE) for entry in reader.children("postgres")),
        volumes=reader.texts("volumes", SERVICE),
        exclude=reader.texts("exclude", ONE_LINE) if "exclude" in given else (),
        paths=reader.texts("paths", WHOLE_PATH) if "paths" in given else (),
        buckets=tuple(map(_saved_bucket, reader.children("buckets"))) if "buckets" in given else (),
        limits=_limits(reader.child("limits")) if "limits" in given else Limits(),
        drill=reader.text("drill", WEEKLY) if "drill" in given else None,
        restore_from=reader.text("restore_from", BEGINNING) if "restore_from" in given else None,
        notices=tuple(map(_notice, reader.children("notices"))) if "notices" in given else (),
        region=reader.text("region", ONE_LINE) if "region" in given else None,
    )


def _saved_bucket(reader: Reader) -> SavedBucket:
    return SavedBucket(*_bucket(reader), name=reader.text("name", SERVICE))


def _expiring(reader: Reader) -> ExpiringBucket:
    return ExpiringBucket(*_bucket(reader), days=reader.number("days", 1, 36500))


def _bucket(reader: Reader) -> tuple[str, str, str]:
    """What every bucket has: its endpoint, its region, its name there."""
    return reader.text("endpoint", ENDPOINT), reader.text("region", ONE_LINE), reader.text("bucket", ONE_LINE)


def _limits(reader: Reader) -> Limits:
    return Limits(reader.number("upload_kibibytes", 0, 2**32), reader.number("cpu_percent", 1, 10000))


def _notice(reader: Reader) -> Notice:
    kind = reader.text("kind", NOTICE)
    return Notice(kind, reader.text("secret", VARIABLE), _mail(reader.child("mail")) if kind == "mail" else None)


def _mail(reader: Reader) -> Mail:
    return Mail(
        to=reader.texts("to", ONE_LINE),
        sender=reader.text("from", ONE_LINE),
        server=reader.text("server", SERVER),
        user=reader.text("user", ONE_LINE),
    )


def _data_volume(reader: Reader) -> DataVolume:
    return DataVolume(
        device=reader.text("device", DEVICE),
        size_mebibytes=reader.number("size_mebibytes", 1, 2**32) if reader.value.get("size_mebibytes") is not None else None,
        volumes=tuple(
            NamedVolume(entry.text("name", SERVICE), entry.text("folder", FOLDER)) for entry in reader.children("volumes")
        ),
    )
