"""restic with the host's repository. Its key and its password travel in the environment."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from .. import console, files, layout
from ..bundle import Secrets
from ..fault import failed
from ..run import Result, command_failed, environment, retry, run
from ..settings import Backup

NO_REPOSITORY = 10  # since restic 0.17; older ones say it in words
INCOMPLETE = 3  # some of the files could not be read
LONGEST = 86400.0  # seconds
FOREIGN = "the repository was made with another backup password: is it this stack's bucket, or was the state lost?"
UNKNOWN_KEY = "the bucket's key is not known any more: give the stack the new one and deploy"
WRONG_SIGNATURE = "the secret of the bucket's key is another now: give the stack the new one and deploy"
# Where asked without a body, as restic asks first, some services say the same of a key that they do not know.
DENIED = (
    "the bucket's key may not do that, or is not known any more: check what it was granted, or give the stack another and deploy"
)
FULL = "the bucket is full: raise its quota, or keep less (`retention`)"
SKEWED = "the server's clock is wrong: see `timedatectl`"
SILENT = "the store does not answer: is the network well, and the store's address right?"
REMEDIES = {  # by a service's code, or by its words where it sends some: restic tells either. The first that is found counts.
    "wrong password": FOREIGN,
    "no key found": FOREIGN,
    "InvalidAccessKeyId": UNKNOWN_KEY,
    "does not exist in our records": UNKNOWN_KEY,
    "SignatureDoesNotMatch": WRONG_SIGNATURE,
    "signature we calculated does not match": WRONG_SIGNATURE,
    "Access Denied": DENIED,
    "AccessDenied": DENIED,
    "NoSuchBucket": "the bucket is gone: deploy the stack, which makes it, or name another",
    "bucket does not exist": "the bucket is gone: deploy the stack, which makes it, or name another",
    "RequestTimeTooSkewed": SKEWED,
    "difference between the request time": SKEWED,
    "XMinioStorageFull": "the bucket's store is full",
    "QuotaExceeded": FULL,
    "quota exceeded": FULL,
    "no space left": "the disk is full: make room (`docker image prune`)",
    "already locked": "another restic works on this repository; locks of dead ones end after 30 minutes",
    "i/o timeout": SILENT,
    "connection refused": SILENT,
    "no end after": SILENT,
}


@dataclass(frozen=True)
class Saved:
    snapshot: str
    size: int  # bytes of the files
    sent: int  # bytes that were new, compressed


@dataclass(frozen=True)
class Restic:
    repository: str
    secrets: Mapping[str, str]
    host: str  # the stack's name, so that a replaced server goes on with the same history
    region: str | None = None
    upload_kibibytes: int = 0  # a second; 0: as fast as it goes

    @property
    def environment(self) -> dict[str, str]:
        cache = {"RESTIC_CACHE_DIR": str(layout.CACHE / "restic"), "RESTIC_REPOSITORY": self.repository}
        region = {"AWS_DEFAULT_REGION": self.region} if self.region else {}
        return {**self.secrets, **cache, **region}

    def run(self, *arguments: str, check: bool = True, stdin: bytes | None = None, timeout: float = LONGEST) -> Result:
        done = run([*self._command(), *arguments], check=False, env=self.environment, stdin=stdin, timeout=timeout)
        if check and done.code != 0:
            raise command_failed(["restic", *arguments], done, remedy(done.errors))
        return done

    def _command(self) -> list[str]:
        return ["restic", "--quiet", "--retry-lock", "2m"] if modern() else ["restic", "--quiet"]

    def become(self, arguments: Sequence[str]) -> NoReturn:
        """For an administrator: what this program does not do, restic may."""
        os.execvpe("restic", ["restic", *arguments], environment(self.environment))

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").output or "null")

    def listed(self, *arguments: str) -> list[Any]:
        """Without a lock, so that they are told where nothing can be written: in a full bucket."""
        return json.loads(self.run("snapshots", "--json", "--no-lock", *arguments).output or "null") or []

    def ready(self) -> None:
        """Makes the repository when there is none yet. Wrong keys and passwords are told now, not at night."""

        def look() -> None:
            # it leaves a lock meanwhile, so that a bucket into which nothing can be written is told within this time
            found = self.run("cat", "config", check=False, timeout=45)
            if found.code == 0:
                return
            if _is_absent(found):
                console.say(f"backup: making the repository {self.repository}")
                found = self.run("init", check=False, timeout=120)
                if found.code == 0:
                    console.say("backup: without its password nobody reads it: keep what `sudo single-host backup key` shows")
            if found.code != 0:
                way = remedy("\n".join(found.last_lines)) or "check bucket and keys"
                raise failed("backup/repository", f"{self.repository} cannot be used", way, found.last_lines[-3:])

        retry("backup", look, lasting=45, final=lambda error: "password" in "".join(error.lines))
        self.unlock()

    def is_closed_to_password(self) -> bool:
        """Whether the repository says that it knows no such password; one that does not answer says nothing."""
        found = self.run("cat", "config", check=False, timeout=45)
        return found.code != 0 and remedy("\n".join(found.last_lines)) == FOREIGN

    def unlock(self) -> None:
        """Removes locks of the dead. restic knows them by their process, or by half an hour without a sign of life.

        A process of another name may have got the number since, after a reboot: that is looked at here.
        """
        if not self._locks():  # to open a repository takes half a second of the processor each time
            return
        self.run("unlock", check=False, timeout=120)
        left = [self.json("cat", "lock", name) for name in self._locks()]
        if left and all(lock and lock.get("hostname") == os.uname().nodename and _is_dead(lock.get("pid")) for lock in left):
            self.run("unlock", "--remove-all", check=False, timeout=120)

    def _locks(self) -> list[str]:
        return self.run("list", "locks", check=False, timeout=120).output.split()

    def save_paths(self, paths: Sequence[str], tags: Sequence[str], exclude: Sequence[str] = ()) -> Saved:
        """What vanishes while it is read was not meant to stay. What cannot be read for another reason is a failure."""
        patterns = [word for pattern in exclude for word in ("--exclude", pattern)]
        return self._save([*patterns, "--", *paths], tags)

    def save_text(self, text: str, name: str, tags: Sequence[str]) -> Saved:
        return self._save(["--stdin", "--stdin-filename", name], tags, stdin=text.encode())

    def save_output(self, argv: Sequence[str], name: str, tags: Sequence[str]) -> Saved:
        """The output of a command. A command that fails leaves no snapshot."""
        if modern():
            return self._save(["--stdin-from-command", "--stdin-filename", name, "--", *argv], tags)
        # Older restic would keep half a dump and call it a success: the dump is made whole first.
        files.make_folder(layout.CACHE, 0o700)
        with tempfile.TemporaryFile(dir=layout.CACHE) as dump:
            _into(argv, dump.fileno())
            dump.seek(0)
            return self._save(["--stdin", "--stdin-filename", name], tags, dump=dump.fileno())

    def _save(self, arguments: Sequence[str], tags: Sequence[str], stdin: bytes | None = None, dump: int | None = None) -> Saved:
        limit = ["--limit-upload", str(self.upload_kibibytes)] if self.upload_kibibytes else []
        argv = [*self._command(), *limit, "backup", "--json", *self._marks(tags), *arguments]
        if dump is None:
            done = run(argv, check=False, env=self.environment, stdin=stdin, timeout=LONGEST)
        else:
            found = subprocess.run(argv, stdin=dump, capture_output=True, env=environment(self.environment), check=False)
            done = Result(found.returncode, found.stdout.decode(errors="replace"), found.stderr.decode(errors="replace"))
        summaries = [entry for entry in _entries(done.output) if entry.get("message_type") == "summary"]
        if not summaries or done.code not in (0, INCOMPLETE) or (done.code == INCOMPLETE and not vanished_only(done.errors)):
            if summaries:  # restic keeps a snapshot of what it could read; nobody shall take it for whole
                self.run("forget", summaries[-1]["snapshot_id"], check=False)
            errors = "\n".join(readable(line) for line in done.errors.splitlines())
            raise command_failed(["restic", "backup", "..."], Result(done.code or 1, "", errors), remedy(errors))
        said = summaries[-1]
        sent = said.get("data_added_packed", said.get("data_added", 0))
        return Saved(said["snapshot_id"], said.get("total_bytes_processed", 0), sent)

    def listing(self, snapshot: str) -> Iterator[Mapping[str, Any]]:
        """Its files and folders, one after the other: a volume may have a million."""
        argv = [*self._command(), "ls", "--json", snapshot]
        with tempfile.TemporaryFile() as said:
            source = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment(self.environment)
            )
            with source:
                for line in source.stdout or ():
                    entry = json.loads(line)
                    if entry.get("struct_type") == "node":
                        yield entry
            if source.returncode != 0:
                said.seek(0)
                raise command_failed(argv, Result(source.returncode, "", said.read().decode(errors="replace")))

    def feed(self, snapshot: str, path: str, argv: Sequence[str]) -> None:
        """A file of a snapshot into a command. Both ends must succeed."""
        with tempfile.TemporaryFile() as restic_said, tempfile.TemporaryFile() as command_said:
            source = subprocess.Popen(
                ["restic", "--quiet", "dump", snapshot, path],
                stdout=subprocess.PIPE,
                stderr=restic_said,
                stdin=subprocess.DEVNULL,
                env=environment(self.environment),
            )
            try:
                sink = subprocess.run(
                    list(argv),
                    stdin=source.stdout,
                    stdout=subprocess.DEVNULL,
                    stderr=command_said,
                    env=environment(),
                    check=False,
                )
            finally:
                if source.stdout:
                    source.stdout.close()
                source_code = source.wait()
            for command, code, said in ((argv, sink.returncode, command_said), (["restic", "dump"], source_code, restic_said)):
                said.seek(0)
                if code != 0:
                    raise command_failed(command, Result(code, "", said.read().decode(errors="replace")))

    def restore(self, snapshot: str, target: Path) -> None:
        self.run("restore", snapshot, "--target", str(target))

    def sizes(self) -> dict[str, int]:
        """Snapshot -> bytes that a restore of it takes. restic knows them by heart since 0.17."""
        found = self.listed("--host", self.host)
        return {entry["id"]: entry["summary"]["total_bytes_processed"] for entry in found if "summary" in entry}

    def size(self, snapshot: str) -> int:
        """The same of one, counted."""
        return int(self.json("stats", "--mode", "restore-size", snapshot)["total_size"])

    def path_of(self, snapshot: str) -> str:
        """The folder that was saved: a volume's place may have changed since."""
        return str(self.listed(snapshot)[0]["paths"][0])

    def forget(self, snapshots: Sequence[str]) -> None:
        if snapshots:
            self.run("forget", *snapshots)

    def prune(self, leaving: Sequence[str]) -> None:
        """Without these snapshots. Even without any: of a run that was killed, packs may lie there that nothing refers to."""
        self.run("forget", "--prune", *leaving) if leaving else self.run("prune")

    def _marks(self, tags: Sequence[str]) -> list[str]:
        return ["--host", self.host, *(word for tag in tags for word in ("--tag", tag))]


