"""The SSH server: a hardening file that is proved by `sshd -T`, and the lasting host key."""

from __future__ import annotations

import os
from pathlib import Path

from .. import console, files, layout
from ..fault import failed, refused
from ..run import run
from .wanted import Machine

DROP_IN = Path("/etc/ssh/sshd_config.d/00-single-host.conf")
FOLDER = Path("/etc/ssh")
KEY = FOLDER / "ssh_host_ed25519_key"
# From the lasting host key's arrival on no other is offered, even if one is generated again. Not before: the bootstrap
# host key is of another type (Terraform's known_hosts keeps one key a type, and a retry must accept either).
KEY_DROP_IN = Path("/etc/ssh/sshd_config.d/00-single-host-key.conf")
# What must be in force, whatever the other files say.
PROOF = {"permitrootlogin": "no", "passwordauthentication": "no", "kbdinteractiveauthentication": "no", "x11forwarding": "no"}


def converge(machine: Machine) -> list[str]:
    text = (layout.PACKAGE_FILES / "sshd.conf").read_text()
    before = DROP_IN.read_text() if DROP_IN.exists() else None
    changed = files.write_if_different(DROP_IN, text)
    try:
        prove()
    except Exception:
        if changed:  # never leave a server whose sshd cannot start again
            files.remove(DROP_IN) if before is None else files.write(DROP_IN, before)
        raise
    if changed:
        run(["systemctl", "try-reload-or-restart", "ssh.service"])
    return ["sshd"] if changed else []


def prove() -> None:
    files.make_folder(Path("/run/sshd"))  # sshd -t wants it; with socket activation it may not be there yet
    run(["sshd", "-t"])
    asked = run(["sshd", "-T", "-C", "user=root,host=localhost,addr=127.0.0.1"])
    in_force = dict(line.split(" ", 1) for line in asked.output.splitlines() if " " in line)
    for name, value in PROOF.items():
        if in_force.get(name) != value:
            raise failed(
                f"sshd/{name}",
                f"must be {value}, got {in_force.get(name)}",
                f"a file in {DROP_IN.parent} sorts before {DROP_IN.name} or {FOLDER}/sshd_config does not include the folder",
            )


def install_identity(incoming: Path) -> None:
    """Replaces the bootstrap host key by the lasting one. Restarting sshd is the last act, so a retry finds all done."""
    uploaded = incoming / "host_key"
    if not uploaded.is_file():
        raise refused(str(uploaded), "was not uploaded", "run the deployment again")
    text = uploaded.read_text()
    private = text if text.endswith("\n") else text + "\n"
    candidate = layout.STATE / "host_key"
    files.make_folder(layout.STATE, 0o700)
    files.write(candidate, private, 0o600)
    try:
        read = run(["ssh-keygen", "-y", "-P", "", "-f", str(candidate)], check=False)
    finally:
        candidate.unlink()
    if read.code != 0 or not read.output.startswith("ssh-ed25519 "):
        raise refused(str(uploaded), "is not an ed25519 private key without passphrase", "run the deployment again")
    public = " ".join(read.output.split()[:2]) + "\n"
    changed = files.write_if_different(KEY, private, 0o600)
    changed |= files.write_if_different(KEY.with_suffix(".pub"), public)
    for other in FOLDER.glob("ssh_host_*_key*"):
        if other.name not in (KEY.name, KEY.name + ".pub"):
            other.unlink()
            changed = True
    changed |= files.write_if_different(KEY_DROP_IN, f"HostKey {KEY}\n")
    uploaded.unlink()
    run(["sshd", "-t"])
    if not changed:
        console.say("identity: the lasting host key is in place already")
        return
    console.say(f"identity: the lasting host key is in place: {public.strip()}")
    os.sync()
    run(["systemctl", "restart", "ssh.service"])
