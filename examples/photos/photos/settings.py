"""What the service is told by its environment: the names are those of Chitram's own compose file."""

from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Values without a default have to be given; all faults are reported at once when the service starts."""

    # An error about one missing value would print the others, secrets included.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    app_version: str = "development"

    database_url: SecretStr

    storage_backend: Literal["minio"] = "minio"
    minio_endpoint: str = "minio:9000"
    minio_access_key: SecretStr
    minio_secret_key: SecretStr
    minio_bucket: str = "images"
    minio_secure: bool = False

    redis_host: str = "redis"
    redis_port: int = 6379
    redis_password: SecretStr = SecretStr("")
    cache_enabled: bool = True
    cache_ttl_seconds: int = 3600
    cache_key_prefix: str = "photos"

    max_file_size_bytes: int = 5 * 1024 * 1024
    upload_concurrency_limit: int = 10

    @property
    def postgresql_dsn(self) -> str:
        """The address without SQLAlchemy's driver name, which asyncpg doesn't know."""
        scheme, separator, rest = self.database_url.get_secret_value().partition("://")
        return scheme.removesuffix("+asyncpg") + separator + rest
