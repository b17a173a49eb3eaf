from unittest import mock

from support import HostTest

from single_host import console


class ConsoleTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.enterContextOf(mock.patch.dict(console._secrets, clear=True))

    def test_secrets_are_told_by_name(self) -> None:
        console.conceal({"PASSWORD": "hunter2-hunter2", "KEY": "line one\nline two"})
        self.assertEqual(console.clean("with hunter2-hunter2!"), "with [secret PASSWORD]!")
        self.assertEqual(console.clean("got line two"), "got [secret KEY]")

    def test_the_longer_secret_wins(self) -> None:
        console.conceal({"PASSWORD": "hunter2", "URL": "postgres://u:hunter2@db"})
        self.assertEqual(console.clean("postgres://u:hunter2@db"), "[secret URL]")

    def test_short_values_do_not_black_out_innocent_text(self) -> None:
        console.conceal({"DEBUG": "true"})
        self.assertEqual(console.clean("it is true"), "it is true")

    def test_control_sequences_of_a_log_are_shown_not_obeyed(self) -> None:
        self.assertEqual(console.clean("a\x1b[2Jb"), "a\\x1b[2Jb")

    def test_steps_reach_the_lock(self) -> None:
        console.say("step")
        self.assertEqual(self.said, ["step"])
