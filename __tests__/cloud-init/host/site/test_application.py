from typing import Any
from unittest import mock

from support import HostTest, container, host_json

from single_host import bundle, engine, layout, settings
from single_host.containers import Container
from single_host.fault import HostError
from single_host.site import application, local_images
from single_host.site.application import Service

SHA = "com.docker.compose.image"


def service(name: str, image: str = "i", depends_on: tuple[str, ...] = ()) -> Service:
    return Service(name, image, "hash", frozenset(depends_on))


class ComposeTest(HostTest):
    def test_the_whole_command(self) -> None:
        app = settings.parse(host_json(application__profiles=["jobs"])).application
        secrets = bundle.Secrets({"POSTGRES_PASSWORD": "hunter2", "OTHER": "x"}, {}, {})
        compose = application.compose(app, secrets)
        home = str(layout.SRV / "shop-beta")
        self.assertEqual(
            " ".join(compose.argv("up")),
            f"docker compose --project-name shop-beta --project-directory {home}/app --env-file /dev/null "
            f"--file {home}/app/compose.yaml --file {home}/overlay.yaml --profile jobs up",
        )
        self.assertEqual(compose.environment["POSTGRES_PASSWORD"], "hunter2")
        self.assertEqual(compose.environment["DEBUG"], "false")
        self.assertNotIn("OTHER", compose.environment)

    def test_a_new_value_of_a_secret_shows_in_its_digest_alone(self) -> None:
        app = settings.parse(host_json()).application
        environments = [
            application.compose(app, bundle.Secrets({"POSTGRES_PASSWORD": password}, {}, {})).environment
            for password in ("hunter2", "hunter3")
        ]
        first, second = (environment["SINGLE_HOST_DIGEST_POSTGRES_PASSWORD"] for environment in environments)
        self.assertRegex(first, "^[0-9a-f]{16}$")
        self.assertNotEqual(first, second)

    def test_the_digest_of_a_secret_is_this_servers_own(self) -> None:
        app = settings.parse(host_json()).application

        def digest() -> str:
            values = bundle.Secrets({"POSTGRES_PASSWORD": "hunter2"}, {}, {})
            return application.compose(app, values).environment["SINGLE_HOST_DIGEST_POSTGRES_PASSWORD"]

        here = digest()
        self.assertEqual(digest(), here)
        self.assertEqual((layout.STATE / "digest-key").stat().st_mode & 0o777, 0o600)
        (layout.STATE / "digest-key").unlink()  # another server has another
        self.assertNotEqual(digest(), here)


class AwaitingTest(HostTest):
    def test_dependents_wait_with_the_missing_one(self) -> None:
        wanted = {s.name: s for s in (service("app", "gone", ("db",)), service("web", "i", ("app",)), service("db"))}
        self.assertEqual(list(application.without(wanted, ["gone"])), ["db"])
        self.assertEqual(list(application.without(wanted, [])), ["app", "web", "db"])


class SettledTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.enterContextOf(mock.patch.object(local_images, "identity", return_value="sha256:1"))

    def check(self, **changes: Any) -> bool:
        labels = {application.CONFIG_HASH: "hash", SHA: "sha256:1"}
        return application.settled(service("app"), [container(**{"labels": labels, **changes})])

    def test_what_needs_nothing(self) -> None:
        self.assertTrue(self.check())
        self.assertTrue(self.check(status="exited", restart_policy="no"))

    def test_what_needs_compose(self) -> None:
        self.assertFalse(application.settled(service("app"), []))
        self.assertFalse(self.check(labels={application.CONFIG_HASH: "other", SHA: "sha256:1"}))
        self.assertFalse(self.check(labels={application.CONFIG_HASH: "hash", SHA: "sha256:2"}))
        self.assertFalse(self.check(health="unhealthy"))
        self.assertFalse(self.check(status="exited", restart_policy="no", exit_code=1))
        self.assertFalse(self.check(status="exited", restart_policy="unless-stopped"))


