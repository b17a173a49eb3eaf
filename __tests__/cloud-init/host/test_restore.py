import sys
from unittest import mock

from support import HostTest

from single_host import backup, restore


class AnswerTest(HostTest):
    def choose(self, answer: object) -> list[str]:
        runs = [backup.Run("20261121T031500Z", {"volume/data": "1"}, expected=1)]
        with (
            mock.patch.object(sys, "stdin", mock.Mock(isatty=lambda: True)),
            mock.patch("builtins.input", side_effect=[answer]),
        ):
            return self.faults_of(restore._choose, runs, None, False)

    def test_an_answer_that_is_none_restores_nothing(self) -> None:
        for answer, shown in ((EOFError(), "''"), ("no", "'no'"), ("2", "'2'"), ("\u00b2", "'\u00b2'")):
            self.assertEqual(self.choose(answer), [f"restore: no backup {shown} in the list"])
