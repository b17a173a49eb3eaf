"""A restore that ends before anything was replaced leaves the host as if nobody had asked for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from support import HostTest, backup_json, host_json

from single_host import leftovers, settings, state, volumes
from single_host.backups import backup
from single_host.fault import INTERRUPTED, HostError
from single_host.releases import records
from single_host.restores import fitness, restoration, restore
from single_host.restores.replacements import Folder
from single_host.restores.restore import Wish
from single_host.restores.source import Source

RUN = backup.Run("20261121T031500Z", {"volume/mail": "1"}, expected=1)


class FakeRestic:
    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self.meanwhile = meanwhile

    def ready(self) -> None:
        pass

    def restore(self, snapshot: str, target: Path) -> None:
        folder = target / "mail"
        folder.mkdir(parents=True)
        (folder / "file").write_text("then")
        self.meanwhile()

    def path_of(self, snapshot: str) -> str:
        return "/mail"


def key() -> None:
    raise KeyboardInterrupt


class NothingReplacedTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.host = settings.parse(host_json(backup=backup_json()))
        self.folder = self.root / "mail" / "_data"
        self.folder.mkdir(parents=True)
        (self.folder / "file").write_text("now")

    def restore(self, typed: str = "shop-beta\n", fetching: Callable[[], None] = key, saving: Any = None) -> HostError:
        repository: Any = FakeRestic(fetching)
        item = Folder("volume/mail", str(self.folder))
        for target, name, value in (
            (backup, "open_repository", lambda _: (self.host.backup, repository)),
            (backup, "runs", lambda _: [RUN]),
            (backup, "save", mock.Mock(side_effect=saving)),
            (Source, "of", lambda *_: Source(repository, RUN, backup.Manifest("", {}, {}))),
            (restore, "replacing", lambda *_: [item]),
            (fitness, "judge", lambda *_: None),
            (leftovers, "end", lambda: None),
            (volumes, "flush", lambda _: None),
        ):
            self.enterContextOf(mock.patch.object(target, name, value))
        self.typed(typed)
        with self.assertRaises(HostError) as caught:
            restore.restore(self.host, Wish(run=RUN.name))
        return caught.exception

    def expect_no_trace(self) -> None:
        self.assertEqual((self.folder / "file").read_text(), "now")
        self.assertEqual([entry.name for entry in self.folder.parent.iterdir()], ["_data"])
        self.assertFalse(restoration.interrupted())
        self.assertIsNone(records.interrupted())

    def test_a_no_leaves_no_trace(self) -> None:
        for answer in ("yes\n", "\n", "\x04"):
            self.assertEqual(str(self.restore(answer)), "restore: not confirmed; nothing was changed")
            self.expect_no_trace()

    def test_an_answer_that_never_comes_leaves_no_trace(self) -> None:
        with mock.patch.object(restore, "ANSWER_MINUTES", 0):
            self.assertIn("no answer within", str(self.restore("")))
        self.expect_no_trace()

    def test_ctrl_c_while_it_fetches_leaves_no_trace(self) -> None:
        error = self.restore()
        self.assertEqual((str(error), error.code), ("restore: interrupted; nothing was replaced", INTERRUPTED))
        self.expect_no_trace()

    def test_ctrl_c_while_what_is_here_is_backed_up_leaves_no_trace(self) -> None:
        error = self.restore(fetching=lambda: None, saving=KeyboardInterrupt())
        self.assertEqual((str(error), error.code), ("restore: interrupted; nothing was replaced", INTERRUPTED))
        self.expect_no_trace()

    def test_a_release_that_was_killed_before_is_still_put_right_at_the_next_boot(self) -> None:
        records.begin(records.RELEASE, "ci")
        self.restore()
        self.assertIsNotNone(records.interrupted())
        self.assertFalse(state.read().get("restoring"))
