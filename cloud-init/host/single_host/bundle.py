"""What Terraform uploads: bundle.json and secrets.json. Read and judged as a whole, never in part.

(The program that bundle.json also brings is `program.py`'s: it runs before this, so that this is always the right one.)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import files, layout, settings
from .fault import REFUSED, Fault, HostError, refused

FORMAT = 1
OWN_FILES = ("host.json", "Caddyfile", "edge.yaml", "overlay.yaml", "program")
LONGEST_VARIABLE = 131072  # Linux: MAX_ARG_STRLEN
ACCEPTED = "accepted"
GOOD = "good"


@dataclass(frozen=True)
class File:
    content: bytes
    mode: int


@dataclass(frozen=True)
class Secrets:
    application: Mapping[str, str]
    backup: Mapping[str, str]
    registry: Mapping[str, Mapping[str, str]]  # registry -> {username, password}
    storage: Mapping[str, str] = field(default_factory=dict)  # ACCESS_KEY_ID, SECRET_ACCESS_KEY of the application's buckets

    notices: Mapping[str, str] = field(default_factory=dict)  # NOTICE_1: the address to post to; of mail, the password

    @property
    def all(self) -> dict[str, str]:
        passwords = {f"registry {name}": entry["password"] for name, entry in self.registry.items()}
        return {**self.application, **self.backup, **self.storage, **self.notices, **passwords}


@dataclass(frozen=True)
class Bundle:
    raw: bytes
    files: Mapping[str, File]

    @property
    def application_files(self) -> dict[str, File]:
        return {path.removeprefix("app/"): file for path, file in self.files.items() if path.startswith("app/")}

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    def text(self, path: str) -> bytes:
        return self.files[path].content


def read_incoming(folder: Path) -> tuple[bytes, bytes] | None:
    """The uploaded pair, or None when nothing waits. Half an upload is refused."""
    found = {name: folder / name for name in ("bundle.json", "secrets.json")}
    missing = [name for name, path in found.items() if not path.is_file()]
    if len(missing) == 2:
        return None
    if missing:
        raise refused(f"{folder}/{missing[0]}", "was not uploaded", "run the deployment again: it uploads both files")
    return found["bundle.json"].read_bytes(), found["secrets.json"].read_bytes()


def read_last() -> tuple[bytes, bytes]:
    if kept := _read(ACCEPTED):
        return kept
    raise refused("bundle.json", "this host has never received one", "run `cdktf deploy`")


def read_good() -> tuple[bytes, bytes] | None:
    return _read(GOOD)


def keep(bundle: bytes, secrets: bytes, good: bool = False) -> None:
    """What was accepted, so that `apply` can be repeated without an upload; what was good, so that there is a way back."""
    folder = layout.STATE / (GOOD if good else ACCEPTED)
    files.make_folder(layout.STATE, 0o700)
    files.write_if_different(folder / "secrets.json", secrets, 0o600)
    files.write_if_different(folder / "bundle.json", bundle, 0o600)


def _read(name: str) -> tuple[bytes, bytes] | None:
    folder = layout.STATE / name
    try:
        return (folder / "bundle.json").read_bytes(), (folder / "secrets.json").read_bytes()
    except FileNotFoundError:
        return None


def parse(raw: bytes) -> Bundle:
    data = _json(raw, "bundle.json")
    if data.get("format") != FORMAT:
        raise refused("bundle.json/format", f"must be {FORMAT}, got {data.get('format')!r}")
    faults: list[Fault] = []
    entries: Any = data.get("files")
    parsed = {path: _file(path, value, faults) for path, value in (entries if isinstance(entries, dict) else {}).items()}
    for name in OWN_FILES:
        if name not in parsed:
            faults.append(Fault(f"bundle.json/files/{name}", "is missing"))
    if faults:
        raise HostError(faults, code=REFUSED)
    return Bundle(raw, parsed)


def parse_secrets(raw: bytes) -> Secrets:
    data = _json(raw, "secrets.json")
    faults: list[Fault] = []
    sections: dict[str, Any] = {}
    for section in ("application", "backup", "registry", "storage", "notices"):
        value = data.get(section)
        sections[section] = value if isinstance(value, dict) else {}
        kind = dict if section == "registry" else str
        for name, entry in sections[section].items():
            # Names only: a value of the wrong kind is still a secret.
            if not isinstance(entry, kind) or (isinstance(entry, str) and "\0" in entry):
                faults.append(Fault(f"secrets.json/{section}/{name}", "is not text without NUL characters"))
            elif isinstance(entry, dict) and not all(isinstance(entry.get(key), str) for key in ("username", "password")):
                faults.append(Fault(f"secrets.json/{section}/{name}", "needs username and password"))
    if faults:
        raise HostError(faults, code=REFUSED)
    return Secrets(**sections)


def check_together(host: settings.Settings, bundle: Bundle, secrets: Secrets) -> None:
    """What can be wrong between the parts."""
    faults = []
    if host.application.compose_file not in bundle.application_files:
        faults.append(Fault("host.json/application/compose_file", f"app/{host.application.compose_file} is not in the bundle"))
    needed = [*host.application.secrets, *(entry.secret for entry in host.basic_auth)]
    for name in sorted(set(needed) - set(secrets.application)):
        faults.append(Fault(f"secrets.json/application/{name}", "is missing", "add it to the SecretsBundle"))
    for name, value in {**host.application.settings, **secrets.application}.items():
        if len(f"{name}={value}".encode()) >= LONGEST_VARIABLE:
            faults.append(Fault(f"application/{name}", "is longer than the 128 KiB that the environment of a process takes"))
    if host.backup and not secrets.backup.get("RESTIC_PASSWORD"):
        faults.append(Fault("secrets.json/backup/RESTIC_PASSWORD", "is missing: backups could not be encrypted"))
    saved = host.backup.buckets if host.backup else ()
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY") if host.expiring_buckets or saved else ():
        if not secrets.storage.get(name):
            use = "old versions could not be removed from buckets" if host.expiring_buckets else "buckets could not be saved"
            faults.append(Fault(f"secrets.json/storage/{name}", f"is missing: {use}"))
    for notice in host.backup.notices if host.backup else ():
        if not secrets.notices.get(notice.secret):
            faults.append(Fault(f"secrets.json/notices/{notice.secret}", f"is missing: {notice.kind} could not be told"))
    if faults:
        raise HostError(faults, code=REFUSED)


def _json(raw: bytes, name: str) -> Mapping[str, Any]:
    try:
        data = json.loads(raw)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise refused(name, f"is not JSON ({error.__class__.__name__})", "run the deployment again") from None
    if not isinstance(data, dict):
        raise refused(name, "must be an object")
    return data


def _file(path: str, value: Any, faults: list[Fault]) -> File:
    where = f"bundle.json/files/{path}"
    if path not in OWN_FILES and not (path.startswith("app/") and settings.RELATIVE.fullmatch(path[4:])):
        faults.append(Fault(where, "is not a path that belongs in a bundle"))
    value = value if isinstance(value, dict) else {}
    mode = value.get("mode", "0644")
    if mode not in ("0644", "0755"):
        faults.append(Fault(f"{where}/mode", f"must be 0644 or 0755, got {mode!r}"))
        mode = "0644"
    if isinstance(value.get("text"), str):
        return File(value["text"].encode(), int(mode, 8))
    if isinstance(value.get("base64"), str):
        return File(_decode(value["base64"], where), int(mode, 8))
    faults.append(Fault(where, "must have text or base64"))
    return File(b"", 0o644)


def _decode(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise refused(where, "is not base64") from None
