"""The engine: logs that rotate, containers that live through its restarts, and the network of the edge."""

from __future__ import annotations

import json
from pathlib import Path

from .. import engine, files
from ..fault import failed
from ..run import run, succeeds
from .wanted import Edge, Machine

DAEMON = Path("/etc/docker/daemon.json")
NETWORK = "edge"
BRIDGE = "edge0"


def prepare(machine: Machine) -> list[str]:
    """Before the engine is installed, so that its first start reads it."""
    wanted = {
        "live-restore": True,
        "log-driver": "json-file",
        "log-opts": {"max-size": machine.container_log_size, "max-file": str(machine.container_log_files)},
    }
    try:
        present = json.loads(DAEMON.read_text())
    except FileNotFoundError:
        present = {}
    except ValueError as error:
        raise failed(str(DAEMON), f"is not JSON ({error})", "repair or remove it") from None
    text = json.dumps({**present, **wanted}, indent=2) + "\n"  # an administrator's other settings stay
    return ["daemon.json"] if files.write_if_different(DAEMON, text) else []


def converge(machine: Machine, reload: bool) -> list[str]:
    changes = []
    if not succeeds(["systemctl", "is-enabled", "--quiet", "docker.service"]):
        run(["systemctl", "enable", "docker.service"])
        changes.append("docker at boot")
    if not engine.answers():
        run(["systemctl", "start", "docker.service"])
        engine.wait()
    elif reload:
        # A reload puts live-restore in force; each container has its log options from compose.
        run(["systemctl", "reload", "docker.service"])
    return changes + _network(machine.edge)


def _network(edge: Edge) -> list[str]:
    if engine.exists(f"/networks/{NETWORK}"):
        network = engine.get(f"/networks/{NETWORK}")
        found = [(entry.get("Subnet"), entry.get("Gateway")) for entry in network["IPAM"]["Config"]]
        if found != [(edge.subnet, edge.gateway)]:
            raise failed(
                "host.json/edge",
                f"wants {edge.subnet}, the network {NETWORK!r} has {found[0][0] if found else 'no subnet'}",
                f"stop what uses it and run `docker network rm {NETWORK}`, then apply again",
            )
        return []
    run(
        [
            *("docker", "network", "create", "--driver", "bridge", "--label", "single-host=edge"),
            *("--subnet", edge.subnet, "--gateway", edge.gateway),
            *("--opt", f"com.docker.network.bridge.name={BRIDGE}", NETWORK),
        ]
    )
    return [f"network {NETWORK}"]
