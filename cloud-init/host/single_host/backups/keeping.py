"""Which runs are kept: for each period the newest run of so many days, weeks, months. A run is kept or goes as a whole.

(restic's own `forget --keep-...` counts snapshots, each path by itself: a run that crosses midnight, or a volume that
has moved, would be kept in part.)
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping

NAME = "%Y%m%dT%H%M%SZ"
PERIODS: Mapping[str, Callable[[datetime.datetime], object]] = {
    "daily": lambda moment: moment.date(),
    "weekly": lambda moment: moment.isocalendar()[:2],
    "monthly": lambda moment: (moment.year, moment.month),
}
AHEAD = datetime.timedelta(minutes=15)  # what an object store lets a clock be wrong by


def kept(names: Iterable[str], keep: Mapping[str, int]) -> set[str]:
    """Of complete runs. The newest is kept whatever the numbers are."""
    newest_first = sorted(names, reverse=True)
    wanted = set(newest_first[:1])
    for period, place in PERIODS.items():
        seen: set[object] = set()
        for name in newest_first:
            if len(seen) < keep.get(period, 0) and place(moment_of(name)) not in seen:
                seen.add(place(moment_of(name)))
                wanted.add(name)
    return wanted


def name_of(now: datetime.datetime, known: Iterable[str]) -> str:
    """Of a new run: the time, or a second after the newest one where the clock was put back."""
    newest = max(known, default="")
    name = now.strftime(NAME)
    return name if name > newest else (moment_of(newest) + datetime.timedelta(seconds=1)).strftime(NAME)


def ahead(names: Iterable[str], now: datetime.datetime) -> list[str]:
    """Runs that lie in the future: one clock, of then or of now, is wrong, and nobody knows which."""
    return sorted(name for name in names if moment_of(name) > now + AHEAD)


def moment_of(name: str) -> datetime.datetime:
    return datetime.datetime.strptime(name, NAME).replace(tzinfo=datetime.timezone.utc)
