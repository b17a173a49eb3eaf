from unittest import mock

from support import HostTest, container

from single_host import containers, layout
from single_host.site import upstreams

RUN = "# app-identity 2026-11-21T00:00:00Z\n"
LINE = f"{RUN}172.31.255.3 app.shop-beta.upstream\n"


class UpstreamsTest(HostTest):
    def test_a_healthy_container_has_an_address(self) -> None:
        self.assertEqual(upstreams.listing([container()], {}), {"app.shop-beta": LINE})

    def test_without_a_health_check_running_is_enough(self) -> None:
        self.assertEqual(upstreams.listing([container(health="")], {}), {"app.shop-beta": LINE})

    def test_others_have_none(self) -> None:
        for changes in ({"health": "starting"}, {"health": "unhealthy"}, {"status": "exited"}, {"status": "paused"}):
            self.assertEqual(upstreams.listing([container(**changes)], {}), {"app.shop-beta": ""}, changes)

    def test_one_that_was_told_to_stop_goes_before_it_ends(self) -> None:
        self.assertEqual(upstreams.listing([container()], {"app-identity": 1.0}), {"app.shop-beta": ""})

    def test_a_restart_of_the_engine_takes_no_living_container_away(self) -> None:
        starting = container(health="starting")
        self.assertEqual(upstreams.listing([starting], {}, LINE), {"app.shop-beta": LINE})
        again = container(health="starting", started_at="2026-11-21T01:00:00Z")
        self.assertEqual(upstreams.listing([again], {}, LINE), {"app.shop-beta": ""})

    def test_one_that_a_backup_has_frozen_keeps_its_requests(self) -> None:
        paused = container(status="paused")
        self.assertEqual(upstreams.listing([paused], {}, LINE, frozen=["app-identity"]), {"app.shop-beta": LINE})
        self.assertEqual(upstreams.listing([paused], {}, LINE, frozen=["another"]), {"app.shop-beta": ""})
        self.assertEqual(upstreams.listing([paused], {}, "", frozen=["app-identity"]), {"app.shop-beta": ""})

    def test_one_that_has_become_unwell_stays_while_no_other_is_well(self) -> None:
        unwell, other = container(health="unhealthy"), container(identity="b", addresses={"edge": "172.31.255.4"})
        self.assertEqual(upstreams.listing([unwell], {}, LINE), {"app.shop-beta": LINE})
        self.assertNotIn("172.31.255.3", upstreams.listing([unwell, other], {}, LINE)["app.shop-beta"])
        self.assertEqual(upstreams.listing([unwell], {"app-identity": 1.0}, LINE), {"app.shop-beta": ""})
        nobody = {"app.shop-beta": frozenset[str]()}
        self.assertEqual(upstreams.listing([unwell], {}, LINE, nobody), {"app.shop-beta": ""})

    def test_several_containers_of_a_service_share_the_name(self) -> None:
        two = [container(), container(identity="b", addresses={"edge": "172.31.255.4"})]
        self.assertEqual(upstreams.listing(two, {})["app.shop-beta"].count("app.shop-beta.upstream"), 2)

    def test_the_edge_itself_and_services_beside_it_have_no_name(self) -> None:
        found = [container(project="edge"), container("db", addresses={"default": "172.18.0.2"}), container(project="")]
        self.assertEqual(upstreams.listing(found, {}), {})

    def test_files_follow_and_are_emptied_not_removed(self) -> None:
        layout.UPSTREAMS.mkdir()
        upstreams.publish({"app.shop-beta": LINE})
        path = layout.UPSTREAMS / "app.shop-beta"
        self.assertEqual(path.read_text(), LINE)
        before = path.stat().st_ino
        upstreams.publish({"app.shop-beta": LINE})
        self.assertEqual(path.stat().st_ino, before)
        upstreams.publish({})
        self.assertEqual(path.read_text(), "")
        self.assertEqual([entry.name for entry in layout.UPSTREAMS.iterdir()], ["app.shop-beta"])

    def test_signals_that_end_a_container_and_signals_that_do_not(self) -> None:
        leaving: dict[str, float] = {}

        def event(action: str, signal: str = "") -> dict[str, object]:
            return {"Type": "container", "Action": action, "Actor": {"ID": "i", "Attributes": {"signal": signal}}}

        upstreams._note(event("kill", "1"), leaving)
        self.assertEqual(leaving, {})
        upstreams._note(event("kill", "15"), leaving)
        self.assertIn("i", leaving)
        upstreams._note(event("die"), leaving)
        self.assertEqual(leaving, {})

    def test_it_ends_when_a_newer_program_is_in_place(self) -> None:
        layout.UPSTREAMS.mkdir()
        with (
            mock.patch.object(containers, "events", return_value=iter([{"Type": "network"}, {"Type": "network"}])),
            mock.patch.object(containers, "find", return_value=[]) as find,
        ):
            upstreams.follow()
        self.assertEqual(find.call_count, 2)  # at the start, and at the first event; not at the second

    def test_a_freeze_shorter_than_a_look_is_no_pause(self) -> None:
        layout.UPSTREAMS.mkdir()
        looks = [[container(status="paused")], [container()]]
        with mock.patch.object(containers, "find", side_effect=looks), mock.patch.object(upstreams, "publish") as publish:
            upstreams._publish_now({}, {})
        publish.assert_called_once_with({"app.shop-beta": LINE})
