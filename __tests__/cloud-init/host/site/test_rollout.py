from collections.abc import Sequence
from typing import Any
from unittest import mock

from support import HostTest, container

from single_host import state
from single_host.containers import Container
from single_host.fault import HostError, failed
from single_host.site import application, beside, local_images, rollout, visitor
from single_host.site.application import Service
from single_host.site.rollout import Judged


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

    def test_a_loop_that_is_seen_while_it_runs_is_asked_again_for_its_exit_code(self) -> None:
        with self.assertRaisesRegex(HostError, "exit code 7"):
            self.wait([container(restarts=3, health="starting")], [container(status="restarting", restarts=4, exit_code=7)])
        with self.assertRaisesRegex(HostError, "again and again"):
            self.wait([container(restarts=3)])

    def test_an_unhealthy_one_may_recover_for_a_while(self) -> None:
        self.wait([container(health="unhealthy")], [container()])
        with self.assertRaises(HostError):
            self.wait([container(health="unhealthy")])
        self.assertLess(self.now, 60)

    def test_it_does_not_wait_for_ever(self) -> None:
        with self.assertRaises(HostError) as caught:
            self.wait([container(health="starting")])
        self.assertIn("is starting after 300 s", str(caught.exception))


def settled_in(*identities: str) -> Any:
    return lambda service, own: bool([c for c in own if c.service == service.name]) and all(
        c.identity in identities for c in own if c.service == service.name
    )


class RollOutTest(HostTest):
    """compose is a list of what it was asked; the engine has whatever it was made to have."""

    def setUp(self) -> None:
        super().setUp()
        self.asked: list[str] = []
        self.present: list[Container] = []
        self.compose = mock.Mock()
        self.compose.application.project = "shop-beta"
        self.compose.run = lambda *words, **_: self.asked.append(" ".join(words))
        for name, replacement in {
            "_containers": lambda project: list(self.present),
            "_up": self.up,
            "wait": lambda *_: None,
            "logs": lambda found: [f"{c.identity} | log" for c in found],
        }.items():
            self.enterContextOf(mock.patch.object(rollout, name, replacement))
        for name in ("hold_requests", "keep_requests", "give_requests", "give_back", "judge", "retire", "remove"):
            self.enterContextOf(mock.patch.object(beside, name, self.note(name)))
        self.enterContextOf(mock.patch.object(local_images, "hidden_volumes", return_value=False))
        self.enterContextOf(mock.patch.object(application, "settled", settled_in("new")))

    def note(self, name: str) -> Any:
        def noted(*arguments: Any) -> None:
            own = next((a for a in arguments if isinstance(a, list)), [])
            self.asked.append(f"{name} {','.join(c.identity for c in own)}".strip())

        return noted

    def up(self, compose: Any, names: Sequence[str], told: Any, *options: str) -> None:
        self.asked.append(" ".join(["up", *options, *names]))
        if "--no-recreate" in options:
            self.present.append(container(identity="new"))
        else:
            self.present = [container(one.service, identity="new") if one.service in names else one for one in self.present]

    def roll_out(self, *services: Service, judged: Judged | None = None) -> list[str]:
        return rollout.roll_out(self.compose, {service.name: service for service in services}, judged=judged)

    def test_when_all_are_settled_compose_is_not_asked(self) -> None:
        self.present = [container(identity="new")]
        self.assertEqual(self.roll_out(Service("app", "i", "h", frozenset())), [])
        self.assertEqual(self.asked, [])

    def verify(self, patience: visitor.Patience) -> None:
        self.asked.append("verify" if patience == visitor.SWITCHED else "verify after a gap")

    def test_the_new_one_is_judged_beside_the_old_which_ends_last(self) -> None:
        self.present = [container(identity="old")]
        judged = Judged((), self.verify, lambda: self.asked.append("commit"))
        self.roll_out(Service("app", "i", "h", frozenset()), judged=judged)
        self.assertEqual(
            self.asked,
            ["keep_requests old", "hold_requests", "up --no-recreate --scale app=2 app", "judge new", "give_requests new",
             "verify", "commit", "retire old"],
        )  # fmt: skip

    def test_after_a_gap_of_another_service_a_site_may_be_busy_for_longer(self) -> None:
        self.present = [container("db", identity="old"), container(identity="old")]
        services = [Service("db", "i", "h", frozenset(), alone="it writes data"), Service("app", "i", "h", frozenset())]
        self.roll_out(*services, judged=Judged((), self.verify))
        self.assertIn("verify after a gap", self.asked)

    def test_what_fails_as_a_visitor_sees_it_gives_the_requests_back(self) -> None:
        self.present = [container(identity="old")]

        def verify(_patience: visitor.Patience) -> None:
            raise failed("sites/https://shop.example/health", "answered 500 through Caddy")

        with self.assertRaises(HostError) as caught:
            self.roll_out(Service("app", "i", "h", frozenset()), judged=Judged((), verify, lambda: self.asked.append("commit")))
        self.assertEqual(self.asked[-2:], ["give_back old", "remove new"])
        self.assertNotIn("commit", self.asked)
        self.assertEqual(caught.exception.lines, ("new | log",))

    def test_dependencies_come_before_and_dependents_after(self) -> None:
        once = container("once", identity="old-once", status="exited", restart_policy="no", health="")
        self.present = [container(identity="old"), once, container("worker", identity="old-worker")]
        self.roll_out(
            Service("app", "i", "h", frozenset({"once"})),
            Service("once", "i", "h", frozenset()),
            Service("worker", "i", "h", frozenset({"app"}), alone="it writes files"),
        )
        steps = [step for step in self.asked if step.split()[0] in ("create", "up", "retire", "hold_requests")]
        self.assertEqual(
            steps,
            ["hold_requests", "create --no-build once", "up --no-recreate --scale app=2 app once", "retire old",
             "hold_requests old-worker", "up worker"],
        )  # fmt: skip

    def test_what_writes_a_volume_is_stopped_first_and_the_gap_is_said(self) -> None:
        self.present = [container(identity="old")]
        self.roll_out(Service("app", "i", "h", frozenset(), alone="it writes duckdb_data"))
        self.assertEqual(self.asked, ["hold_requests old", "up app"])
        self.assertIn("app: is stopped before its successor starts (it writes duckdb_data); a gap, until", self.said[0])
        self.assertEqual(state.read()["gaps"], {"app": 0})
        self.present = [container(identity="old")]
        self.roll_out(Service("app", "i", "h", frozenset(), alone="it writes duckdb_data"))
        self.assertIn("a gap, about 0 s", self.said[-1])
