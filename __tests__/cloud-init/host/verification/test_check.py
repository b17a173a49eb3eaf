import json
from typing import Any
from unittest import mock

from support import HostTest, backup_json, host_json

from single_host import lock, settings, state
from single_host.backups import backup, damage
from single_host.backups.restic import Saved
from single_host.run import Result
from single_host.verification import check

PACK = "76396ebfeccfdaf4e0bd971b84643a1063d8f7178f03e8db4c97fed7f08da8a3"
# as restic 0.18 says it
FLIPPED = f"""pack {PACK} contains 2 errors: [blob 36a987c9c0fa48faf50aa7fdcee03469a8d699851852c03decdef11b31307607: \
decrypting blob <data/36a987c9> from 76396ebf failed: ciphertext verification failed unexpected pack id 43ed7ebd]

The repository contains damaged pack files. These damaged files must be removed to repair the repository.

restic repair packs {PACK}
restic repair snapshots --forget

Damaged pack files can be caused by backend problems, hardware problems or bugs in restic.
Fatal: repository contains errors
"""
GONE = f"""pack {PACK}: does not exist
Load(<data/76396ebfec>, 24064, 0) failed: The specified key does not exist.
Fatal: repository contains errors
"""
BACKUP = backup_json()
RUNS = [
    backup.Run("20251123T031500Z", {"volume/a": "3", "volume/b": "4"}, ["3", "4", "m3"], expected=2),
    backup.Run("20251122T031500Z", {"volume/a": "1", "volume/b": "2"}, ["1", "2", "m2"], expected=2),
]


class FakeRestic:
    """Answers as restic does when a pack is damaged, until it is repaired."""

    host = "shop-beta"

    def __init__(self, said: str) -> None:
        self.said, self.calls, self.opens = said, [], True  # type: ignore[var-annotated]

    def run(self, *arguments: str, **options: Any) -> Result:
        self.calls.append(" ".join(arguments))
        if arguments[0] == "check":
            return Result(1, "", self.said) if self.said else Result(0, "", "")
        if arguments[:3] == ("find", "--json", "--pack") and not self.opens:
            return Result(1, "", "header is larger than file")
        if arguments[0] == "find":
            return Result(0, json.dumps([{"snapshot": "4"}, {"snapshot": "m3"}, {"snapshot": "4"}]), "")
        if arguments[0] == "list":
            return Result(0, "index1\n", "")
        blobs = [{"id": "b1", "type": "data"}, {"id": "t1", "type": "tree"}]
        return Result(0, json.dumps({"packs": [{"id": PACK, "blobs": blobs}]}), "")

    def save_text(self, *arguments: Any) -> Saved:
        return Saved("findings", 1, 1)


class CheckTest(HostTest):
    def look(self, restic: FakeRestic, everything: bool = False) -> list[str]:
        host = settings.parse(host_json(backup=BACKUP))
        self.enterContextOf(mock.patch.object(backup, "open_repository", return_value=(host.backup, restic)))
        self.enterContextOf(mock.patch.object(backup, "runs", return_value=RUNS))
        if restic.said:
            return self.faults_of(check.check, host, everything, False)
        self.assertEqual(check.check(host, everything, False), 0)
        return []

    def test_a_year_reads_all_of_it_without_a_lock(self) -> None:
        restic = FakeRestic("")
        for month in range(1, 13):
            with mock.patch("time.strftime", return_value=f"{month:02}"):
                self.look(restic)
        self.assertEqual(
            [call for call in restic.calls if call != "unlock"],
            [f"check --read-data-subset={month}/12 --no-lock" for month in range(1, 13)],
        )
        self.assertIn("at", state.read()["check"])

    def test_damage_is_told_with_the_pack_the_runs_and_the_newest_whole_one(self) -> None:
        for said, opens in ((FLIPPED, True), (GONE, True), (GONE, False)):
            restic = FakeRestic(said)
            restic.opens = opens
            (fault,) = self.look(restic)
            self.assertIn(f"check/pack {PACK}: is damaged or gone", fault)
            self.assertIn("20251123T031500Z: a damaged pack is part of its list, volume/b", fault)
            self.assertIn("`single-host restore 20251122T031500Z` is the newest whole one", fault)
            self.assertIn(f"`single-host restic repair packs {PACK}`", fault)
            self.assertEqual("find --json --blob b1 --tree t1" in restic.calls, not opens)
            self.assertIn("failed_at", state.read()["check"])

    def test_restores_are_told_of_it_until_a_look_at_everything_finds_all_whole(self) -> None:
        self.look(FakeRestic(FLIPPED))
        self.assertIn("volume/b", damage.of("20251123T031500Z"))
        self.assertEqual(damage.of("20251122T031500Z"), "")
        self.assertIn("shares its packs", damage.of("29991123T031500Z"))
        repaired = FakeRestic("")
        self.look(repaired)
        self.assertEqual(repaired.calls, ["unlock", "check --read-data --no-lock"])
        self.assertEqual(damage.of("20251123T031500Z"), "")
        self.assertNotIn("failed_at", state.read()["check"])

    def test_what_a_look_beside_a_backup_finds_counts_when_it_is_found_alone(self) -> None:
        restic, held = FakeRestic(FLIPPED), mock.MagicMock()
        held.return_value.__enter__ = lambda *arguments: setattr(restic, "said", "")
        host = settings.parse(host_json(backup=BACKUP))
        with (
            mock.patch.object(lock, "held", held),
            mock.patch.object(backup, "open_repository", return_value=(host.backup, restic)),
        ):
            self.assertEqual(check.check(host, False, False), 0)
        self.assertEqual(len(restic.calls), 3)
        self.assertNotIn("--no-lock", restic.calls[2])

    def test_when_the_runs_that_it_hits_cannot_be_told_none_is_trusted(self) -> None:
        restic = FakeRestic(FLIPPED)
        told = restic.run
        with mock.patch.object(
            restic, "run", lambda *words, **options: Result(1, "", "tree") if words[0] == "find" else told(*words, **options)
        ):
            (fault,) = self.look(restic)
        self.assertIn("no run is whole", fault)
        self.assertTrue(all(damage.of(run.name) for run in RUNS))

    def test_a_repository_that_nobody_can_read_is_a_failure_without_a_verdict(self) -> None:
        (fault,) = self.look(FakeRestic("Fatal: unable to open config file: Stat: Access Denied.\n"))
        self.assertIn("check: Fatal: unable to open config file", fault)
        self.assertEqual(damage.of("20251123T031500Z"), "")
