"""What a browser gets: the built page, served by nginx under the configuration that the build wrote."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from build import HERE, build
from tests.conftest import wait_until
from tests.containers import Container, container

NGINX = os.environ.get("QUERIES_NGINX_IMAGE", "nginx:alpine")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Container]]:
    output: Path = tmp_path_factory.mktemp("site")
    # pytest's own folder is closed to others, and nginx is somebody else.
    for folder in (output, output.parent, output.parent.parent):
        folder.chmod(0o755)
    build(HERE, output, "1.2.3-test", "/v1")
    mounts = {"nginx.conf": "/etc/nginx/nginx.conf", "html": "/usr/share/nginx/html"}
    volumes = [option for name, path in mounts.items() for option in ("--volume", f"{output / name}:{path}:ro")]
    with container(NGINX, 80, options=[*volumes, "--user", "101:101"]) as nginx:
        client = httpx.Client(base_url=f"http://127.0.0.1:{nginx.port}")
        wait_until(lambda: answers(client), "nginx")
        yield client, nginx


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health").text == "ok\n"
    except httpx.TransportError:
        return False


def test_the_page_and_all_that_it_refers_to(served: tuple[httpx.Client, Container]) -> None:
    client, _ = served
    page = client.get("/")
    assert page.headers["content-type"] == "text/html"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["x-app-version"] == "1.2.3-test"
    assert '<meta name="api" content="/v1">' in page.text
    assert "Version 1.2.3-test" in page.text
    references = re.findall(r'"(/assets/[^"]+)"', page.text)
    assert len(references) == 3
    imported = [f"/assets/{name}" for name in re.findall(r'from "\./([^"]+)"', client.get(references[-1]).text)]
    assert len(imported) == 2
    for path in [*references, *imported]:
        asset = client.get(path)
        assert asset.status_code == 200, path
        assert re.search(r"\.[0-9a-f]{10}\.(css|js|svg)$", path)
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["x-app-version"] == "1.2.3-test"


def test_a_view_is_the_page_and_a_missing_asset_is_none(served: tuple[httpx.Client, Container]) -> None:
    client, _ = served
    assert client.get("/workspaces/7?tab=sql").text == client.get("/").text
    missing = client.get("/assets/main.0000000000.js")
    assert (missing.status_code, missing.headers["x-app-version"]) == (404, "1.2.3-test")


def test_nothing_of_it_runs_as_root(served: tuple[httpx.Client, Container]) -> None:
    _, nginx = served
    status = nginx.run("sh", "-c", "cat /proc/[0-9]*/status 2>/dev/null")
    assert set(re.findall(r"^Uid:\s+(\d+)", status, re.MULTILINE)) == {"101"}


def test_what_changes_has_another_name(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "src").mkdir(parents=True)
    for file in [HERE / "nginx.conf", *(HERE / "src").iterdir()]:
        (source / file.relative_to(HERE)).write_text(file.read_text())
    build(source, tmp_path / "first", "1", "/v1")
    with (source / "src" / "api.js").open("a") as module:
        module.write("// changed\n")
    build(source, tmp_path / "second", "1", "/v1")
    first, second = (
        {path.name for path in (tmp_path / name / "html/assets").iterdir()} for name in ("first", "second")
    )
    # main.js imports what has changed, so it has changed too.
    assert {name.split(".")[0] for name in second - first} == {"api", "main"}
