"""The two identities: `deploy` for people and Terraform (shell, sudo), `release` for CI (one forced command)."""

from __future__ import annotations

import pwd
from pathlib import Path

from .. import files, layout
from ..fault import failed
from ..run import run
from .wanted import Machine

SUDOERS = Path("/etc/sudoers.d/90-single-host")
GATE = f'restrict,command="{layout.COMMAND} gate"'
PEOPLE = "deploy"  # and Terraform
CONTINUOUS_INTEGRATION = "release"


def converge(machine: Machine) -> list[str]:
    changes = []
    for user, comment in ((PEOPLE, "people and Terraform"), (CONTINUOUS_INTEGRATION, "releases from CI")):
        if _create(user, comment):
            changes.append(f"user {user}")
    if _authorize(PEOPLE, [key.strip() for key in machine.deploy_keys]):
        changes.append("keys of deploy")
    if _authorize(CONTINUOUS_INTEGRATION, [f"{GATE} {key.strip()}" for key in machine.release_keys]):
        changes.append("keys of release")
    if _sudoers():
        changes.append("sudoers")
    return changes


def _create(user: str, comment: str) -> bool:
    try:
        pwd.getpwnam(user)
        return False
    except KeyError:
        # A forced command needs a login shell that runs.
        run(["useradd", "--create-home", "--shell", "/bin/bash", "--comment", comment, user])
        return True


def _authorize(user: str, lines: list[str]) -> bool:
    """Root owns the file: who logs in is decided by the stack alone."""
    home = Path(pwd.getpwnam(user).pw_dir)
    folder = home / ".ssh"
    if folder.is_symlink():
        raise failed(str(folder), "is a symbolic link", f"remove it: {user}'s keys are written there")
    files.make_folder(folder)
    group = pwd.getpwnam(user).pw_gid
    return files.write_if_different(folder / "authorized_keys", "".join(f"{line}\n" for line in lines), 0o640, (0, group))


def _sudoers() -> bool:
    text = (layout.PACKAGE_FILES / "sudoers").read_text()
    if SUDOERS.exists() and SUDOERS.read_text() == text:
        return False
    candidate = layout.RUN / "sudoers"
    files.write(candidate, text, 0o440)
    run(["visudo", "-cf", str(candidate)])
    candidate.unlink()
    return files.write_if_different(SUDOERS, text, 0o440)
