"""Buckets whose cloud removes no old versions: this host does, every night. With Debian's python3-boto3."""

from __future__ import annotations

import datetime
from typing import Any

from .. import bundle, console, lock, settings, state
from ..fault import FAILED, Fault, HostError, failed
from ..settings import ExpiringBucket
from .versions import Expiry, Outcome

LOCK_PATIENCE = 3600.0  # a backup runs at the same hour
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
SHOWN_FAILURES = 5


def expire(host: settings.Settings, dry_run: bool) -> None:
    """Every bucket is tried, whatever becomes of another."""
    if not host.expiring_buckets:
        console.say("buckets: none of this host's keeps old versions too long")
        return
    secrets = bundle.parse_secrets(bundle.read_last()[1])
    console.conceal(secrets.all)
    faults: list[Fault] = []
    for bucket in host.expiring_buckets:
        with lock.held("expire", LOCK_PATIENCE):
            try:
                _expire(bucket, secrets, dry_run)
            except HostError as error:
                faults += error.faults
    if faults:
        raise HostError(faults, code=FAILED)


def _expire(bucket: ExpiringBucket, secrets: bundle.Secrets, dry_run: bool) -> None:
    now = datetime.datetime.now(datetime.timezone.utc)
    try:
        outcome = Expiry(client(bucket, secrets), bucket.bucket, bucket.days, now, dry_run).run()
    except HostError:
        raise
    except Exception as error:  # boto3 makes its classes of errors at run time
        _remember(bucket, {"failed_at": state.now(), "reason": console.clean(str(error))})
        raise failed(f"buckets/{bucket.bucket}", str(error), "check the bucket's key: the variables OBJECT_STORAGE_...") from None
    console.say(f"bucket {bucket.bucket}: {'would remove ' if dry_run else 'removed '}{describe(outcome)}")
    if outcome.failures:
        reason = f"{len(outcome.failures)} could not be removed"
        for line in outcome.failures[:SHOWN_FAILURES]:
            console.say(f"bucket {bucket.bucket}: {line}")
        _remember(bucket, {"failed_at": state.now(), "reason": reason})
        raise failed(
            f"buckets/{bucket.bucket}", f"{reason}: {outcome.failures[0]}", "are some locked, or may the key not delete?"
        )
    if not dry_run:
        _remember(bucket, {"at": state.now(), "removed": outcome.versions, "finished": outcome.finished})


def describe(outcome: Outcome) -> str:
    text = (
        f"{outcome.versions} old versions ({outcome.size / 1024**2:.1f} MiB), {outcome.markers} markers of deletions, "
        f"{outcome.uploads} unfinished uploads"
    )
    return text if outcome.finished else f"{text}; the time was up, the next night goes on"


def client(bucket: ExpiringBucket, secrets: bundle.Secrets) -> Any:
    """Given all that it needs: it looks for no credentials, neither in files nor at the metadata address."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise failed("buckets", "python3-boto3 is not installed", "run `single-host converge`") from None
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=secrets.storage.get("ACCESS_KEY_ID"),
        aws_secret_access_key=secrets.storage.get("SECRET_ACCESS_KEY"),
        verify=AUTHORITIES,
        config=Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=20,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": 5},
        ),
    )


def _remember(bucket: ExpiringBucket, result: dict[str, Any]) -> None:
    known = state.read().get("buckets", {})
    before = known.get(bucket.bucket, {}) if "failed_at" in result else {}
    state.update(buckets={**known, bucket.bucket: {**before, **result}})
    state.remember("expire", "failed" if "failed_at" in result else "done", bucket=bucket.bucket, **result)