class SyncTest(HostTest):
    def sync(self, **contents: str) -> list[str]:
        app = settings.parse(host_json()).application
        own = {f"app/{path}": bundle.File(text.encode(), 0o644) for path, text in contents.items()}
        return application.sync(app, bundle.Bundle(b"", {**own, "overlay.yaml": bundle.File(b"o", 0o644)}), {})

    def test_only_what_a_bundle_brought_is_ever_removed(self) -> None:
        team = layout.SRV / "shop-beta" / "app"
        self.assertEqual(self.sync(**{"compose.yaml": "1", "conf/a": "1"}), ["compose.yaml", "conf/a", "overlay.yaml"])
        (team / "data").mkdir()
        (team / "data" / "written-by-a-container").write_text("keep")
        self.assertEqual(self.sync(**{"compose.yaml": "2"}), ["compose.yaml", "conf/a"])
        self.assertFalse((team / "conf").exists())
        self.assertTrue((team / "data" / "written-by-a-container").exists())
        self.assertEqual(self.sync(**{"compose.yaml": "2"}), [])

    def test_a_file_may_become_a_folder_and_a_folder_a_file(self) -> None:
        team = layout.SRV / "shop-beta" / "app"
        self.sync(**{"conf": "1"})
        self.assertEqual(self.sync(**{"conf/a": "1", "conf/b/c": "1"}), ["conf", "conf/a", "conf/b/c"])
        self.assertEqual(self.sync(**{"conf": "2"}), ["conf", "conf/a", "conf/b/c"])
        self.assertEqual((team / "conf").read_text(), "2")

    def test_a_file_takes_the_place_of_the_empty_folder_that_docker_made_for_it(self) -> None:
        team = layout.SRV / "shop-beta" / "app"
        (team / "settings.toml").mkdir(parents=True)
        self.sync(**{"settings.toml": "1"})
        self.assertEqual((team / "settings.toml").read_text(), "1")
        (team / "data").mkdir()
        (team / "data" / "written-by-a-container").write_text("keep")
        with self.assertRaisesRegex(HostError, "app/data: is a folder on the server, and not empty; move .*/app/data away"):
            self.sync(**{"data": "1"})
        self.assertTrue((team / "data" / "written-by-a-container").exists())


class AloneTest(HostTest):
    """What compose says of a service, and why its successor cannot stand beside it."""

    def why(self, known: settings.Service | None = None, **fields: Any) -> str:
        return application._why_alone(fields, known)

    def test_what_writes_nothing_can_run_twice(self) -> None:
        self.assertEqual(self.why(), "")
        self.assertEqual(self.why(volumes=[{"type": "bind", "source": "/srv/site", "target": "/site", "read_only": True}]), "")
        self.assertEqual(self.why(volumes=[{"type": "tmpfs", "target": "/tmp"}], networks={"default": None}), "")

    def test_what_writes_or_is_there_once_can_not(self) -> None:
        volume = {"type": "volume", "source": "rows", "target": "/rows"}
        self.assertEqual(self.why(volumes=[volume]), "it writes rows")
        self.assertEqual(self.why(volumes=[{"type": "volume", "target": "/rows"}]), "it writes /rows")
        self.assertEqual(self.why(volumes=[{"type": "bind", "source": "/srv/x", "target": "/x"}]), "it writes /srv/x")
        self.assertIn("network of host", self.why(network_mode="host"))
        self.assertIn("network of service:app", self.why(network_mode="service:app"))
        self.assertIn("address of its own", self.why(networks={"back": {"ipv4_address": "172.20.0.9"}}))

    def test_the_team_may_know_better(self) -> None:
        known = settings.Service("app", "i", True, runs_twice=True)
        self.assertEqual(self.why(known, volumes=[{"type": "volume", "source": "rows"}]), "")

    def test_instances(self) -> None:
        self.assertEqual([application._instances(one) for one in ({}, {"scale": 2}, {"deploy": {"replicas": 3}})], [1, 2, 3])
        self.assertEqual(application._instances({"deploy": {"replicas": 0}}), 1)


class StrangersTest(HostTest):
    """Containers of services that the application has no more."""

    def removed(self, stranger: Container, **inspected: Any) -> bool:
        app = settings.parse(host_json()).application
        found = {"Mounts": [], "HostConfig": {"PortBindings": {}}, **inspected}
        with (
            mock.patch.object(application.containers, "find", return_value=[container(), stranger]),
            mock.patch.object(engine, "get", return_value=found),
            mock.patch.object(application, "run") as run,
        ):
            application.remove_strangers(app, ["app"])
        return bool(run.call_args_list)

    def test_one_that_serves_a_site_goes_on_until_its_successor_does(self) -> None:
        self.assertFalse(self.removed(container("old")))

    def test_one_that_serves_nobody_goes_at_once(self) -> None:
        self.assertTrue(self.removed(container("old", addresses={"default": "172.18.0.3"})))
        self.assertTrue(self.removed(container("old", health="unhealthy")))
        self.assertEqual(self.said[0], "old: not part of the application any more; removing shop-beta-old-1")

    def test_one_that_its_successor_may_get_in_the_way_of_goes_at_once(self) -> None:
        self.assertTrue(self.removed(container("old"), Mounts=[{"Type": "volume", "RW": True}]))
        self.assertTrue(self.removed(container("old"), HostConfig={"PortBindings": {"80/tcp": [{"HostPort": "80"}]}}))
        self.assertFalse(self.removed(container("old"), Mounts=[{"Type": "bind", "RW": False}]))
