import os
from unittest import mock

from support import HostTest, container

from single_host import layout
from single_host.site import choices, upstreams

OLD = container(identity="old")
NEW = container(identity="new", addresses={"edge": "172.31.255.4"})


def addresses(chosen: dict[str, frozenset[str]]) -> list[str]:
    text = upstreams.listing([OLD, NEW], {}, "", chosen)["app.shop-beta"]
    return [line.split()[0] for line in text.splitlines() if line[0] != "#"]


class ChoicesTest(HostTest):
    def test_only_the_chosen_get_requests(self) -> None:
        choices.choose("app.shop-beta", ["old"])
        self.assertEqual(addresses(choices.read()), ["172.31.255.3"])
        choices.choose("app.shop-beta", ["new"])
        self.assertEqual(addresses(choices.read()), ["172.31.255.4"])
        choices.forget("app.shop-beta")
        self.assertEqual(len(addresses(choices.read())), 2)

    def test_an_empty_choice_holds_all_requests_while_its_maker_lives(self) -> None:
        choices.choose("app.shop-beta", ())
        self.assertEqual(addresses(choices.read()), [])
        with mock.patch("os.getpid", return_value=2**22 + 1):  # of nobody
            choices.choose("app.shop-beta", ())
        self.assertEqual(len(addresses(choices.read())), 2)

    def test_a_choice_outlives_its_maker_but_not_those_it_names(self) -> None:
        with mock.patch("os.getpid", return_value=2**22 + 1):
            choices.choose("app.shop-beta", ["old"])
        self.assertEqual(addresses(choices.read()), ["172.31.255.3"])
        self.assertEqual(len(addresses({"app.shop-beta": frozenset({"gone"})})), 2)

    def test_half_a_file_is_no_choice(self) -> None:
        layout.CHOICES.mkdir()
        (layout.CHOICES / "app.shop-beta").write_text("")
        (layout.CHOICES / ".other.new").write_text(f"{os.getpid()}\n")
        self.assertEqual(choices.read(), {})

    def test_what_does_not_follow_is_an_error_and_not_a_silent_loss(self) -> None:
        layout.UPSTREAMS.mkdir()
        upstreams.publish(upstreams.listing([OLD], {}))
        with mock.patch("time.sleep"):
            choices.await_published("app.shop-beta", ["old"])
            with mock.patch.object(choices, "SEEN_WITHIN", -1.0):
                faults = self.faults_of(choices.await_published, "app.shop-beta", ["new"])
        self.assertIn("upstreams/app.shop-beta: does not follow", faults[0])
