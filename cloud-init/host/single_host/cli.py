"""The command line. Each verb is imported when it is asked for: the watcher stays small."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from . import __version__, console, layout
from .fault import FAILED, INTERRUPTED, REFUSED, Fault, HostError, refused

UNPRIVILEGED = ("gate",)
FIRST: tuple[list[str], ...] = ([], ["--version"], ["install"], ["converge"], ["identity"], ["apply"])  # of the first boot


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
        return INTERRUPTED


def _upstreams() -> int:
    from .site import upstreams

    upstreams.follow()
    return 0


def _dispatch(arguments: list[str]) -> int:
    options = _parse(arguments)
    if options.verb not in UNPRIVILEGED and os.geteuid() != 0:
        raise refused(options.verb, "needs root", f"run `sudo single-host {' '.join(arguments)}`")
    os.umask(0o022)
    match options.verb:
        case "install":
            from . import program
            from .machine import units

            program.activate(layout.PROGRAM)
            units.install()
        case "converge":
            from . import lock
            from .machine import converge, wanted

            with lock.held("converge", lock.PATIENCE):
                converge.converge(wanted.load())
            if (layout.STATE / "releases" / "pending.json").exists():
                from .releases import release

                release.resume()  # the power went in the middle of a change
        case "identity":
            from . import lock
            from .machine import ssh

            with lock.held("identity", lock.PATIENCE):
                ssh.install_identity(options.incoming)
        case "apply":
            from . import lock, program

            with lock.held("apply", lock.PATIENCE):
                program.take_over(options.incoming, arguments)
            from . import apply

            apply.apply(options.incoming)
        case _:
            from . import verbs

            return verbs.run(options)
    return 0


def _parse(arguments: list[str]):  # type: ignore[no-untyped-def]
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise HostError([Fault("arguments", message, f"see `{self.prog} --help`")], code=REFUSED)

    parser = Parser("single-host", allow_abbrev=False, description="Runs one compose application on this server.")
    parser.add_argument("--version", action="version", version=f"single-host {__version__}")
    known = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return known.add_parser(name, help=text, description=text, allow_abbrev=False)

    verb("install", "put this program in place and let systemd converge the server (first boot)")
    verb("converge", "bring the server itself to its settings")
    for name, text in (
        ("identity", "install the uploaded lasting SSH host key"),
        ("apply", "bring the uploaded bundle to life, or the last one again"),
    ):
        verb(name, text).add_argument("--incoming", type=Path, default=layout.INCOMING, metavar="DIR")
    if arguments[:1] not in FIRST:
        from . import verbs

        verbs.add(verb)
    return parser.parse_args(arguments)


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)
