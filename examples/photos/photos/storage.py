"""The bytes of images, in MinIO (or any other S3 storage)."""

import asyncio
from io import BytesIO
from uuid import UUID

import urllib3
from minio import Minio
from minio.error import S3Error

from photos.settings import Settings


class Storage:
    """Puts the blocking client behind threads; the bucket is made at the first upload where nobody made it before."""

    def __init__(self, settings: Settings) -> None:
        self._bucket = settings.minio_bucket
        self._client = Minio(
            settings.minio_endpoint,
            access_key=settings.minio_access_key.get_secret_value(),
            secret_key=settings.minio_secret_key.get_secret_value(),
            secure=settings.minio_secure,
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=3, read=20),
                retries=urllib3.Retry(total=1, backoff_factor=0.2),
            ),
        )

    async def check(self) -> None:
        """Fails when the storage is away or refuses the keys."""
        await asyncio.to_thread(self._client.bucket_exists, self._bucket)

    async def put(self, image_id: UUID, data: bytes, content_type: str) -> None:
        await asyncio.to_thread(self._put, str(image_id), data, content_type)

    async def get(self, image_id: UUID) -> bytes | None:
        return await asyncio.to_thread(self._get, str(image_id))

    async def remove(self, image_id: UUID) -> None:
        await asyncio.to_thread(self._client.remove_object, self._bucket, str(image_id))

    def _put(self, key: str, data: bytes, content_type: str) -> None:
        try:
            self._client.put_object(self._bucket, key, BytesIO(data), len(data), content_type)
        except S3Error as error:
            if error.code != "NoSuchBucket":
                raise
            self._make_bucket()
            self._client.put_object(self._bucket, key, BytesIO(data), len(data), content_type)

    def _make_bucket(self) -> None:
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as error:
            if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def _get(self, key: str) -> bytes | None:
        try:
            response = self._client.get_object(self._bucket, key)
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchBucket"):
                return None
            raise
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()
