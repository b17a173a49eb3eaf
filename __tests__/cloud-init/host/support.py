"""Puts the program on the path, and makes the values that the tests share."""

from __future__ import annotations

import copy
import json
import os
import pty
import sys
import tempfile
import unittest
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

HOST = Path(__file__).resolve().parents[3] / "cloud-init" / "host"
sys.dont_write_bytecode = True
sys.path.insert(0, str(HOST))

from single_host import console, layout  # noqa: E402
from single_host.containers import Container  # noqa: E402
from single_host.fault import HostError  # noqa: E402

HOST_JSON: dict[str, Any] = {
    "format": 1,
    "name": "shop-beta",
    "ipv4": "203.0.113.7",
    "deploy_keys": ["ssh-ed25519 AAAA admin"],
    "release_keys": [],
    "swap_mebibytes": 1024,
    "journal_mebibytes": 512,
    "container_log": {"max_size": "10m", "max_file": 3},
    "reboot_window": "04:30",
    "application": {
        "name": "shop-beta",
        "project": "shop-beta",
        "compose_file": "compose.yaml",
        "profiles": [],
        "settings": {"DEBUG": "false"},
        "secrets": ["POSTGRES_PASSWORD"],
        "services": {"app": {"image": "ghcr.io/lab/shop:1.0", "released": True, "one_shot": False}},
        "left_out": [],
    },
    "sites": [
        {
            "address": "https://shop.example",
            "names": ["shop.example"],
            "tls": True,
            "upstreams": [{"service": "app", "port": 8000, "path": "/*", "health": "/health"}],
        }
    ],
    "basic_auth": [],
    "edge": {"subnet": "172.31.255.0/24", "gateway": "172.31.255.1", "image": "caddy:2.10.2-alpine"},
    "backup": None,
}


def host_json(**changes: Any) -> bytes:
    data = copy.deepcopy(HOST_JSON)
    for path, value in changes.items():
        *parents, last = path.split("__")
        at = data
        for key in parents:
            at = at[key]
        at[last] = value
    return json.dumps(data).encode()


def backup_json(**changes: Any) -> dict[str, Any]:
    plan = {
        "repository": "s3:https://s3.example/bucket/shop-beta",
        "schedule": "03:15",
        "keep": {"daily": 7, "weekly": 0, "monthly": 0},
        "postgres": [],
        "volumes": [],
    }
    return {**plan, **changes}


def container(service: str = "app", **changes: Any) -> Container:
    values: dict[str, Any] = {
        "identity": f"{service}-identity",
        "name": f"shop-beta-{service}-1",
        "project": "shop-beta",
        "service": service,
        "image": "ghcr.io/lab/shop:1.0",
        "status": "running",
        "health": "healthy",
        "exit_code": 0,
        "restarts": 0,
        "restart_policy": "unless-stopped",
        "started_at": "2026-11-21T00:00:00Z",
        "addresses": {"edge": "172.31.255.3"},
        "labels": {},
        "volumes": frozenset(),
    }
    return Container(**{**values, **changes})


def _paths() -> list[tuple[ModuleType, str, Path]]:
    """Every place on the server that a module of the program names."""
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("single_host")]
    return [
        (module, name, value)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Path) and value.is_absolute() and name not in ("PROGRAM", "PACKAGE_FILES")
    ]


class HostTest(unittest.TestCase):
    """Every path of the program below a folder of the test's own; progress in `self.said`."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for module, name, path in _paths():
            self.enterContextOf(mock.patch.object(module, name, self.root / path.relative_to("/")))
        layout.RUN.mkdir(parents=True)
        self.said: list[str] = []
        console.listeners.append(self.said.append)
        self.addCleanup(console.listeners.remove, self.said.append)
        self.enterContextOf(mock.patch.object(console, "_print"))

    def enterContextOf(self, context: Any) -> Any:
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def typed(self, text: str) -> None:
        """At a terminal, from which the program reads."""
        keyboard, terminal = pty.openpty()
        self.addCleanup(os.close, keyboard)
        os.write(keyboard, text.encode())
        self.enterContextOf(mock.patch.object(sys, "stdin", self.enterContextOf(os.fdopen(terminal))))

    def faults_of(self, action: Any, *arguments: Any) -> list[str]:
        with self.assertRaises(HostError) as caught:
            action(*arguments)
        return [str(fault) for fault in caught.exception.faults]
