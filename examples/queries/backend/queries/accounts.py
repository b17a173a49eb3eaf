"""Users, and the tokens by which they are known."""

import asyncio
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

import jwt
from fastapi import APIRouter, Depends, HTTPException, status
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from pydantic import BaseModel, Field, SecretStr

from queries.services import Connected, Services

router = APIRouter(tags=["accounts"])


class Credentials(BaseModel):
    """Who somebody is, and how they show it."""

    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")]
    password: Annotated[SecretStr, Field(min_length=12, max_length=200)]


class Session(BaseModel):
    """A token that stands for a user until it expires."""

    user_id: UUID
    token: str


@router.post("/users", status_code=status.HTTP_201_CREATED)
async def register(credentials: Credentials, services: Connected) -> Session:
    row = await services.database.row(
        "INSERT INTO users (id, email, password) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING RETURNING id",
        uuid4(),
        credentials.email.lower(),
        await asyncio.to_thread(hash_password, credentials.password.get_secret_value(), secrets.token_bytes(16)),
    )
    if row is None:
        raise HTTPException(status.HTTP_409_CONFLICT, "there is a user with this address")
    return session(services, row["id"])


@router.post("/sessions")
async def sign_in(credentials: Credentials, services: Connected) -> Session:
    row = await services.database.row("SELECT id, password FROM users WHERE email = $1", credentials.email.lower())
    # Without such a user the work is done all the same: how long it takes tells nobody who has an account.
    stored = row["password"] if row else hash_password("", bytes(16))
    given = credentials.password.get_secret_value()
    fits = await asyncio.to_thread(fits_password, given, stored)
    if row is None or not fits:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "address or password is wrong")
    return session(services, row["id"])


def hash_password(password: str, salt: bytes) -> str:
    return f"{salt.hex()}:{hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()}"


def fits_password(password: str, stored: str) -> bool:
    salt = bytes.fromhex(stored.split(":")[0])
    return hmac.compare_digest(hash_password(password, salt), stored)


def session(services: Services, user_id: UUID) -> Session:
    settings = services.settings
    expires = datetime.now(UTC) + timedelta(minutes=settings.access_token_expire_minutes)
    claims = {"sub": str(user_id), "exp": expires}
    token = jwt.encode(claims, settings.secret_key.get_secret_value(), algorithm=settings.algorithm)
    return Session(user_id=user_id, token=token)


bearer = HTTPBearer(auto_error=False)


async def current_user(
    services: Connected, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> UUID:
    """The user whose token a request brings."""
    key = services.settings.secret_key.get_secret_value()
    try:
        claims = jwt.decode(given.credentials if given else "", key, algorithms=[services.settings.algorithm])
    except jwt.InvalidTokenError as error:
        headers = {"www-authenticate": "Bearer"}
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "sign in first", headers=headers) from error
    return UUID(claims["sub"])


User = Annotated[UUID, Depends(current_user)]
