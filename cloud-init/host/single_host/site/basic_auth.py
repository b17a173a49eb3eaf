"""Passwords before sites: Caddy hashes them, and is given nothing but the hashes."""

from __future__ import annotations

import hashlib
import json

from .. import files, layout
from ..bundle import Secrets
from ..fault import refused
from ..run import run
from ..settings import BasicAuth, Settings

HASHES = layout.STATE / "basic-auth.json"


def snippets(settings: Settings, secrets: Secrets) -> dict[str, bytes]:
    """`USER HASH` lines, by the file that the Caddyfile imports. bcrypt salts: only a changed password is hashed anew."""
    try:
        known = json.loads(HASHES.read_bytes())
    except (FileNotFoundError, ValueError):
        known = {}
    wanted = {}
    for entry in settings.basic_auth:
        password = secrets.application[entry.secret]
        mark = hashlib.sha256(f"{entry.user}\0{password}".encode()).hexdigest()
        hashed = known.get(entry.file, {})
        wanted[entry.file] = hashed if hashed.get("mark") == mark else {"mark": mark, "line": _hash(entry, password, settings)}
    files.make_folder(layout.STATE, 0o700)
    files.write_if_different(HASHES, json.dumps(wanted), 0o600)
    return {file: f"{entry['line']}\n".encode() for file, entry in wanted.items()}


def _hash(entry: BasicAuth, password: str, settings: Settings) -> str:
    if not password or "\n" in password or len(password.encode()) > 72:
        raise refused(f"secrets/{entry.secret}", "must have 1 to 72 bytes in one line to be a password for basic auth")
    argv = ["docker", "run", "--rm", "--interactive", "--network", "none", settings.machine.edge.image, "caddy", "hash-password"]
    hashed = run(argv, stdin=password.encode() + b"\n", timeout=120)
    return f"{entry.user} {hashed.output.strip()}"
