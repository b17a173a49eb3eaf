import json
from typing import Any
from unittest import mock

from support import HostTest, host_json

from single_host import machine, units
from single_host.run import Result

BACKUP = {
    "repository": "s3:x",
    "schedule": "02:40",
    "keep": {"daily": 7, "weekly": 0, "monthly": 0},
    "postgres": [],
    "volumes": [],
}
BUCKET = {"endpoint": "https://nbg1.your-objectstorage.com", "region": "nbg1", "bucket": "files", "days": 30}


class NightlyTest(HostTest):
    def converge(self, **changes: Any) -> list[str]:
        faults: list[Any] = []
        text = json.dumps({**json.loads(host_json()), **changes}).encode()
        with (
            mock.patch.object(units, "run", return_value=Result(0, "", "")) as run,
            mock.patch.object(units, "succeeds", return_value=True),
        ):
            units.converge(machine.parse(machine.open_reader(text, faults), faults))
        return [" ".join(call.args[0]) for call in run.call_args_list]

    def present(self) -> list[str]:
        return sorted(path.name for path in units.FOLDER.glob("*.timer"))

    def test_what_a_host_has_is_what_it_does_at_night(self) -> None:
        self.converge()
        self.assertEqual(self.present(), [])
        self.converge(backup=BACKUP, expiring_buckets=[BUCKET])
        self.assertEqual(self.present(), ["single-host-backup.timer", "single-host-expiry.timer"])
        ran = self.converge(backup=BACKUP)
        self.assertEqual(self.present(), ["single-host-backup.timer"])
        self.assertIn("systemctl disable --now --quiet single-host-expiry.timer", ran)

    def test_old_versions_go_at_the_hour_of_the_backup_and_without_one_too(self) -> None:
        timer = units.FOLDER / "single-host-expiry.timer"
        self.converge(backup=BACKUP, expiring_buckets=[BUCKET])
        self.assertIn("OnCalendar=*-*-* 02:40:00", timer.read_text())
        self.converge(expiring_buckets=[BUCKET])
        self.assertIn("OnCalendar=*-*-* 03:15:00", timer.read_text())

    def test_the_services_are_started_by_their_timers_alone(self) -> None:
        ran = self.converge(backup=BACKUP, expiring_buckets=[BUCKET])
        self.assertIn("systemctl restart single-host-expiry.timer", ran)
        self.assertFalse([command for command in ran if command.endswith(("backup.service", "expiry.service"))])
