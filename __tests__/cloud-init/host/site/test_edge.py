import dataclasses
from unittest import mock

from support import HostTest, container, host_json

from single_host import bundle, settings, state
from single_host.fault import REFUSED, HostError
from single_host.run import Result
from single_host.site import edge

BUNDLE = bundle.Bundle(b"", {"Caddyfile": bundle.File(b"example.com", 0o644), "edge.yaml": bundle.File(b"{}", 0o644)})


class VerifyTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.host = settings.parse(host_json())
        self.enterContextOf(mock.patch("time.sleep"))
        self.enterContextOf(mock.patch.object(edge, "_log_lines", return_value=["caddy | why"]))

    def verify(self, status: int, certificate: bool = True, here: bool = True, awaiting: tuple[str, ...] = ()) -> str:
        with (
            mock.patch.object(edge, "has_certificate", return_value=certificate),
            mock.patch.object(edge, "_points_here", return_value=here),
            mock.patch.object(edge, "_ask", return_value=(status, "")),
            mock.patch.object(edge, "CERTIFICATE_PATIENCE", 0),
        ):
            return edge.verify(self.host.sites[0], self.host, frozenset(awaiting), patience=edge.Patience(0, 0))

    def test_answers_that_are_the_applications_own(self) -> None:
        for status in (200, 204, 302, 401):
            self.assertEqual(self.verify(status), "https://shop.example: answers")

    def test_others_are_told_with_a_remedy(self) -> None:
        self.assertIn("answered 404 through Caddy; set `health`", self.faults_of(self.verify, 404)[0])
        self.assertIn("answered 502 through Caddy", self.faults_of(self.verify, 502)[0])

    def test_one_that_is_busy_may_be_waited_for_where_a_wrong_answer_is_not(self) -> None:
        patience = edge.Patience(wrong=0, busy=60)
        with mock.patch.object(edge, "_ask", side_effect=[(503, ""), (0, "timed out"), (200, "")]):
            edge._wait_for_health(self.host.sites[0], "shop.example", "/health", patience)
        with mock.patch.object(edge, "_ask", side_effect=[(503, ""), (500, ""), (200, "")]):
            asked = (self.host.sites[0], "shop.example", "/health", patience)
            self.assertIn("answered 500", self.faults_of(edge._wait_for_health, *asked)[0])

    def test_a_name_that_does_not_point_here_is_no_failure(self) -> None:
        self.assertIn("waits for its DNS record", self.verify(0, certificate=False, here=False))

    def test_a_second_name_without_its_record_does_not_hide_the_first(self) -> None:
        site = dataclasses.replace(self.host.sites[0], names=("shop.example", "www.shop.example"))
        with (
            mock.patch.object(edge, "has_certificate", lambda name: name == "shop.example"),
            mock.patch.object(edge, "_points_here", return_value=False),
            mock.patch.object(edge, "_ask", return_value=(502, "")),
        ):
            self.assertIn("answered 502", self.faults_of(edge.verify, site, self.host, frozenset(), edge.Patience(0, 0))[0])

    def test_no_certificate_although_it_points_here_is_one(self) -> None:
        self.assertIn("no certificate yet", self.faults_of(self.verify, 0, False, True)[0])

    def test_a_site_may_await_its_first_release(self) -> None:
        self.assertEqual(self.verify(503, awaiting=("app",)), "https://shop.example: answers")

    def test_a_health_path_is_asked_only_where_the_site_routes_it(self) -> None:
        self.assertTrue(edge.covers("/*", "/health"))
        self.assertTrue(edge.covers("/v1/*", "/v1/health"))
        self.assertFalse(edge.covers("/v1/*", "/health"))
        self.assertTrue(edge.covers("/exact", "/exact"))


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


class BasicAuthTest(HostTest):
    def test_a_password_is_hashed_once_and_never_in_argv(self) -> None:
        entry = {"file": "basic-auth/x.caddy", "user": "admin", "secret": "ADMIN_PASSWORD"}
        host = settings.parse(host_json(basic_auth=[entry]))
        hashed = mock.Mock(return_value=Result(0, "$2a$14$hash\n", ""))
        with mock.patch.object(edge, "run", hashed):
            for password in ("hunter2", "hunter2", "hunter3"):
                found = edge._basic_auth(host, bundle.Secrets({"ADMIN_PASSWORD": password}, {}, {}))
        self.assertEqual(found, {"basic-auth/x.caddy": b"admin $2a$14$hash\n"})
        self.assertEqual(hashed.call_count, 2)
        self.assertNotIn("hunter2", str(hashed.call_args_list[0].args))
        self.assertEqual(hashed.call_args_list[0].kwargs["stdin"], b"hunter2\n")
        self.assertNotIn("hunter3", edge.HASHES.read_text())
