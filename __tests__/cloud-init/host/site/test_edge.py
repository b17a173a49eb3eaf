from unittest import mock

from support import HostTest, container

from single_host import bundle, state
from single_host.fault import REFUSED, HostError
from single_host.run import Result
from single_host.site import edge

BUNDLE = bundle.Bundle(b"", {"Caddyfile": bundle.File(b"example.com", 0o644), "edge.yaml": bundle.File(b"{}", 0o644)})


class LoadTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.ran: list[str] = []
        self.enterContextOf(mock.patch.object(edge, "run", self.record))
        self.enterContextOf(mock.patch.object(edge, "_caddy", lambda: container("caddy", identity="c1")))

    def record(self, argv: list[str], **options: object) -> Result:
        self.ran.append(" ".join(argv))
        return Result(0, "", "")

    def test_it_reloads_once_for_a_change_and_not_again(self) -> None:
        self.assertTrue(edge.load({"Caddyfile": b"a"}, BUNDLE))
        self.assertFalse(edge.load({"Caddyfile": b"a"}, BUNDLE))
        self.assertTrue(edge.load({"Caddyfile": b"b"}, BUNDLE))
        self.assertEqual(len([line for line in self.ran if " caddy reload " in line]), 2)
        self.assertEqual((edge.FOLDER / "Caddyfile").read_bytes(), b"b")

    def test_a_reload_that_was_killed_is_made_up_for(self) -> None:
        edge.load({"Caddyfile": b"a"}, BUNDLE)
        (edge.FOLDER / "Caddyfile").write_bytes(b"b")  # written, then killed before the reload
        self.assertTrue(edge.load({"Caddyfile": b"b"}, BUNDLE))
        self.assertEqual(state.read()["edge_loaded"][0], "c1")

    def test_files_that_are_wanted_no_more_go(self) -> None:
        edge.load({"Caddyfile": b"a", "basic-auth/x.caddy": b"u h\n"}, BUNDLE)
        edge.load({"Caddyfile": b"a"}, BUNDLE)
        self.assertFalse((edge.FOLDER / "basic-auth" / "x.caddy").exists())


class ValidateTest(HostTest):
    def test_caddys_own_words_are_shown_and_nothing_is_changed(self) -> None:
        said = "{json log line}\nError: adapting config using caddyfile: Caddyfile:3: unrecognized directive: frob\n"
        with mock.patch.object(edge, "run", return_value=Result(1, "", said)), self.assertRaises(HostError) as caught:
            edge._validate({"Caddyfile": b"frob"}, "caddy:2")
        self.assertEqual(caught.exception.code, REFUSED)
        self.assertEqual(len(caught.exception.lines), 1)
        self.assertFalse(edge.FOLDER.exists())
