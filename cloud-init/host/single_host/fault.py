"""Errors in the words of those who can remove them: path, value, remedy, and the lines that matter."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass

FAILED = 1
REFUSED = 2  # the input is wrong: nothing was changed
INTERRUPTED = 130  # by Ctrl-C, as a shell has it
BUSY = 75  # EX_TEMPFAIL: another run holds the lock


@dataclass(frozen=True)
class Fault:
    path: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" + (f"; {self.remedy}" if self.remedy else "")


class HostError(Exception):
    """Ends a verb. `lines` are the few lines of a log that show why."""

    def __init__(self, faults: Sequence[Fault], lines: Sequence[str] = (), code: int = FAILED) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)
        self.lines = tuple(lines)
        self.code = code


def failed(path: str, problem: str, remedy: str = "", lines: Sequence[str] = ()) -> HostError:
    return HostError([Fault(path, problem, remedy)], lines)


def as_failure(path: str, error: HostError | OSError) -> HostError:
    """What the operating system has said, with a remedy where there is one."""
    if isinstance(error, HostError):
        return error
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "remove what is not needed (`df`, `docker system df`), or choose a larger server" if full else ""
    return failed(path, str(error), remedy)


def refused(path: str, problem: str, remedy: str = "") -> HostError:
    return HostError([Fault(path, problem, remedy)], code=REFUSED)
