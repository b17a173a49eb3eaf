import contextlib
from unittest import mock

from support import HostTest, container, host_json

from single_host import apply, bundle, containers, layout, lock, settings, state
from single_host.fault import HostError, failed, refused
from single_host.site import application
from single_host.site.application import Service


class ApplyTest(HostTest):
    def apply(self, error: Exception) -> None:
        with (
            mock.patch.object(lock, "held", return_value=contextlib.nullcontext()),
            mock.patch.object(bundle, "read_incoming", return_value=(b"{}", b"{}")),
            mock.patch.object(bundle, "parse"),
            mock.patch.object(apply, "_apply", side_effect=error),
        ):
            apply.apply(layout.INCOMING)

    def test_a_full_disk_is_a_reason_that_status_knows(self) -> None:
        with self.assertRaisesRegex(HostError, "No space left"):
            self.apply(OSError(28, "No space left on device"))
        self.assertEqual(state.read()["state"], state.FAILED)
        self.assertIn("No space left", state.read()["reason"])

    def test_a_disk_without_room_for_the_state_still_shows_the_reason(self) -> None:
        with mock.patch.object(state, "update", side_effect=OSError(28, "state")), self.assertRaisesRegex(HostError, "first"):
            self.apply(OSError(28, "first"))


class RefusedTest(HostTest):
    def refuse(self, converge: mock.Mock, docker_runs: bool) -> None:
        layout.SETTINGS.parent.mkdir(parents=True)
        layout.SETTINGS.write_text("before")
        texts = {"host.json": bundle.File(host_json(), 0o644), "app/compose.yaml": bundle.File(b"", 0o644)}
        secrets = bundle.Secrets({"POSTGRES_PASSWORD": "hunter2"}, {}, {})
        with (
            mock.patch.object(apply, "converge", converge),
            mock.patch.object(application, "can_be_judged", return_value=docker_runs),
            mock.patch.object(application, "services", side_effect=refused("app/compose.yaml", "docker compose refuses it")),
            self.assertRaisesRegex(HostError, "docker compose refuses it"),
        ):
            apply._apply(bundle.Bundle(b"", {**texts, "overlay.yaml": bundle.File(b"", 0o644)}), secrets, b"{}", fresh=True)
        self.assertEqual(layout.SETTINGS.read_text(), "before")

    def test_what_is_refused_leaves_the_server_as_it_was(self) -> None:
        converge = mock.Mock(return_value=[])
        self.refuse(converge, docker_runs=True)
        converge.assert_not_called()

    def test_a_new_server_is_made_before_it_can_judge(self) -> None:
        converge = mock.Mock(return_value=[])
        self.refuse(converge, docker_runs=False)
        converge.assert_called_once()


class AbsentImageTest(HostTest):
    def refuse(self, *running: str) -> None:
        host = settings.parse(host_json())
        wanted = {"app": Service("app", "shop:2", "hash", frozenset())}
        with mock.patch.object(containers, "find", return_value=[container(name) for name in running]):
            apply._refuse_absent(host, wanted, {"shop:2": failed("image shop:2", "cannot be pulled")})

    def test_a_service_may_wait_for_its_first_image(self) -> None:
        self.refuse()
        self.refuse("postgres")

    def test_a_service_that_has_run_is_not_quietly_left_on_its_old_image(self) -> None:
        with self.assertRaisesRegex(HostError, "services/app/image: shop:2 cannot be pulled; check the name"):
            self.refuse("app")
