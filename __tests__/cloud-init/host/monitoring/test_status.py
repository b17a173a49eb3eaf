import os
import shutil
import time
from pathlib import Path
from typing import Any
from unittest import mock

from support import HostTest, backup_json, container, host_json

from single_host import console, containers, layout, state
from single_host.monitoring import saved, status
from single_host.releases import records
from single_host.site import visitor

PLAN = {"device": "/dev/disk/by-id/disk", "size_mebibytes": None, "volumes": [{"name": "shop-beta_files", "folder": "files"}]}
BACKUP = backup_json()
ROOMY = mock.Mock(total=25 * 2**30, used=5 * 2**30, free=20 * 2**30)


class StatusTest(HostTest):
    def report(self, answers: int = 200, **changes: Any) -> dict[str, Any]:
        layout.SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        layout.SETTINGS.write_bytes(host_json(**changes))
        with (
            mock.patch.object(containers, "find", return_value=[container()]),
            mock.patch.object(status, "succeeds", return_value=True),
            mock.patch.object(visitor, "certificate_end", return_value="2099-01-01T00:00:00Z"),
            mock.patch.object(visitor, "_ask", return_value=(answers, "")),
        ):
            return status.collect()

    def test_all_is_well(self) -> None:
        self.assertEqual(self.report()["problems"], [])

    def test_programs_may_rely_on_these_names(self) -> None:
        with mock.patch.object(shutil, "disk_usage", return_value=ROOMY):
            report = self.report()
        documented = (Path(__file__).parents[4] / "docs" / "status.md").read_text()
        self.assertEqual([name for name in report if f"`{name}`" not in documented], [])
        self.assertEqual(report["disk"], {"size_mebibytes": 25600, "free_mebibytes": 20480, "used_percent": 20})
        self.assertEqual(report["sites"], [{"address": "https://shop.example", "well": True, "answers": {"/health": 200}}])

    def test_a_site_that_does_not_answer_well_is_a_problem(self) -> None:
        self.assertEqual(self.report(answers=500)["problems"], ["https://shop.example/health answers 500"])
        self.assertEqual(self.report(answers=0)["problems"], ["https://shop.example/health does not answer"])

    def test_a_full_disk_is_a_problem(self) -> None:
        with mock.patch.object(shutil, "disk_usage", return_value=mock.Mock(total=100, used=89, free=5)):
            self.assertEqual(self.report()["problems"], ["the disk is 95 % full"])

    def test_it_names_who_and_what_failed_since(self) -> None:
        image = {"app": records.Image("ghcr.io/lab/shop:1", "ghcr.io/lab/shop@sha256:1", True)}
        records.write(records.Record(1, records.RELEASE, "2026-11-21T00:00:00Z", "run/7", records.GOOD, image))
        self.assertIsNone(self.report()["failed_since"])
        records.write(records.Record(2, records.RELEASE, "2026-11-21T01:00:00Z", "run/8", records.FAILED, image, reason="no"))
        report = self.report()
        self.assertEqual((report["release"]["by"], report["failed_since"]["by"]), ("run/7", "run/8"))
        shown: list[str] = []
        with mock.patch.object(console, "show", shown.append):
            status._show(report)
        self.assertRegex(shown[1], r"^  in force since 2026-11-21T00:00:00Z \(.*\): record 1, release by run/7$")
        self.assertEqual(shown[2], "  failed since, at 2026-11-21T01:00:00Z: record 2, release by run/8: no")

    def test_a_data_volume_that_is_not_mounted_is_a_problem(self) -> None:
        report = self.report(data_volume=PLAN)
        self.assertFalse(report["data_volume"]["mounted"])
        self.assertEqual(report["problems"], [f"the data volume is not mounted at {layout.VOLUME}"])

    def test_it_tells_how_full_the_data_volume_is(self) -> None:
        space = mock.Mock(total=20 * 2**30, used=19 * 2**30, free=2**29)
        with (
            mock.patch.object(os.path, "ismount", return_value=True),
            mock.patch.object(shutil, "disk_usage", lambda at: ROOMY if at == "/" else space),
        ):
            report = self.report(data_volume=PLAN)
        self.assertEqual(report["data_volume"]["size_mebibytes"], 20480)
        self.assertEqual(report["data_volume"]["used_mebibytes"], 19456)
        self.assertEqual(report["problems"], ["the data volume is 97 % full"])

    def ago(self, hours: float) -> str:
        return time.strftime(state.FORMAT, time.gmtime(time.time() - hours * 3600))

    def backups(self, scheduled: str | None = None, **remembered: Any) -> tuple[list[str], list[str]]:
        state.STATE.unlink(missing_ok=True)
        state.update(**remembered)
        report = self.report(backup={**BACKUP, "drill": scheduled})
        return report["problems"], saved.lines(report)

    def test_an_old_backup_is_a_problem(self) -> None:
        for hours, problems in ((25, []), (50, ["the last backup is 50 hours old"])):
            found, _ = self.backups(backup={"run": "20261121T031500Z", "at": self.ago(hours)})
            self.assertEqual(found, problems)

    def test_a_backup_counts_as_proven_by_a_drill_alone(self) -> None:
        backup, at = {"run": "20261121T031500Z", "at": self.ago(1)}, self.ago(0)
        self.assertEqual(self.backups("Sun 05:00"), ([], ["backup none yet"]))
        restored = {"run": "20261120T031500Z", "at": at}
        came = ["backup none by this server yet; its data came from 20261120T031500Z"]
        self.assertEqual(self.backups("Sun 05:00", restored=restored), ([], came))
        self.assertEqual(self.backups("Sun 05:00", backup=backup), ([], ["backup 20261121T031500Z, not proven yet"]))
        self.assertIn("no drill is scheduled", self.backups(backup=backup)[1][0])
        drill = {"run": "20261121T031500Z", "at": at, "proven": True}
        self.assertEqual(
            self.backups("Sun 05:00", backup=backup, drill=drill),
            ([], [f"backup 20261121T031500Z, proven by a drill at {at}"]),
        )
        older = {**drill, "run": "20261115T031500Z"}
        self.assertIn("proven is 20261115T031500Z", self.backups("Sun 05:00", backup=backup, drill=older)[1][0])

    def test_a_failed_drill_is_red_and_its_backup_not_proven(self) -> None:
        drill = {"run": "A", "failed_at": self.ago(1), "reason": "postgres/db/shop: rows differ", "proven": True}
        problems, lines = self.backups("Sun 05:00", backup={"run": "A", "at": self.ago(2)}, drill=drill)
        self.assertEqual(problems, ["the last drill of A failed: postgres/db/shop: rows differ; `single-host drill` tries again"])
        self.assertEqual(lines, ["backup A, not proven: the drill failed"])

    def test_drills_that_do_not_come_are_red(self) -> None:
        backup, old = {"run": "A", "at": self.ago(1)}, self.ago(9 * 24)
        drill = {"run": "A", "at": old, "proven": True}
        self.assertEqual(self.backups("Sun 05:00", backup=backup, drill=drill)[0], ["the last drill is 9 days old"])
        self.assertEqual(self.backups("Sun 05:00", backup=backup, applied_at=old)[0], ["no drill has proven a backup in 9 days"])
        self.assertEqual(self.backups(None, backup=backup, drill=drill, applied_at=old)[0], [])

    def test_damage_and_checks_that_do_not_come_are_red(self) -> None:
        backup = {"run": "A", "at": self.ago(1)}
        check = {"at": self.ago(1000), "failed_at": self.ago(1), "reason": "check/pack 7639: is damaged"}
        self.assertEqual(
            self.backups(backup=backup, check=check)[0],
            ["the last check of the backups failed: check/pack 7639: is damaged"],
        )
        self.assertEqual(
            self.backups(backup=backup, check={"at": self.ago(50 * 24)})[0], ["the backups were not checked for 50 days"]
        )

    def test_who_could_not_be_told_is_a_problem(self) -> None:
        told = {"NOTICE_1": {"kind": "slack", "failed_at": self.ago(1), "reason": "answered 404: no_service"}, "OLD": {}}
        state.update(notices=told)
        plan = {**BACKUP, "notices": [{"kind": "slack", "secret": "NOTICE_1", "mail": None}]}
        self.assertEqual(self.report(backup=plan)["problems"], ["slack (NOTICE_1) could not be told: answered 404: no_service"])

    def test_a_bucket_whose_old_versions_stay_is_a_problem(self) -> None:
        plan = [{"endpoint": "https://nbg1.your-objectstorage.com", "region": "nbg1", "bucket": "files", "days": 30}]
        self.assertEqual(self.report(expiring_buckets=plan)["problems"], [])
        state.update(buckets={"files": {"failed_at": state.now(), "reason": "2 could not be removed"}})
        self.assertEqual(
            self.report(expiring_buckets=plan)["problems"],
            ["old versions in the bucket files were not removed: 2 could not be removed"],
        )
        state.update(buckets={"files": {"at": "2026-01-01T00:00:00Z"}})
        self.assertIn("were not removed for", self.report(expiring_buckets=plan)["problems"][0])
