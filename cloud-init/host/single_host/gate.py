"""What CI may ask for. Runs as the user `release`, as the forced command of its key.

The caller's words come in SSH_ORIGINAL_COMMAND: data, compared with a list, never given to a shell.
"""

from __future__ import annotations

import os
import re

from . import layout
from .fault import refused

LONGEST = 2048
WORDS = re.compile(r"[A-Za-z0-9._:/@=-]+(?: [A-Za-z0-9._:/@=-]+)*")
SERVICE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
IMAGE = r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}"
BY = r"(?: --by [A-Za-z0-9][A-Za-z0-9._:/@=-]{0,255})?"
LOGIN = r"(?: --username [A-Za-z0-9][A-Za-z0-9._@-]{0,127} --password-stdin)?"
ALLOWED = {
    "status [--json]": re.compile(r"status(?: --json)?"),
    "releases [--json]": re.compile(r"releases(?: --json)?"),
    "release SERVICE=IMAGE... [--by WHO] [--username NAME --password-stdin]": re.compile(
        rf"release(?: {SERVICE}={IMAGE})+{BY}{LOGIN}"
    ),
    "rollback [RECORD] [--by WHO]": re.compile(rf"rollback(?: [0-9]{{1,9}})?{BY}"),
}


def permitted(command: str) -> tuple[str, ...]:
    known = ", ".join(f"`{form}`" for form in ALLOWED)
    if not command:
        raise refused("gate", "no shell is given here", f"ask for one of {known}")
    if len(command) > LONGEST:
        raise refused("gate", f"a command of {len(command)} characters is too long", f"at most {LONGEST}")
    if not WORDS.fullmatch(command):
        raise refused("gate", f"{command!r} has characters that are not allowed", f"ask for one of {known}")
    words = tuple(command.split(" "))
    words = words[1:] if words[0] in ("single-host", str(layout.COMMAND)) else words
    if not any(form.fullmatch(" ".join(words)) for form in ALLOWED.values()):
        raise refused("gate", f"{command!r} is not allowed", f"ask for one of {known}")
    return words


def gate() -> None:
    words = permitted(os.environ.get("SSH_ORIGINAL_COMMAND", ""))
    argv = ["/usr/bin/sudo", "--non-interactive", str(layout.COMMAND), *words]
    os.execve(argv[0], argv, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
