"""restic with the host's repository. Its key and its password travel in the environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from . import console, files, layout
from .bundle import Secrets
from .fault import failed
from .run import Result, command_failed, environment, retry, run
from .settings import Backup

NO_REPOSITORY = 10  # since restic 0.17; older ones say it in words


@dataclass(frozen=True)
class Restic:
    repository: str
    secrets: Mapping[str, str]
    host: str  # the stack's name, so that a replaced server goes on with the same history
    region: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        cache = {"RESTIC_CACHE_DIR": str(layout.CACHE / "restic"), "RESTIC_REPOSITORY": self.repository}
        region = {"AWS_DEFAULT_REGION": self.region} if self.region else {}
        return {**self.secrets, **cache, **region}

    def run(self, *arguments: str, check: bool = True, stdin: bytes | None = None, timeout: float = 86400) -> Result:
        argv = ["restic", "--quiet", "--retry-lock", "2m", *arguments] if modern() else ["restic", "--quiet", *arguments]
        return run(argv, check=check, env=self.environment, stdin=stdin, timeout=timeout)

    def become(self, arguments: Sequence[str]) -> NoReturn:
        """For an administrator: what this program does not do, restic may."""
        os.execvpe("restic", ["restic", *arguments], environment(self.environment))

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").output or "null")

    def ready(self) -> None:
        """Makes the repository when there is none yet. Wrong keys and passwords are told now, not at night."""

        def look() -> None:
            found = self.run("cat", "config", check=False, timeout=45)
            if found.code == 0:
                return
            said = "\n".join(found.last_lines)
            if found.code == NO_REPOSITORY or "Is there a repository at the following location" in said:
                console.say(f"backup: making the repository {self.repository}")
                found = self.run("init", check=False, timeout=120)
            if found.code != 0:
                raise failed(
                    "backup/repository", f"{self.repository} cannot be used", "check bucket and keys", found.last_lines[-3:]
                )

        retry("backup", look, lasting=45, final=lambda error: "wrong password" in "".join(error.lines))
        self.run("unlock", check=False)  # locks of killed runs; restic leaves the living alone

    def save_paths(self, paths: Sequence[str], tags: Sequence[str]) -> None:
        self.run("backup", *self._marks(tags), "--", *paths)

    def save_text(self, text: str, name: str, tags: Sequence[str]) -> None:
        self.run("backup", *self._marks(tags), "--stdin", "--stdin-filename", name, stdin=text.encode())

    def save_output(self, argv: Sequence[str], name: str, tags: Sequence[str]) -> None:
        """The output of a command. A command that fails leaves no snapshot."""
        if modern():
            arguments = ["--stdin-from-command", "--stdin-filename", name, "--", *argv]
            self.run("backup", *self._marks(tags), *arguments)
            return
        # Older restic would keep half a dump and call it a success: the dump is made whole first.
        files.make_folder(layout.CACHE, 0o700)
        with tempfile.TemporaryFile(dir=layout.CACHE) as dump:
            _into(argv, dump.fileno())
            dump.seek(0)
            command = ["restic", "--quiet", "backup", *self._marks(tags), "--stdin", "--stdin-filename", name]
            saved = subprocess.run(command, stdin=dump, capture_output=True, env=environment(self.environment), check=False)
            if saved.returncode != 0:
                raise command_failed(command, Result(saved.returncode, "", saved.stderr.decode(errors="replace")))

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
        found = self.json("snapshots", "--host", self.host) or []
        return {entry["id"]: entry["summary"]["total_bytes_processed"] for entry in found if "summary" in entry}

    def size(self, snapshot: str) -> int:
        """The same of one, counted."""
        return int(self.json("stats", "--mode", "restore-size", snapshot)["total_size"])

    def path_of(self, snapshot: str) -> str:
        """The folder that was saved: a volume's place may have changed since."""
        return str(self.json("snapshots", snapshot)[0]["paths"][0])

    def forget(self, tag: str, keep: Mapping[str, int]) -> None:
        wanted = [word for period, count in keep.items() if count for word in (f"--keep-{period}", str(count))]
        if wanted:  # each database and volume has a path, and a history, of its own
            self.run("forget", "--tag", tag, "--host", self.host, "--group-by", "host,paths", *wanted)

    def _marks(self, tags: Sequence[str]) -> list[str]:
        return ["--host", self.host, *(word for tag in tags for word in ("--tag", tag))]


def restic(plan: Backup, secrets: Secrets, host: str) -> Restic:
    return Restic(plan.repository, secrets.backup, host, plan.region)


def modern() -> bool:
    """0.17 brought --stdin-from-command."""
    found = re.search(r"restic (\d+)\.(\d+)", run(["restic", "version"]).output)
    return found is not None and (int(found[1]), int(found[2])) >= (0, 17)


def _into(argv: Sequence[str], descriptor: int) -> None:
    done = subprocess.run(
        list(argv), stdin=subprocess.DEVNULL, stdout=descriptor, stderr=subprocess.PIPE, env=environment(), check=False
    )
    if done.returncode != 0:
        raise command_failed(argv, Result(done.returncode, "", done.stderr.decode(errors="replace")))
