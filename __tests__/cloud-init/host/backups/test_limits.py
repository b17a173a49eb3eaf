from unittest import mock

from support import HostTest

from single_host.backups import limits
from single_host.run import MAKER
from single_host.settings import Backup, Limits

PLAN = Backup("s3:x", {}, (), (), limits=Limits(cpu_percent=30))
ARGV = ["/usr/local/bin/single-host", "backup", "now"]


class LimitsTest(HostTest):
    def begun(self, group: str, **variables: str) -> list[str] | None:
        limits.GROUPS.parent.mkdir(parents=True, exist_ok=True)
        limits.GROUPS.write_text(group)
        with mock.patch("os.execvpe") as execute, mock.patch.dict("os.environ", variables):
            limits.keep(PLAN, ARGV)
        if not execute.called:
            return None
        self.assertIn(b"PATH", execute.call_args.args[2])
        self.assertNotIn(MAKER.encode(), execute.call_args.args[2])  # or it would end itself as somebody else's leftover
        return list(execute.call_args.args[1])

    def test_by_hand_it_begins_anew_within_the_share(self) -> None:
        words = self.begun("0::/user.slice/user-1000.slice/session-3.scope\n")
        assert words is not None
        self.assertEqual(words[0], "systemd-run")
        self.assertLessEqual({"--property=CPUQuota=30%", "--property=CPUWeight=10"}, set(words))
        self.assertEqual(words[-3:], ARGV)

    def test_once_within_it_goes_on(self) -> None:
        self.assertIsNone(self.begun("0::/system.slice/run-r1.scope\n", SINGLE_HOST_LIMITED="1"))
        self.assertIsNone(self.begun("12:cpu:/x\n1:name=systemd:/system.slice/single-host-backup.service\n"))
