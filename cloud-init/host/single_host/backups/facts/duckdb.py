"""Facts of a DuckDB database: nothing of this machine reads its format, so they are those of its files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from . import Facts


def facts_of_duckdb(folder: Path) -> Facts:
    """{file: {"bytes", "sha256"}}: the database and what DuckDB has in its log beside it. All of it is read."""
    return {
        file.name: {"bytes": file.stat().st_size, "sha256": digest_of_all(file)}
        for file in sorted(folder.iterdir())
        if file.is_file()
    }


def digest_of_all(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(1024**2):
            digest.update(chunk)
    return digest.hexdigest()
