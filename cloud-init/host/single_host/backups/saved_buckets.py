"""The application's own buckets, in its backup: fetched into a folder by rclone, which knows what is new since yesterday.

An object is a file there, under its key; a key that no file can have is written as rclone does (`rclone.org/overview`,
restricted characters), so rclone has to bring it back: `rclone sync --metadata FOLDER saved:BUCKET` with `environment`.
An object's headers (Content-Type, its own metadata) are the file's `user.` attributes, which restic keeps.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from .. import bundle, files
from ..fault import HostError
from ..run import command_failed, run
from ..settings import SavedBucket
from . import staging
from .restic import remedy

REMOTE = "saved"
SYNC = ("--use-server-modtime", "--metadata", "--checkers=8", "--transfers=4", "--local-no-check-updated")
PATIENCE = ("--retries=3", "--low-level-retries=5", "--contimeout=20s", "--timeout=60s")
LONGEST = 6 * 3600.0  # seconds, of one bucket


def environment(bucket: SavedBucket, secrets: bundle.Secrets) -> dict[str, str]:
    """Of every rclone process: the remote `saved:`, complete, so that no file and no metadata address is asked."""
    remote = {
        "TYPE": "s3",
        "PROVIDER": "Other",
        "ENV_AUTH": "false",
        "ENDPOINT": bucket.endpoint,
        "REGION": bucket.region,
        "FORCE_PATH_STYLE": "true",
        "NO_CHECK_BUCKET": "true",
        "ACCESS_KEY_ID": secrets.storage.get("ACCESS_KEY_ID", ""),
        "SECRET_ACCESS_KEY": secrets.storage.get("SECRET_ACCESS_KEY", ""),
    }
    named = {f"RCLONE_CONFIG_{REMOTE.upper()}_{name}": value for name, value in remote.items()}
    return {**named, "RCLONE_CONFIG": "/dev/null"}


def stage(bucket: SavedBucket, secrets: bundle.Secrets) -> Path:
    """The folder with what the bucket holds now. What was fetched before a failure is not fetched again."""
    folder = staging.bucket_folder(bucket.name)
    files.make_folder(folder, 0o700)
    known = environment(bucket, secrets)
    size = json.loads(rclone(bucket, known, "size", "--json", f"{REMOTE}:{bucket.bucket}"))
    staging.need(max(size["bytes"] - size_of(folder), 0), f"backup/buckets/{bucket.name}")
    rclone(bucket, known, "sync", *SYNC, f"{REMOTE}:{bucket.bucket}", str(folder))
    return folder


def rclone(bucket: SavedBucket, known: dict[str, str], *arguments: str) -> str:
    done = run(["rclone", *PATIENCE, *arguments], check=False, env=known, timeout=LONGEST)
    if done.code != 0:
        way = remedy(done.errors) or "check the bucket's key, which the variables of its `Bucket` have too"
        error = command_failed(["rclone", arguments[0], bucket.bucket], done, way)
        raise HostError(error.faults, [line for line in error.lines if "NOTICE" not in line][-5:])
    return done.output


def size_of(folder: Path) -> int:
    """Bytes of its files."""
    total = 0
    for place, _, names in os.walk(folder):
        total += sum((Path(place) / name).lstat().st_size for name in names)
    return total
