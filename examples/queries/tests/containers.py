"""Containers that tests start, each with one port on loopback."""

import os
import secrets
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Container:
    """A container that runs, and the port on loopback that leads to it."""

    name: str
    port: int

    def stop(self) -> None:
        docker("stop", "--time", "10", self.name)

    def start(self) -> None:
        docker("start", self.name)

    def run(self, *command: str) -> str:
        return docker("exec", self.name, *command)


@contextmanager
def container(
    image: str, port: int, *command: str, environment: Mapping[str, str] | None = None, options: Sequence[str] = ()
) -> Iterator[Container]:
    """A container until the end of the block. Its port stays the same when it stops and starts."""
    name = f"queries-test-{secrets.token_hex(4)}"
    given = environment or {}
    variables = [option for variable in given for option in ("--env", variable)]
    published = free_port()
    try:
        # Values go by the environment: an argument could be read by everyone on the machine.
        docker(
            *("run", "--detach", "--name", name, "--publish", f"127.0.0.1:{published}:{port}"),
            *variables,
            *options,
            image,
            *command,
            environment=given,
        )
        yield Container(name, published)
    finally:
        docker("rm", "--force", "--volumes", name)


def docker(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    variables = {**os.environ, **(environment or {})}
    return subprocess.run(
        ["docker", *arguments], check=True, stdout=subprocess.PIPE, text=True, env=variables
    ).stdout.strip()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
