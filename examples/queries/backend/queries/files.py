"""Upload, list, give back and delete the files of a workspace."""

import hashlib
import logging
import re
from datetime import datetime
from pathlib import PurePath
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, HTTPException, Response, UploadFile, status
from pydantic import BaseModel

from queries.database import Row
from queries.services import Connected, Services
from queries.tables import NotCsv
from queries.workspaces import Owned

log = logging.getLogger("queries")
router = APIRouter(prefix="/workspaces/{workspace_id}/files", tags=["files"])


class File(BaseModel):
    """A file as its owner sees it."""

    id: UUID
    filename: str
    table_name: str
    size: int
    sha256: str
    rows: int
    stored: bool
    created_at: datetime


@router.post("", status_code=status.HTTP_201_CREATED)
async def upload(file: UploadFile, workspace: Owned, services: Connected) -> File:
    """The bytes, then the table, then the row: a row never points to what is not there."""
    data = await read_upload(file, services.settings.max_file_size_bytes)
    identity = uuid4()
    key = storage_key(workspace, identity)
    if services.storage is not None:
        await services.storage.put(key, data)
    try:
        # One after the other, so that no two files become the same table.
        async with services.uploads:
            return await add_table(services, workspace, identity, file.filename or "file.csv", data)
    except BaseException:
        await discard(services, key)
        raise


async def add_table(services: Services, workspace: UUID, identity: UUID, filename: str, data: bytes) -> File:
    table = table_name(filename)
    query = "SELECT id FROM files WHERE workspace_id = $1 AND table_name = $2"
    if await services.database.row(query, workspace, table):
        raise HTTPException(status.HTTP_409_CONFLICT, f"there is a table {table}: delete its file first")
    try:
        rows = await services.tables.add(workspace, table, data)
    except NotCsv as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
    row = await services.database.row(
        "INSERT INTO files (id, workspace_id, filename, table_name, size, sha256, rows, stored)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *",
        identity,
        workspace,
        filename[-255:].replace("\0", ""),
        table,
        len(data),
        hashlib.sha256(data).hexdigest(),
        rows,
        services.storage is not None,
    )
    assert row is not None
    return File(**row)


@router.get("")
async def files(workspace: Owned, services: Connected) -> list[File]:
    rows = await services.database.rows(
        "SELECT * FROM files WHERE workspace_id = $1 ORDER BY created_at, id", workspace
    )
    return [File(**row) for row in rows]


async def own_file(file_id: UUID, workspace: Owned, services: Connected) -> Row:
    row = await services.database.row("SELECT * FROM files WHERE id = $1 AND workspace_id = $2", file_id, workspace)
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"no file {file_id}")
    return row


OwnFile = Annotated[Row, Depends(own_file)]


@router.get("/{file_id}/content")
async def content(file: OwnFile, services: Connected) -> Response:
    """The file as it was uploaded."""
    key = storage_key(file["workspace_id"], file["id"])
    data = None if services.storage is None else await services.storage.get(key)
    if data is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"the bytes of file {file['id']} are not kept")
    # Never shown as a page: it is somebody's upload.
    return Response(data, media_type="text/csv", headers={"content-disposition": "attachment"})


@router.delete("/{file_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete(file: OwnFile, services: Connected) -> None:
    """The row, then the table, then the bytes: what is left over by a fault in between is seen by nobody."""
    await services.database.row("DELETE FROM files WHERE id = $1", file["id"])
    await services.tables.remove(file["workspace_id"], file["table_name"])
    await discard(services, storage_key(file["workspace_id"], file["id"]))


async def read_upload(file: UploadFile, limit: int) -> bytes:
    data = await file.read(limit + 1)
    if len(data) > limit:
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, f"must be at most {limit} bytes")
    if not data.strip() or b"\0" in data:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "must be a CSV file")
    return data


def table_name(filename: str) -> str:
    """`Sales 2026.csv` is the table sales_2026."""
    name = re.sub(r"[^a-z0-9]+", "_", PurePath(filename).stem.lower()).strip("_")[:60] or "file"
    return f"file_{name}" if name[0].isdigit() else name


def storage_key(workspace: UUID, file: UUID) -> str:
    return f"workspaces/{workspace}/{file}.csv"


async def discard(services: Services, key: str) -> None:
    if services.storage is None:
        return
    try:
        await services.storage.remove(key)
    except Exception as error:
        log.warning("%s stays in the storage: %s", key, error)
