"""What the service is told by its environment: the names are those of Deita's own deployment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Values without a default have to be given; all faults are reported at once when the service starts."""

    # An error about one missing value would print the others, secrets included.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    app_name: str = "Deita"
    app_version: str = "development"
    environment: str = "development"
    debug: bool = False

    database_url: str = "postgresql://deita@postgres:5432/deita"
    postgres_password: SecretStr

    secret_key: SecretStr
    algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"
    access_token_expire_minutes: int = 43200

    duckdb_path: Path = Path("/app/data/deita.duckdb")
    duckdb_memory_limit: str = "1GB"
    query_timeout_seconds: float = 30
    query_maximum_rows: int = 1000
    max_file_size_bytes: int = 50 * 1024 * 1024

    # Without a bucket the uploaded files themselves are not kept, only their tables.
    s3_endpoint: str = ""
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket_name: str = ""
    s3_region: str = "us-east-1"


def read_settings() -> Settings:
    """The environment's values; `NAME_FILE` names a file that holds the value of `NAME`, and wins."""
    return Settings(**values_from_files(os.environ))  # type: ignore[arg-type]


def values_from_files(environment: Mapping[str, str]) -> dict[str, str]:
    files = {name.lower(): environment.get(f"{name.upper()}_FILE") for name in Settings.model_fields}
    return {name: Path(file).read_text().removesuffix("\n") for name, file in files.items() if file}
