"""Running other programs: argument lists only, a known environment, a bounded time, the reason when they fail."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from . import console
from .fault import HostError, failed

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MAKER = "SINGLE_HOST_RUN"  # in the environment of all that a run starts: its number
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Result:
    code: int
    output: str
    errors: str

    @property
    def last_lines(self) -> list[str]:
        lines = [line.rstrip() for line in (self.errors + "\n" + self.output).splitlines() if line.strip()]
        return lines[-20:]


def environment(additions: Mapping[str, str] | None = None) -> dict[bytes, bytes]:
    """A small, known environment. Secrets travel here, as bytes, and never in argv."""
    base = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", MAKER: str(os.getpid())}
    return {os.fsencode(name): os.fsencode(value) for name, value in {**base, **(additions or {})}.items()}


def run(
    argv: Sequence[str],
    *,
    check: bool = True,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 900,
) -> Result:
    try:
        done = subprocess.run(
            list(argv),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=environment(env),
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError:
        result = Result(127, "", f"{argv[0]}: not installed")
    except subprocess.TimeoutExpired as expired:
        partial = (expired.stderr or b"").decode(errors="replace")
        result = Result(124, "", f"{partial}\n{argv[0]}: no end after {timeout:.0f} s")
    else:
        result = Result(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    if check and result.code != 0:
        raise command_failed(argv, result)
    return result


def command_failed(argv: Sequence[str], result: Result, remedy: str = "") -> HostError:
    shown = " ".join(argv[:4]) + (" ..." if len(argv) > 4 else "")
    return failed(shown, f"exit code {result.code}", remedy, result.last_lines)


def succeeds(argv: Sequence[str], timeout: float = 60) -> bool:
    return run(argv, check=False, timeout=timeout).code == 0


def retry(
    what: str,
    action: Callable[[], Outcome],
    *,
    lasting: float = 300,
    final: Callable[[HostError], bool] = lambda error: False,
) -> Outcome:
    """Tries again with growing pauses for `lasting` seconds: networks, mirrors and registries have bad minutes."""
    begun, pause = time.monotonic(), 2.0
    while True:
        try:
            return action()
        except HostError as error:
            left = lasting - (time.monotonic() - begun)
            if left <= 0 or final(error):
                raise
            reason = error.lines[-1] if error.lines else str(error)
            console.say(f"{what}: {reason[:160]} (again in {pause:.0f} s)")
            time.sleep(min(pause, max(left, 1)))
            pause = min(pause * 2, 20)
