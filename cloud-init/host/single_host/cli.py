"""The command line. Each verb is imported when it is asked for: the watcher stays small."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from . import __version__, console, layout
from .fault import FAILED, REFUSED, Fault, HostError, refused

UNPRIVILEGED = ("gate",)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a lost connection does not end an apply half-way
    try:
        if arguments == ["upstreams"]:
            return _upstreams()
        return _dispatch(arguments)
    except HostError as error:
        for line in error.lines:
            console.complain(f"  | {line}")
        for fault in error.faults:
            console.complain(f"single-host: {fault}")
        return error.code
    except OSError as error:
        console.complain(f"single-host: {arguments[0]}: {error}")
        return FAILED
    except ImportError as error:
        if not str(error.name).startswith("single_host"):
            raise
        # User data has room for the verbs of the first boot only.
        console.complain(f"single-host: {arguments[0]}: comes with the first deployment; run `cdktf deploy`")
        return REFUSED
    except KeyboardInterrupt:
        console.complain("single-host: interrupted; run it again to finish")
        return 130


def _upstreams() -> int:
    from . import upstreams

    upstreams.follow()
    return 0


def _dispatch(arguments: list[str]) -> int:
    options = _parse(arguments)
    if options.verb not in UNPRIVILEGED and os.geteuid() != 0:
        raise refused(options.verb, "needs root", f"run `sudo single-host {' '.join(arguments)}`")
    os.umask(0o022)
    match options.verb:
        case "install":
            from . import program, units

            program.activate(layout.PROGRAM)
            units.install()
        case "converge":
            from . import converge, lock, machine

            with lock.held("converge", lock.PATIENCE):
                converge.converge(machine.load())
        case "identity":
            from . import lock, ssh

            with lock.held("identity", lock.PATIENCE):
                ssh.install_identity(options.incoming)
        case "apply":
            from . import lock, program

            with lock.held("apply", lock.PATIENCE):
                program.take_over(options.incoming, arguments)
            from . import apply

            apply.apply(options.incoming)
        case "status":
            from . import status

            return status.status(options.json)
        case "backup":
            from . import backup, settings

            backup.now(settings.load()) if options.action == "now" else backup.show(settings.load(), options.json)
        case "expire":
            from . import buckets, settings

            buckets.expire(settings.load(), options.dry_run)
        case "restore":
            from . import restore, settings

            restore.restore(settings.load(), options.snapshot, options.only, options.yes, not options.without_safety)
        case "gate":
            from . import gate

            gate.gate()
    return 0


def _parse(arguments: list[str]):  # type: ignore[no-untyped-def]
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise HostError([Fault("arguments", message, f"see `{self.prog} --help`")], code=REFUSED)

    parser = Parser("single-host", description="Runs one compose application on this server.")
    parser.add_argument("--version", action="version", version=f"single-host {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text)

    verb("install", "put this program in place and let systemd converge the server (first boot)")
    verb("converge", "bring the server itself to its settings")
    for name, text in (
        ("identity", "install the uploaded lasting SSH host key"),
        ("apply", "bring the uploaded bundle to life, or the last one again"),
    ):
        verb(name, text).add_argument("--incoming", type=Path, default=layout.INCOMING, metavar="DIR")
    verb("status", "how the host is; exit code 0 when all is well").add_argument("--json", action="store_true", help="print JSON")
    verb("upstreams", "follow the containers and publish their addresses (a service)")
    backup = verb("backup", "back up now, or list the backups")
    backup.add_argument("action", choices=("now", "list"))
    backup.add_argument("--json", action="store_true", help="print the list as JSON")
    expire = verb("expire", "remove old versions from buckets whose cloud does not")
    expire.add_argument("--dry-run", action="store_true", help="say what would be removed")
    restore = verb("restore", "go back to a backup")
    restore.add_argument("snapshot", nargs="?", help="a run of `single-host backup list`, or latest")
    restore.add_argument("--only", choices=("postgres", "volumes"), help="the databases alone, or the other volumes alone")
    restore.add_argument("--yes", action="store_true", help="do not ask")
    restore.add_argument("--without-safety", action="store_true", help="no backup of the present data before")
    verb("gate", "the forced command of CI's key")
    return parser.parse_args(arguments)


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)
