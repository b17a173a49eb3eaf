import json
from typing import Any
from unittest import mock

from support import HostTest, backup_json, host_json

from single_host.machine import timers, wanted
from single_host.machine.wanted import Machine
from single_host.run import Result

BACKUP = backup_json(schedule="02:40")
DRILLED = {**BACKUP, "drill": "Sat 06:30", "limits": {"upload_kibibytes": 0, "cpu_percent": 25}}
BUCKET = {"endpoint": "https://nbg1.your-objectstorage.com", "region": "nbg1", "bucket": "files", "days": 30}


def machine_of(**changes: Any) -> Machine:
    faults: list[Any] = []
    text = json.dumps({**json.loads(host_json()), **changes}).encode()
    return wanted.parse(wanted.open_reader(text, faults), faults)


class TimersTest(HostTest):
    def converge(self, **changes: Any) -> list[str]:
        with (
            mock.patch.object(timers, "run", return_value=Result(0, "", "")) as run,
            mock.patch.object(timers, "succeeds", return_value=True),
        ):
            timers.converge(machine_of(**changes))
        return [" ".join(call.args[0]) for call in run.call_args_list]

    def present(self) -> list[str]:
        return sorted(path.name.removeprefix("single-host-") for path in timers.FOLDER.glob("*"))

    def text(self, name: str) -> str:
        return (timers.FOLDER / f"single-host-{name}").read_text()

    def test_what_a_host_has_is_what_it_does_by_itself(self) -> None:
        self.converge()
        self.assertEqual(self.present(), [])
        self.converge(backup=DRILLED, expiring_buckets=[BUCKET])
        every = [f"{task}.{kind}" for task in ("backup", "check", "drill", "expiry") for kind in ("service", "timer")]
        self.assertEqual(self.present(), sorted([*every, "failed@.service"]))
        ran = self.converge(backup=BACKUP)
        left = ["backup.service", "backup.timer", "check.service", "check.timer", "failed@.service"]
        self.assertEqual(self.present(), left)
        self.assertIn("systemctl disable --now --quiet single-host-drill.timer", ran)
        self.converge()
        self.assertEqual(self.present(), [])

    def test_a_second_look_changes_nothing(self) -> None:
        self.converge(backup=DRILLED)
        self.assertEqual(self.converge(backup=DRILLED), [])

    def test_hours_are_utc_whatever_the_servers_clock_shows(self) -> None:
        self.converge(backup=DRILLED, expiring_buckets=[BUCKET])
        self.assertIn("OnCalendar=*-*-* 02:40:00 UTC\n", self.text("backup.timer"))
        self.assertIn("OnCalendar=*-*-* 02:40:00 UTC\n", self.text("expiry.timer"))
        self.assertIn("OnCalendar=Sat *-*-* 06:30:00 UTC\n", self.text("drill.timer"))

    def test_old_versions_go_without_a_backup_too(self) -> None:
        self.converge(expiring_buckets=[BUCKET])
        self.assertIn("OnCalendar=*-*-* 03:15:00 UTC\n", self.text("expiry.timer"))

    def test_the_services_are_started_by_their_timers_alone(self) -> None:
        ran = self.converge(backup=DRILLED, expiring_buckets=[BUCKET])
        self.assertIn("systemctl restart single-host-expiry.timer", ran)
        self.assertFalse([command for command in ran if command.endswith(".service")])

    def test_a_failure_of_each_is_told_and_each_has_its_limits(self) -> None:
        self.converge(backup=DRILLED, expiring_buckets=[BUCKET])
        for task in ("backup", "check", "drill", "expiry"):
            self.assertIn(f"OnFailure=single-host-failed@{task}.service\n", self.text(f"{task}.service"))
            self.assertIn("CPUQuota=25%\nCPUQuotaPeriodSec=10ms\nCPUWeight=10\n", self.text(f"{task}.service"))
            self.assertNotIn("@s", self.text(f"{task}.service").replace("failed@", ""))

    def test_a_backup_is_drilled_at_once_while_none_is_proven_unless_nobody_wants_drills(self) -> None:
        self.converge(backup=DRILLED)
        self.assertIn("ExecStartPost=-/usr/local/bin/single-host drill --due\n", self.text("backup.service"))
        self.converge(backup=BACKUP)
        self.assertNotIn("ExecStartPost", self.text("backup.service"))