def restic(plan: Backup, secrets: Secrets, host: str) -> Restic:
    return Restic(plan.repository, secrets.backup, host, plan.region, plan.limits.upload_kibibytes)


def modern() -> bool:
    """0.17 brought --stdin-from-command."""
    found = re.search(r"restic (\d+)\.(\d+)", run(["restic", "version"]).output)
    return found is not None and (int(found[1]), int(found[2])) >= (0, 17)


def _is_absent(found: Result) -> bool:
    """Whether there is no repository. Before 0.17 it has no code of its own, and the same words stand below every reason."""
    if found.code in (0, NO_REPOSITORY):
        return found.code == NO_REPOSITORY
    said = "\n".join(found.last_lines)
    asked = "Is there a repository at the following location" in said and not modern()
    return asked and ("key does not exist" in said or "no such file" in said)


def vanished_only(errors: str) -> bool:
    """Whether restic could not read files for no other reason than that they were not there any more.

    What it stores again, because a spoilt pack was taken out, it counts as an error too, and has saved.
    """
    entries = [entry for entry in _entries(errors) if entry.get("message_type") == "error"]
    return bool(entries) and all(_is_vanished(entry.get("error")) or "storing the file again" in str(entry) for entry in entries)


def _is_vanished(error: Any) -> bool:
    """Older restic writes the error as Go has it: {"Op": "open", "Path": "/x", "Err": 2}."""
    if isinstance(error, dict) and "Err" in error:
        return bool(error["Err"] == 2)
    return isinstance(error, dict) and "no such file or directory" in str(error.get("message"))


def readable(line: str) -> str:
    """A message of restic's --json in words."""
    for entry in _entries(line):
        error = entry.get("error")
        return str(error.get("message") or error) if isinstance(error, dict) else str(entry.get("message") or line)
    return line


def remedy(said: str) -> str:
    return next((words for sign, words in REMEDIES.items() if sign in said), "")


def _entries(text: str) -> list[dict[str, Any]]:
    found = []
    for line in text.splitlines():
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                found.append(entry)
    return found


def _is_dead(process: Any) -> bool:
    try:
        return Path(f"/proc/{int(process)}/comm").read_text().strip() != "restic"
    except FileNotFoundError:
        return True
    except (OSError, ValueError, TypeError):
        return False


def _into(argv: Sequence[str], descriptor: int) -> None:
    done = subprocess.run(
        list(argv), stdin=subprocess.DEVNULL, stdout=descriptor, stderr=subprocess.PIPE, env=environment(), check=False
    )
    if done.returncode != 0:
        raise command_failed(argv, Result(done.returncode, "", done.stderr.decode(errors="replace")))
