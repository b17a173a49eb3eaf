"""`compose up`, watched: one line for each change of a service, the end when all are well, the reason when one is not."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence

from . import application, console, containers
from .application import Compose, Service
from .containers import Container
from .fault import Fault, HostError
from .run import Result, environment, run

PATIENCE = 300.0  # for everything to become healthy, after compose has started it
UNHEALTHY_GRACE = 30.0  # an unhealthy service may still recover
STEADY = 3.0  # a service without health check counts when it has run that long
RESTARTS = 3
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


def roll_out(compose: Compose, wanted: Mapping[str, Service], patience: float = PATIENCE) -> list[str]:
    """Brings these services up. Returns the names of those that were touched.

    Nothing is asked of compose when all are settled: `up` would start finished one-shots again. When something did
    change they run again, as compose users expect of a migration.
    """
    before = _containers(compose.application.project)
    named = list(wanted)
    if all(application.settled(service, before) for service in wanted.values()):
        return []
    told = {container.identity: describe(container) for container in before}
    _up(compose, named, told)
    wait(compose.application.project, named, patience, told)
    after = {container.identity: container.started_at for container in before}
    return sorted({c.service for c in _containers(compose.application.project) if after.get(c.identity) != c.started_at})


def _up(compose: Compose, names: Sequence[str], told: dict[str, str]) -> None:
    argv = compose.argv("up", "--detach", "--no-build", "--remove-orphans", "--quiet-pull", *names)
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
        lines = [line for line in said.splitlines() if line.strip() and not line.endswith(NOISE)]
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
    while True:
        own = [container for container in _containers(project) if container.service in names]
        _tell(own, told)
        now = time.monotonic()
        pending, lost = [], []
        for container in own:
            if application.finished(container):
                continue
            if container.status in ("exited", "dead") or container.restarts >= RESTARTS:
                lost.append(container)
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
            raise _not_well(lost or pending, patience)
        time.sleep(0.5)


def _not_well(containers: Sequence[Container], patience: float) -> HostError:
    faults = [
        Fault(
            f"services/{container.service}",
            f"is {describe(container)}" + ("" if container.health != "starting" else f" after {patience:.0f} s"),
            f"see `docker logs {container.name}` on the server",
        )
        for container in containers
    ]
    return HostError(faults, logs(containers))


def describe(container: Container) -> str:
    if container.status == "exited":
        return f"exited with {container.exit_code}"
    if container.restarts and container.status != "running":
        return f"{container.status} again and again ({container.restarts} times, exit code {container.exit_code})"
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
