"""Fills a bucket of a real MinIO, lets time pass for the program, and prints what is left."""

import datetime
import json
import os

from single_host import bundle
from single_host.buckets import expire
from single_host.buckets.versions import Expiry
from single_host.settings import ExpiringBucket

place = ExpiringBucket(os.environ["ENDPOINT"], "nbg1", "files", 30)
keys = {"ACCESS_KEY_ID": "rehearsal", "SECRET_ACCESS_KEY": "rehearsal-secret"}
client = expire.client(place, bundle.Secrets({}, {}, {}, keys))
client.create_bucket(Bucket="files")
client.put_object(Bucket="files", Key="before versioning", Body=b"null")
client.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
client.put_object(Bucket="files", Key="before versioning", Body=b"now")
for number in range(1050):  # more than a page of one object
    client.put_object(Bucket="files", Key="changed/ü %", Body=str(number).encode())
for key in ("deleted", "deleted and written again"):
    client.put_object(Bucket="files", Key=key, Body=b"old")
    client.delete_object(Bucket="files", Key=key)
client.put_object(Bucket="files", Key="deleted and written again", Body=b"new")
upload = client.create_multipart_upload(Bucket="files", Key="half")["UploadId"]
client.upload_part(Bucket="files", Key="half", UploadId=upload, PartNumber=1, Body=b"x" * 5 * 1024**2)


def left() -> dict[str, object]:
    pages = list(client.get_paginator("list_object_versions").paginate(Bucket="files"))
    versions = [version for page in pages for version in page.get("Versions", ())]
    return {
        "versions": len(versions),
        "markers": sum(len(page.get("DeleteMarkers", ())) for page in pages),
        "uploads": len(client.list_multipart_uploads(Bucket="files", Prefix="half").get("Uploads", ())),
        "objects": {
            version["Key"]: client.get_object(Bucket="files", Key=version["Key"])["Body"].read().decode()
            for version in versions
            if version["IsLatest"]
        },
    }


def after(days: float, dry_run: bool = False) -> dict[str, object]:
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return vars(Expiry(client, "files", 30, now, dry_run).run())


print(
    json.dumps(
        {
            "day29": after(29),
            "left29": left(),
            "dry31": after(31, dry_run=True),
            "leftDry": left(),
            "day31": after(31),
            "left31": left(),
            "day32": after(32),
        }
    )
)
