"""Real PostgreSQL and MinIO in containers, and the backend as its image starts it."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import urllib3
from minio import Minio

from tests.containers import Container, container, free_port

POSTGRES = os.environ.get("QUERIES_POSTGRES_IMAGE", "postgres:15-alpine")
MINIO = os.environ.get("QUERIES_MINIO_IMAGE", "minio/minio:latest")
BACKEND = Path(__file__).parents[1] / "backend"

# As awkward as passwords get: each has to arrive byte for byte.
PASSWORD = "p@ss:w/rd%?&= " + secrets.token_hex(4)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.2)
    raise TimeoutError(f"{what}: not within {seconds} s")


@dataclass
class Stores:
    """Where the service finds its stores."""

    postgres: Container
    minio: Container

    @property
    def bucket(self) -> Minio:
        return Minio(f"127.0.0.1:{self.minio.port}", "queries", PASSWORD, secure=False)

    def objects(self) -> set[str]:
        return {str(found.object_name) for found in self.bucket.list_objects("files", recursive=True)}


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    postgres = {"POSTGRES_USER": "deita", "POSTGRES_DB": "deita", "POSTGRES_PASSWORD": PASSWORD}
    minio = {"MINIO_ROOT_USER": "queries", "MINIO_ROOT_PASSWORD": PASSWORD}
    with (
        container(POSTGRES, 5432, environment=postgres) as database,
        container(MINIO, 9000, "server", "/data", environment=minio) as storage,
    ):
        made = Stores(database, storage)
        wait_until(lambda: bucket_made(made), "the bucket")
        yield made


def bucket_made(stores: Stores) -> bool:
    try:
        stores.bucket.make_bucket("files")
    except (urllib3.exceptions.HTTPError, ValueError):
        return False
    return True


@dataclass
class Service:
    """The backend in a process of its own."""

    environment: dict[str, str]
    client: httpx.Client
    process: subprocess.Popen[bytes]

    @staticmethod
    def start(environment: dict[str, str]) -> "Service":
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "queries.main:create", "--factory", "--port", str(port)]
        process = subprocess.Popen(
            [*command, "--timeout-graceful-shutdown", "20"],
            cwd=BACKEND,
            env={"PATH": os.environ["PATH"], **environment},
        )
        return Service(environment, httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=30), process)

    @property
    def duckdb(self) -> Path:
        return Path(self.environment["DUCKDB_PATH"])

    def health(self) -> dict[str, str]:
        answer = self.client.get("/health").json()
        assert isinstance(answer, dict)
        return answer

    def answers(self) -> bool:
        try:
            self.client.get("/health")
        except httpx.TransportError:
            return False
        return True

    def is_well(self) -> bool:
        return self.answers() and self.health()["status"] == "ok"

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)

    def again(self) -> "Service":
        """Another process over the same stores."""
        started = Service.start(self.environment)
        wait_until(started.is_well, "well again")
        return started


@pytest.fixture
def environment(stores: Stores, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"postgresql://deita@127.0.0.1:{stores.postgres.port}/deita",
        "POSTGRES_PASSWORD": PASSWORD,
        "SECRET_KEY": "k" * 64,
        "DUCKDB_PATH": str(tmp_path / "deita.duckdb"),
        "QUERY_TIMEOUT_SECONDS": "2",
        "QUERY_MAXIMUM_ROWS": "5",
        "MAX_FILE_SIZE_BYTES": "100000",
        "S3_ENDPOINT": f"http://127.0.0.1:{stores.minio.port}",
        "S3_ACCESS_KEY": "queries",
        "S3_SECRET_KEY": PASSWORD,
        "S3_BUCKET_NAME": "files",
        "APP_VERSION": "1.2.3-test",
        "ENVIRONMENT": "test",
    }


@pytest.fixture
def service(environment: dict[str, str]) -> Iterator[Service]:
    started = Service.start(environment)
    try:
        wait_until(started.is_well, "well")
        yield started
    finally:
        started.process.kill()
        started.process.wait(30)


@dataclass
class Workspace:
    """A workspace, as its owner speaks to the backend."""

    client: httpx.Client
    path: str
    token: str

    def upload(self, text: str | bytes, name: str = "sales.csv") -> httpx.Response:
        return self.client.post(f"{self.path}/files", headers=self.headers, files={"file": (name, text, "text/csv")})

    def get(self, path: str) -> httpx.Response:
        return self.client.get(self.path + path, headers=self.headers)

    def delete(self, path: str) -> httpx.Response:
        return self.client.delete(self.path + path, headers=self.headers)

    def query(self, sql: str) -> httpx.Response:
        return self.client.post(f"{self.path}/query", headers=self.headers, json={"sql": sql})

    def rows(self, sql: str) -> Any:
        answer = self.query(sql)
        assert answer.status_code == 200, answer.text
        return answer.json()["rows"]

    def at(self, service: Service) -> "Workspace":
        """The same workspace, at another process."""
        return Workspace(service.client, self.path, self.token)

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def new_workspace(service: Service) -> Workspace:
    credentials = {"email": f"{secrets.token_hex(6)}@example.org", "password": "correct horse battery"}
    token = service.client.post("/users", json=credentials).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    made = service.client.post("/workspaces", headers=headers, json={"name": "Numbers"})
    assert made.status_code == 201, made.text
    return Workspace(service.client, f"/workspaces/{made.json()['id']}", token)


@pytest.fixture
def workspace(service: Service) -> Workspace:
    return new_workspace(service)
