from collections.abc import Sequence
from unittest import mock

from support import HostTest, container

from single_host import application, rollout
from single_host.containers import Container
from single_host.fault import HostError


class WaitTest(HostTest):
    """Time passes only in sleeps; each look at the engine takes the next scene, the last one stays."""

    def setUp(self) -> None:
        super().setUp()
        self.now = 0.0
        self.enterContextOf(mock.patch("time.monotonic", lambda: self.now))
        self.enterContextOf(mock.patch("time.sleep", self.sleep))
        self.enterContextOf(mock.patch.object(rollout, "logs", lambda found: [f"{c.service} | log" for c in found]))

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def wait(self, *scenes: Sequence[Container]) -> None:
        left = list(scenes)

        def look(project: str) -> Sequence[Container]:
            return left.pop(0) if len(left) > 1 else left[0]

        with mock.patch.object(rollout, "_containers", look):
            rollout.wait("shop-beta", ["app", "init"])

    def test_it_ends_when_all_are_well(self) -> None:
        self.wait([container(health="starting")], [container()])
        self.assertEqual(self.said, ["app: healthy"])

    def test_a_one_shot_that_exits_with_0_has_succeeded(self) -> None:
        self.wait([container("init", status="exited", restart_policy="no", health="")])

    def test_without_a_health_check_it_must_run_steadily(self) -> None:
        self.wait([container(health="")])
        self.assertGreaterEqual(self.now, rollout.STEADY)

    def test_a_crash_is_told_with_its_log(self) -> None:
        with self.assertRaises(HostError) as caught:
            self.wait([container(status="exited", exit_code=3, restart_policy="no")])
        self.assertIn("services/app: is exited with 3; see `docker logs shop-beta-app-1`", str(caught.exception))
        self.assertEqual(caught.exception.lines, ("app | log",))

    def test_a_loop_of_restarts_is_a_failure(self) -> None:
        with self.assertRaises(HostError) as caught:
            self.wait([container(status="restarting", restarts=3, exit_code=1)])
        self.assertIn("again and again", str(caught.exception))

    def test_an_unhealthy_one_may_recover_for_a_while(self) -> None:
        self.wait([container(health="unhealthy")], [container()])
        with self.assertRaises(HostError):
            self.wait([container(health="unhealthy")])
        self.assertLess(self.now, 60)

    def test_it_does_not_wait_for_ever(self) -> None:
        with self.assertRaises(HostError) as caught:
            self.wait([container(health="starting")])
        self.assertIn("is starting after 300 s", str(caught.exception))


class RollOutTest(HostTest):
    def test_when_all_are_settled_compose_is_not_asked(self) -> None:
        compose = mock.Mock()
        with (
            mock.patch.object(rollout, "_containers", return_value=[container()]),
            mock.patch.object(application, "settled", return_value=True),
        ):
            self.assertEqual(rollout.roll_out(compose, {"app": mock.Mock()}), [])
        compose.argv.assert_not_called()
