from unittest import mock

from support import HostTest, backup_json, host_json

from single_host import settings
from single_host.backups import backup
from single_host.fault import failed
from single_host.restores import restoration, restore
from single_host.restores.restore import Wish

RUN = backup.Run("20261121T031500Z", {"volume/data": "1"}, expected=1)


class AnswerTest(HostTest):
    def choose(self, typed: str) -> list[str]:
        self.typed(typed)
        return self.faults_of(restore._choose, [RUN], Wish())

    def test_an_answer_that_is_none_restores_nothing(self) -> None:
        remedy = "answer with a number of the list, 1 to 1"
        for answer in ("no", "2", "\u00b2"):
            expected = f"restore: no backup {answer!r} in the list; nothing was changed; {remedy}"
            self.assertEqual(self.choose(f"{answer}\n"), [expected])
        for silence in ("\x04", "\n"):
            self.assertEqual(self.choose(silence), [f"restore: no backup was chosen; nothing was changed; {remedy}"])
        with mock.patch("select.select", side_effect=KeyboardInterrupt):
            self.assertEqual(self.choose(""), [f"restore: no backup was chosen; nothing was changed; {remedy}"])

    def test_releases_do_not_wait_for_an_answer_that_never_comes(self) -> None:
        with mock.patch.object(restore, "ANSWER_MINUTES", 0):
            said = self.choose("")
        self.assertEqual(len(said), 1)
        self.assertRegex(said[0], r"no answer within 0 minutes; nothing was changed; .*--yes")

    def test_one_that_was_cut_off_is_called_as_in_the_list_of_backups_and_has_no_number(self) -> None:
        cut_off = backup.Run("20261121T041500Z", {"volume/data": "2"}, expected=-1)
        shown: list[str] = []
        with (
            mock.patch("single_host.console.show", shown.append),
            mock.patch.object(restore, "_ask", return_value="1"),
        ):
            self.assertEqual(restore._ask_which([cut_off, RUN]), RUN)
        self.assertRegex(shown[0], r"^  -  20261121T041500Z  .*  INCOMPLETE$")

    def test_without_a_terminal_and_without_yes_nothing_happens(self) -> None:
        with mock.patch("sys.stdin.isatty", return_value=False):
            self.assertIn("add --yes", self.faults_of(restore._confirm, settings.parse(host_json()), Wish())[0])

    def test_what_cannot_be_saved_first_is_told_with_the_way_to_do_without(self) -> None:
        host = settings.parse(host_json(backup=backup_json()))
        broken = failed("backup/postgres/db/shop", "invalid page in block 7")
        with (
            mock.patch.object(backup, "save", side_effect=broken),
            mock.patch.object(restoration, "give_up") as given_up,
        ):
            said = self.faults_of(restore._keep_way_back, host, host.backup, mock.Mock(), [])
        self.assertIn("invalid page in block 7", said[0])
        self.assertIn("nothing was replaced", said[1])
        self.assertIn("--without-safety", said[1])
        given_up.assert_called_once()

    def test_a_run_and_a_moment_are_one_too_many(self) -> None:
        said = self.faults_of(restore.restore, settings.parse(host_json()), Wish(run=RUN.name, at="2026-11-21"))
        self.assertIn("name one of them", said[0])

    def test_a_moment_that_came_as_two_words_is_told_as_one(self) -> None:
        said = self.faults_of(restore.restore, settings.parse(host_json()), Wish(run="14:00", at="2026-11-20"))
        self.assertIn("write the moment as one word: --at 2026-11-20T14:00", said[0])
