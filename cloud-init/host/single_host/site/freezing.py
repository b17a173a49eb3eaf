"""Containers that stand still for the moment of a copy, and never for longer: systemd thaws them if this program dies."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Sequence

from .. import console, files, layout
from ..containers import Container
from ..run import run

FROZEN = layout.RUN / "frozen.json"  # on tmpfs: a reboot thaws by itself
TIMER = "single-host-thaw"
RESCUE_AFTER = 10  # seconds
LONGEST = 5.0  # seconds: what a visitor takes for a slow page
ATTEMPTS = 10  # a program that starts another or waits for its disk may evade the kernel: "unable to freeze"
BETWEEN = 1.0  # seconds


class Freeze:
    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.seconds = 0.0  # set at the end

    @property
    def over(self) -> bool:
        return time.monotonic() - self.begun > LONGEST


@contextlib.contextmanager
def frozen(containers: Sequence[Container]) -> Iterator[Freeze]:
    """Those of them that run. What somebody has paused himself stays paused."""
    identities = [container.identity for container in containers if container.status == "running"]
    if not identities:
        yield Freeze()
        return
    files.write(FROZEN, json.dumps(identities), 0o600)
    freeze = Freeze()
    try:
        for last in (False,) * (ATTEMPTS - 1) + (True,):
            _thaw_later(identities)
            freeze.begun = time.monotonic()
            if run(["docker", "pause", *identities], check=last).code == 0:
                break
            run(["docker", "unpause", *identities], check=False)
            time.sleep(BETWEEN)
        yield freeze
    finally:
        thaw()
        freeze.seconds = time.monotonic() - freeze.begun
        run(["systemctl", "stop", f"{TIMER}.timer"], check=False)


def _thaw_later(identities: Sequence[str]) -> None:
    timer = [
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={TIMER}",
        f"--on-active={RESCUE_AFTER}",
        "--timer-property=AccuracySec=1",
    ]
    run(["systemctl", "stop", f"{TIMER}.timer"], check=False)
    run([*timer, "docker", "unpause", *identities])


def thaw() -> bool:
    """What a backup has frozen, this one or one that was killed."""
    identities = read()
    if not identities:
        return False
    for identity in identities:
        run(["docker", "unpause", identity], check=False)  # one that is gone, or that systemd has thawed
    files.remove(FROZEN)
    return True


def after_interruption() -> None:
    if thaw():
        console.say("a backup was interrupted while containers stood still; they go on")


def read() -> list[str]:
    try:
        return [str(identity) for identity in json.loads(FROZEN.read_bytes())]
    except (OSError, ValueError):
        return []
