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

    def test_releases_and_rollbacks_are_allowed_as_data(self) -> None:
        digest = "ghcr.io/lab/shop@sha256:" + "a" * 64
        for asked in (
            "releases", "releases --json", "rollback", "rollback 7", "rollback 7 --by github.com/lab/shop/actions/runs/1",
            "release app=ghcr.io/lab/shop:1.2", f"single-host release app={digest} worker={digest}",
            f"release app={digest} --by run/1 --username ci-bot --password-stdin",
        ):  # fmt: skip
            words = tuple(asked.removeprefix("single-host ").split(" "))
            self.assertEqual(gate.permitted(asked), words)

    def test_all_else_is_refused(self) -> None:
        for asked in (
            "", "bash", "sh -c id", "status;id", "status; id", "status && id", "status|id", "status $(id)", "status `id`",
            "status\nid", "status\0", "apply", "restore --yes", "status --json extra", "status  --json", " status", "/bin/sh",
            "scp -t /", "status > /etc/passwd", "../status", "a" * 2049, "stätus", "single-host", "x" * 1024**2,
            "release", "release app", "release app=", "release =x", "release -x=y", "release app=-v", "release app=x --by",
            "release app=x --by -x", "release app=x --password-stdin", "release --username u --password-stdin", "logs",
            "release app=x;id", "release app=$(id)", "release app=x --incoming /tmp", "rollback -1", "rollback 1 2",
            "recover", "gate", "docker ps", "sudo id", "scp -f /etc/shadow", "release app=x\nid", "internal-sftp",
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
