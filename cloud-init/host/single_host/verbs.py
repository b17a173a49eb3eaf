"""The verbs that come with the first deployment: user data has no room for them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from . import console
from .fault import refused

Verb = Callable[[str, str], argparse.ArgumentParser]


def add(verb: Verb) -> None:
    _add_releases(verb)
    verb("status", "how the host is; exit code 0 when all is well").add_argument("--json", action="store_true", help="print JSON")
    verb("upstreams", "follow the containers and publish their addresses (a service)")
    _add_backup(verb)
    drill = verb("drill", "restore a backup beside the site and compare it with what was there")
    drill.add_argument("run", nargs="?", default="latest", help="a run of `single-host backup list` (default: the latest)")
    drill.add_argument("--due", action="store_true", help="in the background, unless the last one went well")
    drill.add_argument("--json", action="store_true", help="print the report as JSON")
    check = verb("check", "read a twelfth of the repository again, another one each month")
    check.add_argument("--all", action="store_true", help="read all of it")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    restic = verb("restic", "restic itself, with the repository, its keys and its password")
    restic.add_argument("arguments", nargs=argparse.REMAINDER)
    notices = verb("notices", "tell people: a test, or that a task has failed")
    kinds = notices.add_subparsers(dest="action", required=True, metavar="test|failed")
    kinds.add_parser("test", help="send one to everybody, to see that it arrives")
    failed = kinds.add_parser("failed", help="a task has failed: systemd says so")
    failed.add_argument("task", choices=("backup", "drill", "check", "expiry"))
    expire = verb("expire", "remove old versions from buckets whose cloud does not")
    expire.add_argument("--dry-run", action="store_true", help="say what would be removed")
    restore = verb("restore", "go back to a backup")
    restore.add_argument("run", nargs="?", help="a run of `single-host backup list`, or latest")
    restore.add_argument(
        "--at", metavar="TIME", help="the newest at or before a moment: 2026-11-20T14:00+01:00; UTC without a zone"
    )
    only = "postgres, volumes, sqlite, duckdb, buckets, paths; or one part, as in volume/NAME or postgres/SERVICE/DATABASE"
    restore.add_argument("--only", nargs="+", action="extend", default=[], metavar="KIND", help=only)
    restore.add_argument("--dry-run", action="store_true", help="say what would be replaced by what, and change nothing")
    restore.add_argument("--json", action="store_true", help="print what --dry-run finds as JSON")
    restore.add_argument("--yes", action="store_true", help="do not ask")
    restore.add_argument("--without-safety", action="store_true", help="no backup of the present data before")
    verb("gate", "the forced command of CI's key")


def _add_backup(verb: Verb) -> None:
    backup = verb("backup", "back up now, list the backups, read one, remove one")
    actions = backup.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text, allow_abbrev=False)

    action("now", "back up now")
    action("list", "the backups, their age and size").add_argument("--json", action="store_true", help="print JSON")
    cat = action("cat", "a part of a backup on standard output, decrypted: SQL, a SQLite file, or a tar archive")
    cat.add_argument("part", help="postgres, postgres/SERVICE/DATABASE, sqlite/..., volume/NAME: as `backup list` calls it")
    cat.add_argument("--run", help="of which run (default: the newest)")
    forget = action("forget", "remove backups by name, such as one that a wrong clock has put into the future")
    forget.add_argument("runs", nargs="+", metavar="RUN", help="as `backup list` calls it")
    action("key", "what opens the backups without this server: keep it where you keep passwords")


def _backup(options: argparse.Namespace) -> int:
    from . import settings
    from .backups import backup
    from .monitoring import notices

    host = settings.load()
    match options.action:
        case "now":
            from . import layout
            from .backups import limits

            limits.keep(host.backup, [str(layout.COMMAND), "backup", "now"])
            backup.now(host)
            notices.alive(host)
        case "list":
            backup.show(host, options.json)
        case "key":
            backup.show_key(host)
        case "cat":
            from .backups import cat

            return cat.cat(host, options.part, options.run)
        case "forget":
            from .backups import forget

            forget.forget(host, options.runs)
    return 0


def _add_releases(verb: Verb) -> None:
    release = verb("release", "put new images in force, as one whole")
    release.add_argument("images", nargs="+", type=_image, metavar="SERVICE=IMAGE")
    release.add_argument("--username", default="", help="of the images' registry, for this release alone")
    release.add_argument("--password-stdin", action="store_true", help="its password or token is on standard input")
    rollback = verb("rollback", "go back to a release: its images, compose file, Caddyfile and settings")
    rollback.add_argument("record", nargs="?", type=int, help="a number of `single-host releases` (default: the one before)")
    for either in (release, rollback):
        either.add_argument("--by", default="", help="who asks, such as the address of a CI run")
    verb("recover", "after a killed run: what the newest good record says, once more")
    verb("releases", "what was released, when, by whom").add_argument("--json", action="store_true", help="print JSON")
    logs = verb("logs", "what containers have said")
    logs.add_argument("service", nargs="?", help="of this service alone (default: of all)")
    logs.add_argument("--lines", type=int, default=100, help="how many, the last ones (default: 100)")
    logs.add_argument("--json", action="store_true", help="print an object a line")


def run(options: argparse.Namespace) -> int:
    console.answers_alone = getattr(options, "json", False)
    match options.verb:
        case "status":
            from .monitoring import status

            return status.status(options.json)
        case "backup":
            return _backup(options)
        case "drill":
            from . import settings
            from .verification import drill

            return drill.due(settings.load()) if options.due else drill.drill(settings.load(), options.run, options.json)
        case "check":
            from . import settings
            from .verification import check

            return check.check(settings.load(), options.all, options.json)
        case "restic":
            from . import settings
            from .backups import backup

            backup.open_repository(settings.load())[1].become(options.arguments)
        case "notices":
            from .monitoring import notices

            return notices.test() if options.action == "test" else notices.failed(options.task)
        case "expire":
            from . import settings
            from .buckets import expire

            expire.expire(settings.load(), options.dry_run)
        case "restore":
            from . import settings
            from .restores import restore

            wish = restore.Wish(
                run=options.run,
                at=options.at,
                only=tuple(options.only),
                dry=options.dry_run,
                as_json=options.json,
                agreed=options.yes,
                safety=not options.without_safety,
            )
            restore.restore(settings.load(), wish)
        case "release":
            from .releases import release
            from .releases.images import Login

            if len(dict(options.images)) < len(options.images):
                raise refused("release", "names a service twice")
            login = Login(options.username, _password()) if options.password_stdin else None
            release.release(dict(options.images), options.by, login)
        case "rollback":
            from .releases import release

            release.rollback(options.record, options.by)
        case "recover":
            from .releases import release

            release.resume()
        case "releases":
            from .releases import history

            history.show(options.json)
        case "logs":
            from . import settings
            from .monitoring import logs

            logs.show(settings.load(), options.service, options.lines, options.json)
        case "gate":
            from . import gate

            gate.gate()
    return 0


def _image(text: str) -> tuple[str, str]:
    service, equals, image = text.partition("=")
    if not (service and equals and image):
        raise ValueError(text)
    return service, image


def _password() -> str:
    """As `docker login --password-stdin` takes it."""
    text = sys.stdin.read(65536).rstrip("\r\n")
    if not text or "\n" in text:
        remedy = "as in `echo $TOKEN | ssh ... --password-stdin`"
        raise refused("standard input", "must be one line, the registry's password", remedy)
    return text
