"""The uploaded files themselves, in S3 storage."""

import asyncio
from io import BytesIO
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import S3Error

from queries.settings import Settings


class Storage:
    """One bucket, made elsewhere; its blocking client works behind threads."""

    @staticmethod
    def configured(settings: Settings) -> "Storage | None":
        """None where no bucket is named."""
        return Storage(settings) if settings.s3_bucket_name else None

    def __init__(self, settings: Settings) -> None:
        endpoint = urlsplit(settings.s3_endpoint)
        self._bucket = settings.s3_bucket_name
        self._client = Minio(
            endpoint.netloc,
            access_key=settings.s3_access_key.get_secret_value(),
            secret_key=settings.s3_secret_key.get_secret_value(),
            region=settings.s3_region,
            secure=endpoint.scheme == "https",
            # Without a bundle of its own it trusts whom the system trusts.
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=3, read=20),
                retries=urllib3.Retry(total=1, backoff_factor=0.2),
            ),
        )

    async def check(self) -> None:
        """Fails when the storage is away, refuses the keys or has no such bucket."""
        if not await asyncio.to_thread(self._client.bucket_exists, bucket_name=self._bucket):
            raise LookupError(f"there is no bucket {self._bucket}")

    async def put(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(
            self._client.put_object,
            bucket_name=self._bucket,
            object_name=key,
            data=BytesIO(data),
            length=len(data),
            content_type="text/csv",
        )

    async def get(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self._get, key)

    async def remove(self, key: str) -> None:
        await asyncio.to_thread(self._client.remove_object, bucket_name=self._bucket, object_name=key)

    def _get(self, key: str) -> bytes | None:
        try:
            with self._client.get_object(bucket_name=self._bucket, object_name=key) as response:
                return response.read()
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise
