"""Upload, list, show and delete images."""

import hashlib
import logging
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fastapi import APIRouter, HTTPException, Response, UploadFile, status
from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request

from photos.database import Image
from photos.services import Connected, Services

log = logging.getLogger("photos")
router = APIRouter(prefix="/api/v1/images", tags=["images"])

NEWEST = 50
# What a file is, is read from its first bytes; what a browser says about it is not believed.
SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class ImageView(BaseModel):
    """An image as clients see it."""

    id: UUID
    filename: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime
    url: str

    @staticmethod
    def of(image: Image) -> "ImageView":
        return ImageView(**vars(image), url=f"{router.prefix}/{image.id}/file")


VIEWS = TypeAdapter(list[ImageView])


@router.post("", status_code=status.HTTP_201_CREATED, response_model=ImageView)
async def upload(file: UploadFile, request: Request, services: Connected) -> ImageView | Response:
    """Stores the bytes, then the row: a row never points to bytes that are not there."""
    async with services.uploads:
        data = await file.read(services.settings.max_file_size_bytes + 1)
        content_type = check_upload(data, services.settings.max_file_size_bytes)
        image = Image(
            id=uuid4(),
            filename=(file.filename or "image")[:255].replace("\0", ""),
            content_type=content_type,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            created_at=datetime.now(UTC),
        )
        await services.storage.put(image.id, data, content_type)
        try:
            await services.database.add(image)
        except BaseException:
            await discard_bytes(services, image.id)
            raise
    await services.cache.forget()
    if "text/html" in request.headers.get("accept", ""):
        return Response(status_code=status.HTTP_303_SEE_OTHER, headers={"location": "/"})
    return ImageView.of(image)


@router.get("")
async def newest(services: Connected) -> Response:
    """The newest images; X-Cache says whether Redis knew them."""
    cached = await services.cache.read()
    if cached is not None:
        return Response(cached, media_type="application/json", headers={"x-cache": "hit"})
    images = [ImageView.of(image) for image in await services.database.newest(NEWEST)]
    body = VIEWS.dump_json(images)
    await services.cache.write(body)
    return Response(body, media_type="application/json", headers={"x-cache": "miss"})


async def existing(image_id: UUID, services: Connected) -> Image:
    image = await services.database.find(image_id)
    if image is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"no image {image_id}")
    return image


@router.get("/{image_id}")
async def show(image_id: UUID, services: Connected) -> ImageView:
    return ImageView.of(await existing(image_id, services))


@router.get("/{image_id}/file")
async def show_file(image_id: UUID, services: Connected) -> Response:
    image = await existing(image_id, services)
    data = await services.storage.get(image_id)
    if data is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"the bytes of image {image_id} are gone")
    headers = {"etag": f'"{image.sha256}"', "cache-control": "public, max-age=31536000, immutable"}
    return Response(data, media_type=image.content_type, headers=headers)


@router.delete("/{image_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete(image_id: UUID, services: Connected) -> None:
    """Removes the row, then the bytes: what is left over by a fault in between is seen by nobody."""
    if not await services.database.remove(image_id):
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"no image {image_id}")
    await services.cache.forget()
    await discard_bytes(services, image_id)


def check_upload(data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, f"must be at most {limit} bytes")
    for signature, content_type in SIGNATURES.items():
        if data.startswith(signature):
            return content_type
    raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, "must be a JPEG or PNG image")


async def discard_bytes(services: Services, image_id: UUID) -> None:
    try:
        await services.storage.remove(image_id)
    except Exception as error:
        log.warning("bytes of image %s stay in the storage: %s", image_id, error)
