"""A new generation of services: beside the old where it can be, in its place where not; watched, and judged before it stays."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .. import console, containers, state
from ..containers import Container
from ..fault import Fault, HostError, failed
from ..run import Result, environment, run
from ..settings import Site
from . import application, beside, choices, visitor
from .application import Compose, Service

PATIENCE = 300.0  # for everything to become healthy, after compose has started it
UNHEALTHY_GRACE = 30.0  # an unhealthy service may still recover
STEADY = 3.0  # a service without health check counts when it has run that long
RESTARTS = 3
RESTARTING_GRACE = 5.0
ORPHANS = "Found orphan containers"  # they have an end of their own
NOISE = (
    " Creating",
    " Created",
    " Starting",
    " Started",
    " Waiting",
    " Healthy",
    " Running",
    " Recreate",
    " Recreated",
    " Exited",
)


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True)
class Judged:
    """What a new generation has to pass, and what is done once it has: from then on it is the one that counts."""

    sites: Sequence[Site] = ()
    verify: Callable[[visitor.Patience], None] = _nothing  # as a visitor, once it has the requests
    commit: Callable[[], None] = _nothing


def roll_out(
    compose: Compose, wanted: Mapping[str, Service], patience: float = PATIENCE, judged: Judged | None = None
) -> list[str]:
    """Brings these services up. Returns the names of those that were touched.

    Nothing is asked of compose when all are settled: `up` would start finished one-shots again. When something did
    change they run again, as compose users expect of a migration.
    """
    project = compose.application.project
    before = _containers(project)
    if beside.tidy(compose, wanted, before):
        before = _containers(project)
    choices.forget_all()
    unsettled = [service for service in wanted.values() if not application.settled(service, before)]
    if not unsettled:
        return []
    told = {container.identity: describe(container) for container in before}
    doubled = [service for service in unsettled if beside.possible(service, _of([service], before))]
    try:
        if doubled:
            _start_first(compose, wanted, unsettled, doubled, before, patience, judged or Judged(), told)
        else:
            _stop_first(compose, unsettled, before, lambda: _up_and_wait(compose, list(wanted), patience, told))
    finally:
        beside.forget(compose, wanted)
    after = {container.identity: container.started_at for container in before}
    return sorted({c.service for c in _containers(project) if after.get(c.identity) != c.started_at})


def _start_first(
    compose: Compose,
    wanted: Mapping[str, Service],
    unsettled: Sequence[Service],
    doubled: Sequence[Service],
    before: Sequence[Container],
    patience: float,
    judged: Judged,
    told: dict[str, str],
) -> None:
    """Dependencies, the new beside the old, the switch, the end of the old, dependents."""
    old = _of(doubled, before)
    late = [service for service in unsettled if service not in doubled and _leans_on(service, doubled, wanted)]
    early = [service for service in unsettled if service not in doubled and service not in late]
    beside.keep_requests(compose, [container for container in old if container.serves])
    names = [service.name for service in (*doubled, *early)]
    scales = [
        word for service in doubled for word in ("--scale", f"{service.name}={service.instances + len(_of([service], old))}")
    ]

    def fresh() -> list[Container]:
        known = {container.identity for container in old}
        return [
            container for container in _of(doubled, _containers(compose.application.project)) if container.identity not in known
        ]

    def start() -> None:
        if early:
            # Not by `up`: that would run a one-shot among them now, and once more for those that wait for it.
            compose.run("create", "--no-build", *(service.name for service in early), timeout=600)
            # The old ones are gone. Requests wait for each successor to be healthy, not for all that starts with it.
            beside.forget(compose, [service.name for service in early])
        _up(compose, names, told, "--no-recreate", *scales)
        wait(compose.application.project, names, patience, told)

    try:
        _stop_first(compose, early, before, start)
        if not fresh():
            raise failed("services", "no new container was started")
        beside.judge(fresh(), judged.sites)
        beside.give_requests(compose, fresh())
        judged.verify(visitor.AFTER_GAP if early else visitor.SWITCHED)
    except BaseException as error:
        lines = logs(fresh()) if isinstance(error, HostError) and not error.lines else ()
        beside.give_back(compose, [container for container in old if container.serves])
        beside.remove(fresh())
        if not isinstance(error, HostError):
            raise
        raise HostError([Fault(fault.path, fault.problem) for fault in error.faults], error.lines or lines, error.code) from None
    if not late:
        judged.commit()
    beside.retire(old)
    if late:
        _stop_first(compose, late, before, lambda: _up_and_wait(compose, [service.name for service in late], patience, told))


def _stop_first(compose: Compose, leaving: Sequence[Service], before: Sequence[Container], bring: Callable[[], None]) -> None:
    """Requests to what cannot run twice wait at the edge while it is replaced."""
    gaps: dict[str, int] = state.read().get("gaps", {})
    stopping = [service for service in leaving if any(c.serves and c.restart_policy != "no" for c in _of([service], before))]
    for service in stopping:
        known = f"about {gaps[service.name]} s" if service.name in gaps else "until its successor is healthy"
        reason = service.alone or "its image has volumes of its own"
        console.say(f"{service.name}: is stopped before its successor starts ({reason}); a gap, {known}")
    begun = time.monotonic()
    beside.hold_requests(compose, _of(stopping, before))
    try:
        bring()
    finally:
        beside.forget(compose, [service.name for service in stopping])
    if stopping:
        gap = round(time.monotonic() - begun)
        state.update(gaps={**gaps, **{service.name: gap for service in stopping}})


def _up_and_wait(compose: Compose, names: Sequence[str], patience: float, told: dict[str, str]) -> None:
    _up(compose, names, told)
    wait(compose.application.project, names, patience, told)


def _leans_on(service: Service, others: Sequence[Service], wanted: Mapping[str, Service]) -> bool:
    """Whether it waits for one of the others, over however many steps: compose would replace those with it."""
    targets, seen, ahead = {other.name for other in others}, set(), set(service.depends_on)
    while ahead:
        name = ahead.pop()
        if name in targets:
            return True
        if name not in seen and name in wanted:
            seen.add(name)
            ahead |= wanted[name].depends_on
    return False


def _of(services: Sequence[Service], found: Sequence[Container]) -> list[Container]:
    names = {service.name for service in services}
    return [container for container in found if container.service in names]


def _up(compose: Compose, names: Sequence[str], told: dict[str, str], *options: str) -> None:
    argv = compose.argv("up", "--detach", "--no-build", "--quiet-pull", *options, *names)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment(compose.environment)
        )
        try:
            while process.poll() is None:
                _tell(_containers(compose.application.project), told)
                time.sleep(0.5)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(30)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode != 0:
        lines = [line for line in said.splitlines() if line.strip() and ORPHANS not in line and not line.endswith(NOISE)]
        own = [container for container in _containers(compose.application.project) if container.service in names]
        failing = [container for container in own if not (container.serves or application.finished(container))]
        raise HostError(
            [Fault("services", f"docker compose up ended with exit code {process.returncode}")],
            [*Result(1, "", "\n".join(lines)).last_lines[-8:], *logs(failing)],
        )


def wait(project: str, names: Sequence[str], patience: float = PATIENCE, told: dict[str, str] | None = None) -> None:
    told = {} if told is None else told
    deadline = time.monotonic() + patience
    unhealthy_since: dict[str, float] = {}
    steady_since: dict[str, float] = {}
    restarting_since: dict[str, float] = {}
    codes: dict[str, int] = {}
    while True:
        own = [container for container in _containers(project) if container.service in names]
        _tell(own, told)
        now = time.monotonic()
        pending: list[Container] = []
        lost: list[Container] = []
        for container in own:
            codes[container.identity] = container.exit_code or codes.get(container.identity, 0)
            if application.finished(container):
                continue
            if container.status in ("exited", "dead"):
                lost.append(container)
            elif container.restarts >= RESTARTS:
                # One that has just been started once more has no exit code: its next end, in a moment, tells it.
                ended = container.status != "running" or codes[container.identity]
                waited = now - restarting_since.setdefault(container.identity, now)
                (lost if ended or waited > RESTARTING_GRACE else pending).append(container)
            elif container.health == "unhealthy":
                if now - unhealthy_since.setdefault(container.identity, now) > UNHEALTHY_GRACE:
                    lost.append(container)
                pending.append(container)
            elif not container.serves or (
                not container.health and now - steady_since.setdefault(container.identity + container.started_at, now) < STEADY
            ):
                pending.append(container)
        if not lost and not pending:
            return
        if lost or now > deadline:
            raise _not_well([replace(one, exit_code=codes[one.identity]) for one in lost or pending], patience)
        time.sleep(0.5)


def await_boot(project: str, patience: float = 60.0) -> None:
    """After a power cut what is well needs a moment to show it, and is not to be replaced for that."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(
        container.health == "starting" or container.status == "restarting" for container in _containers(project)
    ):
        time.sleep(0.5)


