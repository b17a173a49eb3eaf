import dataclasses
from unittest import mock

from support import HostTest, host_json

from single_host import settings
from single_host.site import edge, visitor


class VisitorTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.host = settings.parse(host_json())
        self.enterContextOf(mock.patch("time.sleep"))
        self.enterContextOf(mock.patch.object(edge, "log_lines", return_value=["caddy | why"]))

    def verify(self, status: int, certificate: bool = True, here: bool = True, awaiting: tuple[str, ...] = ()) -> str:
        with (
            mock.patch.object(visitor, "has_certificate", return_value=certificate),
            mock.patch.object(visitor, "_points_here", return_value=here),
            mock.patch.object(visitor, "_ask", return_value=(status, "")),
            mock.patch.object(visitor, "CERTIFICATE_PATIENCE", 0),
        ):
            return visitor.verify(self.host.sites[0], self.host, frozenset(awaiting), patience=visitor.Patience(0, 0))

    def test_answers_that_are_the_applications_own(self) -> None:
        for status in (200, 204, 302, 401):
            self.assertEqual(self.verify(status), "https://shop.example: answers")

    def test_others_are_told_with_a_remedy(self) -> None:
        self.assertIn("answered 404 through Caddy; set `health`", self.faults_of(self.verify, 404)[0])
        self.assertIn("answered 502 through Caddy", self.faults_of(self.verify, 502)[0])

    def test_one_that_is_busy_may_be_waited_for_where_a_wrong_answer_is_not(self) -> None:
        patience = visitor.Patience(wrong=0, busy=60)
        with mock.patch.object(visitor, "_ask", side_effect=[(503, ""), (0, "timed out"), (200, "")]):
            visitor._wait_for_health(self.host.sites[0], "shop.example", "/health", patience)
        with mock.patch.object(visitor, "_ask", side_effect=[(503, ""), (500, ""), (200, "")]):
            asked = (self.host.sites[0], "shop.example", "/health", patience)
            self.assertIn("answered 500", self.faults_of(visitor._wait_for_health, *asked)[0])

    def test_a_name_that_does_not_point_here_is_no_failure(self) -> None:
        self.assertIn("waits for its DNS record", self.verify(0, certificate=False, here=False))

    def test_a_second_name_without_its_record_does_not_hide_the_first(self) -> None:
        site = dataclasses.replace(self.host.sites[0], names=("shop.example", "www.shop.example"))
        with (
            mock.patch.object(visitor, "has_certificate", lambda name: name == "shop.example"),
            mock.patch.object(visitor, "_points_here", return_value=False),
            mock.patch.object(visitor, "_ask", return_value=(502, "")),
        ):
            self.assertIn("answered 502", self.faults_of(visitor.verify, site, self.host, frozenset(), visitor.Patience(0, 0))[0])

    def test_no_certificate_although_it_points_here_is_one(self) -> None:
        self.assertIn("no certificate yet", self.faults_of(self.verify, 0, False, True)[0])

    def test_a_site_may_await_its_first_release(self) -> None:
        self.assertEqual(self.verify(503, awaiting=("app",)), "https://shop.example: answers")

    def test_a_health_path_is_asked_only_where_the_site_routes_it(self) -> None:
        self.assertTrue(visitor.covers("/*", "/health"))
        self.assertTrue(visitor.covers("/v1/*", "/v1/health"))
        self.assertFalse(visitor.covers("/v1/*", "/health"))
        self.assertTrue(visitor.covers("/exact", "/exact"))
