import contextlib
from typing import Any
from unittest import mock

from support import HostTest, host_json
from test_backup import PLAN, WHOLE, FakeRestic, snapshot

from single_host import settings, state
from single_host.backups import backup, forget
from single_host.monitoring import saved

FUTURE = "20991121T031500Z"
LATE = [snapshot("8", FUTURE, "volume/v"), snapshot("9", FUTURE, "manifest", "parts=1")]


class ForgetTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.host = settings.parse(host_json(backup=PLAN))
        self.enterContextOf(mock.patch("single_host.lock.held", return_value=contextlib.nullcontext()))

    def forget(self, snapshots: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
        restic = FakeRestic(snapshots)
        with mock.patch.object(backup, "open_repository", return_value=(self.host.backup, restic)):
            forget.forget(self.host, names)
        return restic.calls

    def test_a_run_of_a_wrong_clock_goes_as_a_whole_and_status_is_silent_of_it(self) -> None:
        state.update(backup={"run": "20991121T031501Z", "at": state.now(), "ahead": [FUTURE]})
        problems: list[str] = []
        saved.report(self.host, state.read(), problems)
        self.assertIn(f"`single-host backup forget {FUTURE}`", problems[0])
        self.assertIn(("forget", ["8", "9"]), self.forget([*LATE, *WHOLE], FUTURE))
        problems = []
        saved.report(self.host, state.read(), problems)
        self.assertEqual(problems, [])

    def test_the_last_whole_one_stays_unless_it_lies_in_the_future(self) -> None:
        name = WHOLE[0]["tags"][1].removeprefix("run=")
        faults = self.faults_of(self.forget, WHOLE, name)
        self.assertEqual(faults, [f"backup/forget/{name}: leaves no complete backup; make one first: `single-host backup now`"])
        self.assertIn(("forget", ["8", "9"]), self.forget(LATE, FUTURE))

    def test_a_name_that_is_none_is_refused(self) -> None:
        self.assertEqual(
            self.faults_of(self.forget, WHOLE, "tuesday"),
            ["backup/forget/tuesday: is no backup of this host; `single-host backup list` names them"],
        )
