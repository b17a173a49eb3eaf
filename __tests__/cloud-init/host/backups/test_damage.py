import json
from typing import Any
from unittest import mock

from support import HostTest

from single_host import state
from single_host.backups import backup, damage
from single_host.backups.restic import Saved
from single_host.fault import failed
from single_host.restores import selection
from single_host.run import Result

RUNS = ("20261121T031500Z", "20261122T031500Z", "20261123T031500Z")


class Repository:
    """Snapshots with tags and a text, as restic keeps them."""

    host, repository = "shop-beta", "s3:x"

    def __init__(self) -> None:
        self.snapshots: list[dict[str, Any]] = []
        self.texts: dict[str, str] = {}
        for run in RUNS:
            self.save_text("{}", "/manifest.json", [backup.TAG, f"run={run}", "part=manifest", "parts=0"])

    def save_text(self, text: str, name: str, tags: list[str]) -> Saved:
        identity = f"snapshot {len(self.texts)}"
        self.texts[identity] = text
        self.snapshots.append({"id": identity, "time": f"2026-11-24T00:00:{len(self.texts):02}Z", "tags": tags})
        return Saved(identity, len(text), len(text))

    def listed(self, *arguments: str) -> Any:
        return self.snapshots

    def run(self, *arguments: str, **options: Any) -> Result:
        return Result(0, self.texts[arguments[1]], "")


class DamageTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.repository: Any = Repository()

    def on_a_new_server(self) -> list[backup.Run]:
        state.STATE.unlink(missing_ok=True)
        return backup.runs(self.repository)

    def test_a_new_server_passes_by_what_a_drill_on_the_lost_one_found_damaged(self) -> None:
        damage.judge(self.repository, RUNS[1], "", RUNS)
        damage.judge(self.repository, RUNS[2], "a drill of it failed: rows", RUNS)
        runs = self.on_a_new_server()
        self.assertEqual(selection.run(runs, "latest").name, RUNS[1])
        self.assertEqual(damage.of(RUNS[2]), "a drill of it failed: rows")
        self.assertTrue(damage.proven(RUNS[1]))
        self.assertFalse(damage.proven(RUNS[0]))

    def test_the_newest_word_of_each_kind_of_look_counts_and_the_older_ones_may_go(self) -> None:
        damage.note(self.repository, damage.CHECK, {RUNS[0]: "a pack"})
        damage.judge(self.repository, RUNS[2], "rows", RUNS)
        damage.note(self.repository, damage.CHECK, {})
        damage.judge(self.repository, RUNS[2], "", RUNS)
        self.on_a_new_server()
        self.assertEqual([damage.of(run) for run in RUNS], ["", "", ""])
        first, second, _, _ = [entry["id"] for entry in self.repository.snapshots if damage.TAG in entry["tags"]]
        self.assertEqual(sorted(damage.superseded(self.repository.snapshots)), [first, second])

    def test_what_is_known_is_read_once_and_a_word_that_nobody_can_read_is_told(self) -> None:
        damage.judge(self.repository, RUNS[2], "rows", RUNS)
        with mock.patch.object(self.repository, "run", side_effect=failed("restic", "ciphertext verification failed")):
            self.assertEqual(damage.of(backup.runs(self.repository)[0].name), "rows")
            self.on_a_new_server()
        self.assertIn("a drill has found out about the backups cannot be read", self.said[-1])

    def test_a_full_bucket_hides_it_from_others_and_not_from_this_server(self) -> None:
        with mock.patch.object(self.repository, "save_text", side_effect=failed("restic", "XMinioStorageFull")):
            damage.note(self.repository, damage.CHECK, {RUNS[0]: "a pack"})
        backup.runs(self.repository)
        self.assertEqual(damage.of(RUNS[0]), "a pack")
        self.assertIn("could not be kept beside the backups", self.said[-1])

    def test_a_run_made_after_a_check_found_damage_is_trusted_once_a_drill_has_proven_it(self) -> None:
        with mock.patch("time.strftime", return_value=RUNS[1]):
            damage.note(self.repository, damage.CHECK, {RUNS[0]: "a pack"})
        self.assertIn("shares its packs", damage.of(RUNS[2]))
        damage.judge(self.repository, RUNS[2], "", RUNS)
        self.assertEqual(damage.of(RUNS[2]), "")

    def test_of_runs_that_are_gone_nothing_is_kept(self) -> None:
        damage.judge(self.repository, RUNS[0], "rows", RUNS)
        damage.judge(self.repository, RUNS[2], "", RUNS[1:])
        (said,) = [self.repository.texts[entry["id"]] for entry in self.repository.snapshots[-1:]]
        self.assertEqual(json.loads(said)["damaged"], {})
        self.assertEqual(list(json.loads(said)["proven"]), [RUNS[2]])
