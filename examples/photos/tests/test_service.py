"""What a client of the service notices."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from uuid import uuid4

import httpx

from tests.conftest import Service, Stores, start_service, wait_until

PNG = b"\x89PNG\r\n\x1a\n"


def picture() -> bytes:
    return PNG + os.urandom(2000)


def upload(service: Service, data: bytes, name: str = "a.png") -> httpx.Response:
    return service.client.post("/api/v1/images", files={"file": (name, data, "image/png")})


def test_health_names_each_store_and_the_version(service: Service) -> None:
    answer = service.client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "version": "1.2.3-test",
        "database": "connected",
        "storage": "connected",
        "cache": "connected",
    }
    assert answer.headers["x-app-version"] == "1.2.3-test"


def test_an_image_is_stored_listed_shown_and_deleted(service: Service) -> None:
    data = picture()
    stored = upload(service, data, "cat <b>&.png")
    assert stored.status_code == 201
    view = stored.json()
    assert view["sha256"] == hashlib.sha256(data).hexdigest()
    assert view["filename"] == "cat <b>&.png"

    assert service.client.get(f"/api/v1/images/{view['id']}").json() == view
    shown = service.client.get(view["url"])
    assert shown.content == data
    assert shown.headers["content-type"] == "image/png"
    assert view in service.client.get("/api/v1/images").json()
    assert "cat &lt;b&gt;&amp;.png" in service.client.get("/").text

    assert service.client.delete(f"/api/v1/images/{view['id']}").status_code == 204
    assert service.client.get(view["url"]).status_code == 404
    assert service.client.delete(f"/api/v1/images/{view['id']}").status_code == 404
    assert view not in service.client.get("/api/v1/images").json()


def test_the_list_comes_from_the_cache_until_an_image_changes(service: Service) -> None:
    upload(service, picture())
    assert service.client.get("/api/v1/images").headers["x-cache"] == "miss"
    cached = service.client.get("/api/v1/images")
    assert cached.headers["x-cache"] == "hit"
    new = upload(service, picture()).json()
    after = service.client.get("/api/v1/images")
    assert after.headers["x-cache"] == "miss"
    assert new in after.json()


def test_what_is_no_picture_too_large_or_missing_is_refused(service: Service) -> None:
    assert upload(service, b"<script>").status_code == 415
    assert upload(service, PNG + bytes(100_000)).status_code == 413
    assert service.client.post("/api/v1/images").status_code == 422
    missing = service.client.get(f"/api/v1/images/{uuid4()}")
    assert missing.status_code == 404
    assert missing.headers["x-app-version"] == "1.2.3-test"


def test_a_browser_is_led_back_to_the_page(service: Service) -> None:
    answer = service.client.post(
        "/api/v1/images", files={"file": ("a.png", picture())}, headers={"accept": "text/html,*/*"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_without_its_database_it_says_so_and_recovers_with_its_rows(service: Service, stores: Stores) -> None:
    kept = upload(service, picture()).json()
    service.client.get("/api/v1/images")
    stores.postgres.stop()
    try:
        answer = service.client.get("/health")
        assert answer.status_code == 503
        assert (answer.json()["status"], answer.json()["database"]) == ("unhealthy", "disconnected")
        refused = service.client.get(f"/api/v1/images/{kept['id']}")
        assert (refused.status_code, refused.headers["x-app-version"]) == (503, "1.2.3-test")
        assert service.process.poll() is None
    finally:
        stores.postgres.start()
    wait_until(service.is_healthy, "healthy again")
    assert service.client.get(f"/api/v1/images/{kept['id']}").json() == kept


def test_without_its_cache_it_works_and_calls_itself_degraded(service: Service, stores: Stores) -> None:
    stores.redis.stop()
    try:
        answer = service.client.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        view = upload(service, picture()).json()
        assert view in service.client.get("/api/v1/images").json()
    finally:
        stores.redis.start()
    wait_until(service.is_healthy, "healthy again")


def test_it_starts_before_its_database(stores: Stores) -> None:
    environment = {**stores.environment, "DATABASE_URL": "postgresql+asyncpg://a:b@127.0.0.1:9/none"}
    early = start_service(environment)
    try:
        wait_until(lambda: answers(early), "answering")
        assert early.client.get("/health").status_code == 503
    finally:
        early.process.terminate()
        early.process.wait(30)


def test_sigterm_lets_an_upload_under_way_finish(service: Service) -> None:
    data = picture()
    terminated = threading.Event()
    boundary = "b"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head + data[:1000]
        service.process.send_signal(signal.SIGTERM)
        terminated.wait(1)
        yield data[1000:] + tail

    answer = service.client.post(
        "/api/v1/images",
        content=body(),
        headers={
            "content-type": f"multipart/form-data; boundary={boundary}",
            "content-length": str(len(head) + len(data) + len(tail)),
        },
    )
    assert answer.status_code == 201
    assert answer.json()["size"] == len(data)
    # uvicorn ends itself by the signal that it was stopped with.
    assert service.process.wait(30) in (0, -signal.SIGTERM)


def test_a_missing_value_is_named_without_printing_the_others() -> None:
    environment = {"PATH": os.environ["PATH"], "MINIO_SECRET_KEY": "tell-nobody", "DATABASE_URL": "tell-nobody"}
    command = [sys.executable, "-c", "from photos.main import create; create()"]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "minio_access_key" in refused.stderr
    assert "tell-nobody" not in refused.stderr


def answers(service: Service) -> bool:
    try:
        service.client.get("/health")
    except httpx.TransportError:
        return False
    return True
