import os
import shutil
import time
from typing import Any
from unittest import mock

from support import HostTest, container, host_json

from single_host import containers, layout, state, status

PLAN = {"device": "/dev/disk/by-id/disk", "size_mebibytes": None, "volumes": [{"name": "shop-beta_files", "folder": "files"}]}
BACKUP = {
    "repository": "s3:x",
    "schedule": "03:15",
    "keep": {"daily": 7, "weekly": 0, "monthly": 0},
    "postgres": [],
    "volumes": [],
}


class StatusTest(HostTest):
    def report(self, **changes: Any) -> dict[str, Any]:
        layout.SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        layout.SETTINGS.write_bytes(host_json(**changes))
        with (
            mock.patch.object(containers, "find", return_value=[container()]),
            mock.patch.object(status, "succeeds", return_value=True),
        ):
            return status.collect()

    def test_all_is_well(self) -> None:
        self.assertEqual(self.report()["problems"], [])

    def test_a_data_volume_that_is_not_mounted_is_a_problem(self) -> None:
        report = self.report(data_volume=PLAN)
        self.assertFalse(report["data_volume"]["mounted"])
        self.assertEqual(report["problems"], [f"the data volume is not mounted at {layout.VOLUME}"])

    def test_it_tells_how_full_the_data_volume_is(self) -> None:
        space = mock.Mock(total=20 * 2**30, used=19 * 2**30, free=2**29)
        with mock.patch.object(os.path, "ismount", return_value=True), mock.patch.object(shutil, "disk_usage", lambda at: space):
            report = self.report(data_volume=PLAN)
        self.assertEqual(report["data_volume"]["size_mebibytes"], 20480)
        self.assertEqual(report["data_volume"]["used_mebibytes"], 19456)
        self.assertEqual(report["problems"], ["the data volume is 97 % full"])

    def test_an_old_backup_is_a_problem(self) -> None:
        for hours, problems in ((25, []), (50, ["the last backup is 50 hours old"])):
            at = time.strftime(state.FORMAT, time.gmtime(time.time() - hours * 3600))
            state.update(backup={"run": "20261121T031500Z", "at": at})
            self.assertEqual(self.report(backup=BACKUP)["problems"], problems)

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
