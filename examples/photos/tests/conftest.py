"""Real PostgreSQL, MinIO and Redis in containers, and the service as its image starts it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

POSTGRES = os.environ.get("PHOTOS_POSTGRES_IMAGE", "postgres:16-alpine")
REDIS = os.environ.get("PHOTOS_REDIS_IMAGE", "redis:7-alpine")
MINIO = os.environ.get("PHOTOS_MINIO_IMAGE", "minio/minio:latest")

# As awkward as passwords get: each has to arrive byte for byte.
PASSWORD = "p@ss:w/rd%?&=" + secrets.token_hex(4)


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert isinstance(port, int)
        return port


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.2)
    raise TimeoutError(f"{what}: not within {seconds} s")


@dataclass
class Container:
    """One store on a port of loopback that stays the same when it stops and starts."""

    image: str
    container_port: int
    environment: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    name: str = field(default_factory=lambda: f"photos-test-{secrets.token_hex(4)}")

    def create(self) -> None:
        options = [option for name in self.environment for option in ("--env", name)]
        publish = f"127.0.0.1:{self.port}:{self.container_port}"
        subprocess.run(
            [
                "docker",
                "run",
                "--detach",
                "--name",
                self.name,
                "--publish",
                publish,
                *options,
                self.image,
                *self.command,
            ],
            check=True,
            capture_output=True,
            env={**os.environ, **self.environment},
        )

    def stop(self) -> None:
        run("docker", "stop", "--time", "10", self.name)

    def start(self) -> None:
        run("docker", "start", self.name)

    def remove(self) -> None:
        run("docker", "rm", "--force", "--volumes", self.name)


@dataclass
class Stores:
    """Where the service finds its stores."""

    postgres: Container
    minio: Container
    redis: Container

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": f"postgresql+asyncpg://photos:{quote(PASSWORD)}@127.0.0.1:{self.postgres.port}/photos",
            "STORAGE_BACKEND": "minio",
            "MINIO_ENDPOINT": f"127.0.0.1:{self.minio.port}",
            "MINIO_ACCESS_KEY": "photos",
            "MINIO_SECRET_KEY": PASSWORD,
            "MINIO_BUCKET": "images",
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": str(self.redis.port),
            "REDIS_PASSWORD": "",
            "MAX_FILE_SIZE_BYTES": "100000",
            "APP_VERSION": "1.2.3-test",
        }


def quote(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    postgres = {"POSTGRES_USER": "photos", "POSTGRES_DB": "photos", "POSTGRES_PASSWORD": PASSWORD}
    minio = {"MINIO_ROOT_USER": "photos", "MINIO_ROOT_PASSWORD": PASSWORD}
    made = Stores(
        Container(POSTGRES, 5432, postgres),
        Container(MINIO, 9000, minio, ("server", "/data")),
        Container(REDIS, 6379),
    )
    containers = [made.postgres, made.minio, made.redis]
    try:
        for container in containers:
            container.create()
        yield made
    finally:
        for container in containers:
            container.remove()


@dataclass
class Service:
    """The service in a process of its own."""

    client: httpx.Client
    process: subprocess.Popen[bytes]

    def health(self) -> dict[str, str]:
        answer = self.client.get("/health").json()
        assert isinstance(answer, dict)
        return answer

    def is_healthy(self) -> bool:
        try:
            return self.health()["status"] == "healthy"
        except httpx.TransportError:
            return False


def start_service(environment: dict[str, str]) -> Service:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "photos.main:create", "--factory", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--timeout-graceful-shutdown", "20"], env={"PATH": os.environ["PATH"], **environment}
    )
    return Service(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30), process)


@pytest.fixture
def service(stores: Stores) -> Iterator[Service]:
    started = start_service(stores.environment)
    try:
        wait_until(started.is_healthy, "healthy")
        yield started
    finally:
        started.process.send_signal(signal.SIGTERM)
        started.process.wait(30)
