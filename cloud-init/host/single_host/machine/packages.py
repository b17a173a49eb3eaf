"""Packages by distribution. Asks apt only when something is missing, and waits for those who hold its locks."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

from .. import console, files
from ..fault import REFUSED, HostError, failed, refused
from ..run import retry, run, succeeds
from .wanted import Machine

EVERYWHERE = ("ca-certificates", "dnsmasq-base", "iptables", "restic", "ufw", "unattended-upgrades")
DOCKER = {
    ("debian", "13"): ("docker.io", "docker-cli", "docker-compose"),
    ("ubuntu", "22.04"): ("docker.io", "docker-compose-v2"),
    ("ubuntu", "24.04"): ("docker.io", "docker-compose-v2"),
    # Debian 12 has no compose v2: Docker's own repository.
    ("debian", "12"): ("docker-ce", "docker-ce-cli", "containerd.io", "docker-compose-plugin"),
}
APT = [
    "apt-get",
    "-qy",
    "-oDPkg::Lock::Timeout=600",
    "-oDpkg::Options::=--force-confdef",
    "-oDpkg::Options::=--force-confold",
    "-oAcquire::Retries=2",
    "-oAcquire::http::Timeout=20",
    "-oAcquire::https::Timeout=20",
    "-oAPT::Update::Error-Mode=any",
]
QUIET = {"NEEDRESTART_SUSPEND": "1", "APT_LISTCHANGES_FRONTEND": "none"}
MIRROR_PATIENCE = 600.0
REPOSITORY = Path("/etc/apt/sources.list.d/single-host-docker.sources")
REPOSITORY_KEY = Path("/etc/apt/keyrings/single-host-docker.asc")


def converge(machine: Machine) -> list[str]:
    return retry("packages", lambda: _converge(machine), lasting=MIRROR_PATIENCE, final=lambda error: error.code == REFUSED)


def _converge(machine: Machine) -> list[str]:
    """Tried again as a whole: an installation that was killed halfway is finished before the next."""
    if wrong := run(["dpkg", "--audit"]).output:
        console.say("packages: finishing an interrupted installation")
        run(["dpkg", "--configure", "-a", "--force-confold"], env=QUIET)
    missing = _missing((*wanted(release()), *_for(machine)))
    if not missing:
        return ["dpkg"] if wrong else []
    console.say(f"packages: installing {', '.join(missing)}")
    _install(missing)
    return [f"packages {', '.join(missing)}"]


def _for(machine: Machine) -> list[str]:
    """What only some servers need."""
    needs = {"python3-boto3": machine.expires_versions, "rclone": machine.saves_buckets}
    return [name for name, needed in needs.items() if needed]


def release(path: Path = Path("/etc/os-release")) -> tuple[str, str]:
    values = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return values.get("ID", "").strip('"'), values.get("VERSION_ID", "").strip('"')


def wanted(system: tuple[str, str]) -> tuple[str, ...]:
    if succeeds(["docker", "compose", "version"]) and succeeds(["dockerd", "--version"]):
        return EVERYWHERE  # the image brings an engine: it stays
    if system not in DOCKER:
        known = ", ".join(" ".join(pair) for pair in DOCKER)
        raise refused("server/image", f"{' '.join(system)} is not supported", f"use one of {known}")
    return EVERYWHERE + DOCKER[system]


def _missing(names: tuple[str, ...]) -> list[str]:
    shown = run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names], check=False).output
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def _install(names: list[str]) -> None:
    try:
        if "docker-ce" in names:
            _add_repository(*release())
        run([*APT, "update"], timeout=300)
        run([*APT, "install", "--no-install-recommends", *names], env=QUIET, timeout=1800)
    except HostError as error:
        # apt's last line ("E: Some index files failed ...") says less than its first.
        first = [line for line in error.lines if line.startswith(("E:", "Err:"))][:1]
        raise HostError(error.faults, [*error.lines, *first]) from None


def _add_repository(system: str, version: str) -> None:
    address = f"https://download.docker.com/linux/{system}"
    if not REPOSITORY_KEY.exists():
        try:
            with urllib.request.urlopen(f"{address}/gpg", timeout=20) as answer:  # noqa: S310
                files.write(REPOSITORY_KEY, answer.read())
        except (urllib.error.URLError, OSError) as error:
            raise failed(address, str(error), "is the internet reachable from the server?") from None
    suite = {"12": "bookworm"}[version]
    files.write_if_different(
        REPOSITORY,
        f"Types: deb\nURIs: {address}\nSuites: {suite}\nComponents: stable\nSigned-By: {REPOSITORY_KEY}\n",
    )