def _not_well(containers: Sequence[Container], patience: float) -> HostError:
    faults = [
        Fault(
            f"services/{container.service}",
            f"is {described}" + (f" after {patience:.0f} s" if described == "starting" else ""),
            f"see `docker logs {container.name}` on the server",
        )
        for container, described in ((container, describe(container)) for container in containers)
    ]
    return HostError(faults, logs(containers))


def describe(container: Container) -> str:
    if container.status == "exited":
        return f"exited with {container.exit_code}"
    if container.restarts >= RESTARTS or (container.restarts and container.status != "running"):
        return f"restarting again and again ({container.restarts} times, exit code {container.exit_code})"
    return container.health or container.status


def _tell(containers: Sequence[Container], told: dict[str, str]) -> None:
    for container in containers:
        words = describe(container)
        if told.get(container.identity) != words and words not in ("created", "running", "starting"):
            console.say(f"{container.service}: {words}")
        told[container.identity] = words


def logs(containers: Sequence[Container]) -> list[str]:
    lines = []
    for container in containers[:3]:
        result = run(["docker", "logs", "--tail", "15", container.identity], check=False, timeout=30)
        lines += [f"{container.service} | {line}" for line in result.last_lines[-15:]]
    return lines


def _containers(project: str) -> list[Container]:
    return containers.find(f"{containers.PROJECT}={project}")
