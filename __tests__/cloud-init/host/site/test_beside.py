import http.server
import threading
from collections.abc import Callable
from unittest import mock

from support import HostTest, container, host_json

from single_host import settings
from single_host.site import application, beside, choices, local_images
from single_host.site.application import Compose, Service

COMPOSE = Compose(settings.parse(host_json()).application, mock.Mock(), {})
TABLE = """  sl  local_address rem_address   st tx_queue rx_queue
   0: 02FFFEAC:8A30 03FFFFAC:1F40 01 00000000:00000000
   1: 02FFFEAC:8A31 03FFFFAC:1F40 06 00000000:00000000
   2: 02FFFEAC:8A32 04FFFFAC:1F40 01 00000000:00000000
"""


class PossibleTest(HostTest):
    def test_what_serves_and_writes_nothing_gets_a_successor_beside_it(self) -> None:
        with mock.patch.object(local_images, "hidden_volumes", return_value=False):
            self.assertTrue(beside.possible(Service("app", "i", "h", frozenset()), [container()]))
            self.assertFalse(beside.possible(Service("app", "i", "h", frozenset(), alone="it writes rows"), [container()]))
            self.assertFalse(beside.possible(Service("app", "i", "h", frozenset()), []))
            self.assertFalse(beside.possible(Service("app", "i", "h", frozenset()), [container(health="unhealthy")]))
        with mock.patch.object(local_images, "hidden_volumes", return_value=True):
            self.assertFalse(beside.possible(Service("app", "i", "h", frozenset()), [container()]))


class TidyTest(HostTest):
    def tidy(self, *found: str, wanted: str = "") -> tuple[list[str], list[str]]:
        """What is removed, and what gets the requests, of containers that an interrupted run has left."""
        present = [container(identity=one, name=one, status="created" if "dead" in one else "running") for one in found]
        removed: list[str] = []
        given: list[str] = []
        with (
            mock.patch.object(application, "settled", lambda service, own: own[0].identity == wanted),
            mock.patch.object(beside, "retire", lambda leaving: removed.extend(one.identity for one in leaving)),
            mock.patch.object(beside, "give_requests", lambda compose, own: given.extend(one.identity for one in own)),
        ):
            beside.tidy(COMPOSE, {"app": Service("app", "i", "h", frozenset())}, present)
        return removed, given

    def test_the_wanted_generation_stays(self) -> None:
        self.assertEqual(self.tidy("old", "new", wanted="new"), (["old"], ["new"]))
        self.assertEqual(self.tidy("old", "new", wanted="old"), (["new"], ["old"]))

    def test_else_the_one_that_serves(self) -> None:
        self.assertEqual(self.tidy("dead-new", "old"), (["dead-new"], ["old"]))

    def test_one_container_is_left_alone(self) -> None:
        self.assertEqual(self.tidy("old"), ([], []))


class JudgeTest(HostTest):
    def judge(self, answer: Callable[[str, str], int]) -> list[str]:
        """Faults of a new container that answers so to path and name."""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(answer(self.path, self.headers["Host"]))
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        (site,) = settings.parse(host_json(**{"sites": [self.site(server.server_port)]})).sites
        fresh = [container(addresses={"edge": "127.0.0.1"})]
        with mock.patch.object(beside, "JUDGE_PATIENCE", 0.0):
            try:
                beside.judge(fresh, [site])
                return []
            except beside.HostError as error:
                return [str(fault) for fault in error.faults]

    def site(self, port: int) -> dict[str, object]:
        upstream = {"service": "app", "port": port, "path": "/*", "health": "/health"}
        return {"address": "https://shop.example", "names": ["shop.example"], "tls": True, "upstreams": [upstream]}

    def test_it_is_asked_as_a_visitor_would(self) -> None:
        self.assertEqual(self.judge(lambda path, host: 200 if (path, host) == ("/health", "shop.example") else 500), [])

    def test_a_healthy_one_that_answers_500_to_visitors_is_refused(self) -> None:
        (fault,) = self.judge(lambda path, host: 500)
        self.assertRegex(fault, "services/app: its new container answers 500 at /health on port")


class DrainTest(HostTest):
    def test_connections_under_way_are_those_of_the_edge_to_that_container(self) -> None:
        folder = self.root / "7" / "net"
        folder.mkdir(parents=True)
        (folder / "tcp").write_text(TABLE)
        self.assertEqual(beside.connections(7, "172.255.255.3", self.root), 1)
        self.assertEqual(beside.connections(7, "172.255.255.9", self.root), 0)
        self.assertEqual(beside.connections(8, "172.255.255.3", self.root), 0)

    def test_containers_stop_when_nothing_is_under_way_any_more(self) -> None:
        counts, order = [2, 1, 0], []
        with (
            mock.patch.object(beside, "edge_process", return_value=7),
            mock.patch.object(beside, "connections", lambda *_: order.append("look") or counts.pop(0)),
            mock.patch.object(beside, "run", lambda argv, **_: order.append(argv[1])),
            mock.patch("time.sleep"),
        ):
            beside.retire([container()])
        self.assertEqual(order, ["look", "look", "look", "stop", "rm"])

    def test_what_is_under_way_has_as_long_as_the_longest_grace_period_says(self) -> None:
        patience: list[float] = []
        with (
            mock.patch.object(beside, "_drain", lambda leaving, most: patience.append(most)),
            mock.patch.object(beside, "run"),
        ):
            beside.retire([container(grace=10.0)])
            beside.retire([container(grace=10.0), container("worker", grace=300.0)])
        self.assertEqual(patience, [30.0, 300.0])


class HoldTest(HostTest):
    def test_requests_are_held_before_the_container_is_touched(self) -> None:
        seen: list[object] = []
        with (
            mock.patch.object(choices, "await_published", lambda name, own: seen.append((name, choices.read()[name]))),
            mock.patch.object(beside, "_drain", lambda leaving, most: seen.append(most)),
        ):
            beside.hold_requests(COMPOSE, [container(), container("db", addresses={"default": "1.2.3.4"})])
        self.assertEqual(seen, [("app.shop-beta", frozenset()), beside.HELD_DRAIN])
