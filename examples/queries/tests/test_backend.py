"""What a client of the backend notices."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import BACKEND, PASSWORD, Service, Stores, Workspace, new_workspace, wait_until

SALES = "city,day,amount\nNürnberg,2026-01-02,10.5\nFalkenstein,2026-01-03,2\nNürnberg,2026-01-04,\n"


def test_health_names_each_store_and_the_version(service: Service) -> None:
    answer = service.client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "service": "deita-backend",
        "version": "1.2.3-test",
        "environment": "test",
        "postgres": "connected",
        "duckdb": "connected",
        "storage": "connected",
    }
    assert answer.headers["x-app-version"] == "1.2.3-test"


def test_a_file_becomes_a_table_a_row_and_an_object(workspace: Workspace, stores: Stores) -> None:
    stored = workspace.upload(SALES, "Sales 2026.csv")
    assert stored.status_code == 201
    file = stored.json()
    assert (file["table_name"], file["rows"], file["stored"]) == ("sales_2026", 3, True)
    assert file["sha256"] == hashlib.sha256(SALES.encode()).hexdigest()
    assert workspace.get("/files").json() == [file]
    assert any(file["id"] in name for name in stores.objects())

    answer = workspace.query("SELECT city, sum(amount) AS total FROM sales_2026 GROUP BY city ORDER BY city")
    expected = {"columns": ["city", "total"], "rows": [["Falkenstein", 2.0], ["Nürnberg", 10.5]], "truncated": False}
    assert answer.json() == expected
    # Types are DuckDB's own; what JSON does not know is text.
    assert workspace.rows("SELECT max(day) FROM sales_2026") == [["2026-01-04"]]

    content = workspace.get(f"/files/{file['id']}/content")
    assert content.text == SALES
    assert content.headers["content-disposition"] == "attachment"

    assert workspace.delete(f"/files/{file['id']}").status_code == 204
    assert workspace.get("/files").json() == []
    assert not any(file["id"] in name for name in stores.objects())
    assert workspace.query("SELECT * FROM sales_2026").status_code == 422


def test_an_answer_ends_after_so_many_rows_and_says_so(workspace: Workspace) -> None:
    answer = workspace.query("SELECT * FROM range(1000)").json()
    assert (len(answer["rows"]), answer["truncated"]) == (5, True)


def test_a_query_that_takes_too_long_is_ended(service: Service, workspace: Workspace) -> None:
    answer = workspace.query("SELECT max(hash(a.range * b.range)) FROM range(10000000) a, range(10000000) b")
    assert (answer.status_code, answer.json()["detail"]) == (422, "takes longer than 2 seconds")
    assert service.is_well()


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("DELETE FROM sales", "Only SELECT"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT * FROM '/etc/passwd'", "there is no table /etc/passwd; the workspace has sales"),
        ("SELECT * FROM read_csv('/etc/passwd')", "read_csv is not available"),
        ("SELECT * FROM query('SELECT 1')", "query is not available"),
        ("SELECT (SELECT count(*) FROM duckdb_tables()) FROM sales", "duckdb_tables is not available"),
        ("WITH a AS (FROM information_schema.tables) SELECT * FROM a", "no table information_schema.tables"),
        ("SHOW ALL TABLES", "SHOW"),
        ("SELECT missing FROM sales", "missing"),
        ("SELEC", "syntax error"),
    ],
)
def test_sql_reaches_nothing_but_the_tables_of_the_workspace(workspace: Workspace, sql: str, reason: str) -> None:
    workspace.upload(SALES)
    answer = workspace.query(sql)
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]
    assert workspace.rows("SUMMARIZE sales")[0][0] == "city"


def test_nobody_sees_the_workspace_of_somebody_else(service: Service, workspace: Workspace) -> None:
    file = workspace.upload(SALES).json()
    other = new_workspace(service)
    stranger = Workspace(service.client, workspace.path, other.token)
    assert stranger.query("SELECT 1").status_code == 404
    assert stranger.get(f"/files/{file['id']}/content").status_code == 404
    assert stranger.upload(SALES, "other.csv").status_code == 404
    assert other.delete(f"/files/{file['id']}").status_code == 404
    # A table of its own under the same name opens no way to that of the other.
    assert other.upload("n\n1\n").status_code == 201
    schema = "workspace_" + workspace.path.rsplit("/", 1)[1].replace("-", "")
    assert other.query(f"SELECT * FROM {schema}.sales").status_code == 422  # noqa: S608
    assert Workspace(service.client, workspace.path, "none").get("/files").status_code == 401
    assert other.rows("FROM sales") == [[1]]
    assert len(workspace.rows("FROM sales")) == 3


def test_what_is_no_csv_too_large_or_there_already_is_refused_and_leaves_nothing(
    workspace: Workspace, stores: Stores
) -> None:
    workspace.upload(SALES)
    before = stores.objects()
    assert workspace.upload(b"\0\1\2", "a.csv").status_code == 422
    assert workspace.upload("", "b.csv").status_code == 422
    assert workspace.upload("a,b\n" + "1,2\n" * 30_000, "c.csv").status_code == 413
    assert workspace.upload(b'a,b\n1,"\xff\xfe\n', "d.csv").status_code == 422
    assert workspace.upload("x\n1\n", "Sales.csv").status_code == 409
    assert stores.objects() == before
    assert [file["table_name"] for file in workspace.get("/files").json()] == ["sales"]


def test_signing_in_takes_the_right_password(service: Service) -> None:
    known = {"email": "Somebody@example.org", "password": "correct horse battery"}
    assert service.client.post("/users", json=known).status_code in (201, 409)
    assert service.client.post("/users", json=known).status_code == 409
    token = service.client.post("/sessions", json={**known, "email": "somebody@example.org"}).json()["token"]
    assert service.client.get("/workspaces", headers={"authorization": f"Bearer {token}"}).json() == []
    wrong = {**known, "password": "correct horse batter"}
    assert service.client.post("/sessions", json=wrong).status_code == 401
    assert service.client.post("/sessions", json={**known, "email": "nobody@example.org"}).status_code == 401


def test_tables_and_sessions_are_there_after_a_stop_and_after_a_crash(service: Service, workspace: Workspace) -> None:
    workspace.upload(SALES)
    # uvicorn ends itself by the signal that it was stopped with.
    assert service.stop() in (0, -signal.SIGTERM)
    assert {path.name for path in service.duckdb.parent.iterdir()} == {"deita.duckdb"}

    second = service.again()
    after_stop = workspace.at(second)
    assert after_stop.rows("SELECT count(*) FROM sales") == [[3]]
    after_stop.upload("n\n1\n2\n", "more.csv")
    second.stop(signal.SIGKILL)

    third = service.again()
    try:
        assert workspace.at(third).rows("SELECT count(*) FROM more") == [[2]]
    finally:
        third.stop()


def test_a_second_writer_is_refused_and_the_first_goes_on(service: Service, workspace: Workspace) -> None:
    second = Service.start(service.environment)
    assert second.process.wait(30) != 0
    assert workspace.upload(SALES).status_code == 201


def test_sigterm_lets_an_upload_under_way_finish(service: Service, workspace: Workspace) -> None:
    terminated = threading.Event()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    tail = b"\r\n--b--\r\n"
    data = SALES.encode()

    def body() -> Iterator[bytes]:
        yield head + data[:20]
        service.process.send_signal(signal.SIGTERM)
        terminated.wait(1)
        yield data[20:] + tail

    length = str(len(head) + len(data) + len(tail))
    headers = {**workspace.headers, "content-type": "multipart/form-data; boundary=b", "content-length": length}
    answer = service.client.post(f"{workspace.path}/files", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["rows"]) == (201, 3)
    assert service.process.wait(30) in (0, -signal.SIGTERM)


def test_without_its_database_it_says_so_and_recovers(service: Service, workspace: Workspace, stores: Stores) -> None:
    workspace.upload(SALES)
    stores.postgres.stop()
    try:
        answer = service.client.get("/health")
        assert answer.status_code == 503
        assert (answer.json()["status"], answer.json()["postgres"]) == ("unavailable", "disconnected")
        refused = workspace.get("/files")
        assert (refused.status_code, refused.headers["x-app-version"]) == (503, "1.2.3-test")
    finally:
        stores.postgres.start()
    wait_until(service.is_well, "well again")
    assert len(workspace.rows("FROM sales")) == 3


def test_without_a_bucket_it_works_and_keeps_no_bytes(environment: dict[str, str]) -> None:
    plain = Service.start({**environment, "S3_BUCKET_NAME": ""})
    try:
        wait_until(plain.is_well, "well")
        assert plain.health()["storage"] == "none"
        workspace = new_workspace(plain)
        file = workspace.upload(SALES).json()
        assert file["stored"] is False
        assert workspace.get(f"/files/{file['id']}/content").status_code == 404
        assert len(workspace.rows("FROM sales")) == 3
    finally:
        plain.stop()


def test_with_a_bucket_that_is_not_there_it_is_degraded(environment: dict[str, str]) -> None:
    service = Service.start({**environment, "S3_BUCKET_NAME": "missing"})
    try:
        wait_until(service.answers, "answering")
        answer = service.client.get("/health")
        assert (answer.status_code, answer.json()["status"], answer.json()["storage"]) == (
            200,
            "degraded",
            "disconnected",
        )
    finally:
        service.stop()


def test_secrets_come_from_files_where_a_file_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    password, key = tmp_path / "password", tmp_path / "key"
    password.write_text(PASSWORD + "\n")
    key.write_text("s" * 64)
    files = {"POSTGRES_PASSWORD_FILE": str(password), "SECRET_KEY_FILE": str(key)}
    service = Service.start({**environment, "POSTGRES_PASSWORD": "wrong", **files})
    try:
        wait_until(service.is_well, "well")
    finally:
        service.stop()


def test_a_missing_value_is_named_without_printing_the_others() -> None:
    command = [sys.executable, "-c", "from queries.main import create; create()"]
    environment = {"PATH": os.environ["PATH"], "POSTGRES_PASSWORD": "tell-nobody"}
    refused = subprocess.run(command, cwd=BACKEND, env=environment, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "secret_key" in refused.stderr
    assert "tell-nobody" not in refused.stderr
