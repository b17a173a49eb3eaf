"""Errors in the words of those who can remove them: path, value, remedy, and the lines that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FAILED = 1
REFUSED = 2  # the input is wrong: nothing was changed
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


def refused(path: str, problem: str, remedy: str = "") -> HostError:
    return HostError([Fault(path, problem, remedy)], code=REFUSED)
