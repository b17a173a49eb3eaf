"""Workspaces: each holds the files of one user, and answers questions over their tables."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, Field

from queries.accounts import User
from queries.services import Connected
from queries.statement import StatementRefused
from queries.tables import Answer

router = APIRouter(prefix="/workspaces", tags=["workspaces"])


class NewWorkspace(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class Workspace(BaseModel):
    """A workspace as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime


class Question(BaseModel):
    sql: Annotated[str, Field(min_length=1, max_length=20_000)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def create(new: NewWorkspace, user: User, services: Connected) -> Workspace:
    row = await services.database.row(
        "INSERT INTO workspaces (id, owner_id, name) SELECT $1, id, $3 FROM users WHERE id = $2 RETURNING *",
        uuid4(),
        user,
        new.name,
    )
    if row is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "this user is gone")
    return Workspace(**row)


@router.get("")
async def workspaces(user: User, services: Connected) -> list[Workspace]:
    rows = await services.database.rows("SELECT * FROM workspaces WHERE owner_id = $1 ORDER BY created_at, id", user)
    return [Workspace(**row) for row in rows]


async def own_workspace(workspace_id: UUID, user: User, services: Connected) -> UUID:
    """A workspace of somebody else is none."""
    row = await services.database.row("SELECT id FROM workspaces WHERE id = $1 AND owner_id = $2", workspace_id, user)
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"no workspace {workspace_id}")
    return workspace_id


Owned = Annotated[UUID, Depends(own_workspace)]


@router.post("/{workspace_id}/query")
async def query(question: Question, workspace: Owned, services: Connected) -> Answer:
    """One SELECT over the tables of the workspace."""
    try:
        return await services.tables.query(workspace, question.sql)
    except StatementRefused as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
