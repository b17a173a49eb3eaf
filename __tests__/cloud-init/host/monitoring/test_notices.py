import json
from typing import Any
from unittest import mock

from receivers_sink import Web
from support import HostTest, backup_json, host_json

from single_host import bundle, layout, settings, state
from single_host.monitoring import notices
from single_host.run import Result

KINDS = ("slack", "discord", "ntfy", "webhook")
SAID = """[    1 s] backup: volume uploads
  | Fatal: unable to save snapshot
Traceback of very-secret-value
single-host: backup/repository: s3:x cannot be used; check bucket and keys
"""


class NoticesTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.web = Web()
        self.addCleanup(self.web.close)
        self.addresses = {kind: self.web.address(f"{kind}/x") for kind in KINDS} | {"heartbeat": self.web.address("ping/1")}
        self.ended = {"Result": "exit-code", "ExecMainStatus": "1", "InvocationID": "abc"}
        self.said = SAID

    def prepare(self, *kinds: str) -> None:
        plan = [{"kind": kind, "secret": f"NOTICE_{at}", "mail": None} for at, kind in enumerate(kinds, 1)]
        backup = backup_json(notices=plan)
        layout.SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        layout.SETTINGS.write_bytes(host_json(backup=backup))
        values = {entry["secret"]: self.addresses[entry["kind"]] for entry in plan}
        secrets = {"application": {"KEY": "very-secret-value"}, "notices": values}
        self.enterContextOf(mock.patch.object(bundle, "read_last", return_value=(b"", json.dumps(secrets).encode())))

    def run_program(self, argv: list[str], **options: Any) -> Result:
        shown = "".join(f"{name}={value}\n" for name, value in self.ended.items())
        return Result(0, {"systemctl": shown, "journalctl": self.said}[argv[0]], "")

    def fail(self, task: str = "backup") -> int:
        with mock.patch.object(notices, "run", self.run_program), mock.patch("time.sleep") as sleep:
            code = notices.failed(task)
        self.slept = sum(call.args[0] for call in sleep.call_args_list)
        return code

    def got(self, path: str) -> Any:
        return next(kept for at, kept in self.web.got if at == f"/{path}")

    def test_everybody_hears_where_what_and_what_to_run_and_no_secret(self) -> None:
        self.prepare(*KINDS, "heartbeat")
        self.assertEqual(self.fail(), 0)
        sent = self.got("webhook/x")
        self.assertEqual(sent["title"], "shop-beta: the backup failed")
        self.assertEqual(sent["reasons"], ["backup/repository: s3:x cannot be used; check bucket and keys"])
        self.assertIn("sudo single-host backup now", sent["run"])
        self.assertIn("Traceback of [secret KEY]", sent["details"])
        self.assertNotIn("very-secret-value", json.dumps(self.web.got))
        self.assertEqual(len(self.web.got), 5)
        self.assertIn("cannot be used", self.got("ping/1/fail"))

    def test_a_killed_task_is_told_and_makes_status_red(self) -> None:
        self.prepare("webhook")
        state.update(drill={"run": "A", "at": "2026-11-20T00:00:00Z", "proven": True})
        self.ended, self.said = {"Result": "signal", "ExecMainStatus": "9", "InvocationID": "abc"}, "[   3 s] drill: volume\n"
        self.fail("drill")
        self.assertEqual(self.got("webhook/x")["reasons"], ["single-host-drill.service: ended by signal 9"])
        self.assertEqual(state.read()["drill"]["reason"], "single-host-drill.service: ended by signal 9")
        self.assertIn("failed_at", state.read()["drill"])

    def test_whoever_can_not_be_reached_is_tried_again_for_an_hour_and_told_by_status(self) -> None:
        self.prepare("slack", "webhook")
        self.web.answers = [503, 200, 503, 503, 503, 503]
        self.assertEqual(self.fail(), 1)
        self.assertEqual(len(self.web.got), 1)
        self.assertGreater(self.slept, 3600)
        problems = notices.problems(settings.load(), state.read())
        self.assertEqual(problems, ["slack (NOTICE_1) could not be told: answered 503: not now"])
        self.web.answers = [200, 503]
        self.assertEqual(self.fail(), 0)
        self.assertEqual(notices.problems(settings.load(), state.read()), [])

    def test_a_wrong_address_is_not_tried_again(self) -> None:
        self.prepare("slack")
        self.web.answers = [404]
        self.assertEqual(self.fail(), 1)
        self.assertEqual(self.slept, 0)

    def test_a_test_reaches_everybody_and_the_switch_as_a_sign_of_life(self) -> None:
        self.prepare(*KINDS, "heartbeat")
        with mock.patch("time.sleep"):
            self.assertEqual(notices.test(), 0)
        paths = [path for path, _ in self.web.got]
        self.assertEqual(paths, ["/slack/x", "/discord/x", "/ntfy/x", "/webhook/x", "/ping/1"])

    def test_a_test_without_anybody_says_how_to_name_somebody(self) -> None:
        self.prepare()
        self.assertIn("add `notices` to the BackupBucket", self.faults_of(notices.test)[0])

    def test_a_complete_backup_stays_one_when_the_switch_is_not_there(self) -> None:
        self.prepare("slack", "heartbeat")
        self.web.answers = [503, 503]
        with mock.patch("time.sleep"):
            notices.alive(settings.load())
            self.assertIn("heartbeat (NOTICE_2) could not be told", notices.problems(settings.load(), state.read())[0])
            notices.alive(settings.load())
        self.assertEqual([path for path, _ in self.web.got], ["/ping/1"])
        self.assertEqual(notices.problems(settings.load(), state.read()), [])
