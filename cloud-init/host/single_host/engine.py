"""Reads from the Docker engine over its socket: a millisecond and no client process.

HTTP/1.0 on purpose: the engine then answers without chunks and closes, so that a plain socket is the whole client.
Changes are made with the `docker` command, as an administrator would; only `pull` asks the engine itself.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any

from . import layout
from .fault import HostError, failed


def get(path: str) -> Any:
    with Response(path) as response:
        body = b"".join(response.chunks())
    if response.status != 200:
        said = body[:300].decode(errors="replace").strip()
        raise failed(f"docker engine {path.partition('?')[0]}", f"answered {response.status}: {said}")
    return json.loads(body)


def exists(path: str) -> bool:
    with Response(path) as response:
        return response.status == 200


def answers() -> bool:
    try:
        return exists("/_ping")
    except HostError:
        return False


def wait(seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > deadline:
            raise failed("docker", f"no answer for {seconds:.0f} s", "look at `journalctl -u docker -n 50`")
        time.sleep(0.5)


class Response:
    def __init__(self, path: str, timeout: float = 60, method: str = "GET", headers: Mapping[str, str] | None = None) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(str(layout.DOCKER_SOCKET))
            lines = [
                f"{method} {path} HTTP/1.0",
                "Host: docker",
                *(f"{name}: {value}" for name, value in (headers or {}).items()),
            ]
            self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
            head = b""
            while b"\r\n\r\n" not in head:
                received = self._socket.recv(65536)
                if not received:
                    raise ConnectionResetError("closed before it answered")
                head += received
        except OSError as error:
            self._socket.close()
            raise failed("docker engine", str(error), "look at `journalctl -u docker -n 50`") from error
        head, _, self._ahead = head.partition(b"\r\n\r\n")
        self.status = int(head.split(b" ", 2)[1])

    def read(self) -> bytes:
        ahead, self._ahead = self._ahead, b""
        return ahead or self._socket.recv(65536)

    def chunks(self) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()
