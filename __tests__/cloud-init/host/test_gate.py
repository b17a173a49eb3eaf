import os
from unittest import mock

from support import HostTest

from single_host import gate
from single_host.fault import HostError


class GateTest(HostTest):
    def test_what_is_allowed(self) -> None:
        for asked in ("status", "single-host status"):
            self.assertEqual(gate.permitted(asked), ("status",))
        self.assertEqual(gate.permitted("status --json"), ("status", "--json"))

    def test_all_else_is_refused(self) -> None:
        for asked in (
            "", "bash", "sh -c id", "status;id", "status; id", "status && id", "status|id", "status $(id)", "status `id`",
            "status\nid", "status\0", "apply", "restore --yes", "status --json extra", "status  --json", " status", "/bin/sh",
            "scp -t /", "status > /etc/passwd", "../status", "a" * 513, "stätus", "single-host",
        ):  # fmt: skip
            with self.assertRaises(HostError, msg=asked):
                gate.permitted(asked)

    def test_words_reach_root_as_arguments(self) -> None:
        with mock.patch.dict(os.environ, {"SSH_ORIGINAL_COMMAND": "status --json"}), mock.patch("os.execve") as execute:
            gate.gate()
        path, argv, environment = execute.call_args.args
        self.assertEqual((path, argv[0]), ("/usr/bin/sudo", "/usr/bin/sudo"))
        self.assertEqual(argv[-2:], ["status", "--json"])
        self.assertEqual(set(environment), {"PATH", "LANG"})
