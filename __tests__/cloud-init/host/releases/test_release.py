import contextlib
import json
import os
from typing import Any
from unittest import mock

from support import HostTest, backup_json, host_json

from single_host import apply, bundle, engine, lock, recover, settings, state
from single_host.backups import backup
from single_host.fault import HostError, failed
from single_host.releases import configuration, images, migration, records, release
from single_host.releases.configuration import Configuration
from single_host.releases.records import Image
from single_host.site import application, edge, local_images, rollout, visitor  # fmt: skip
from single_host.site.rollout import Judged

OLD = "ghcr.io/lab/shop@sha256:" + "a" * 64
NEW = "ghcr.io/lab/shop@sha256:" + "b" * 64
PLAN = {"service": "app", "command": ["alembic", "upgrade", "head"], "seconds": 60}
SECRETS = b'{"application": {"POSTGRES_PASSWORD": "hunter22"}}'


def raw(**changes: Any) -> bytes:
    texts = {"host.json": host_json(**changes).decode(), "Caddyfile": "c", "edge.yaml": "e", "overlay.yaml": "o", "program": "p"}
    texts["app/compose.yaml"] = "services: {}"
    return json.dumps({"format": 1, "files": {name: {"text": text} for name, text in texts.items()}}).encode()


class ReleasedHost(HostTest):
    """A host that was deployed once, with record 1. Docker, Caddy and registries are a list of what was asked of them."""

    def setUp(self) -> None:
        super().setUp()
        self.asked: list[str] = []
        self.failure: HostError | None = None
        bundle.keep(raw(), SECRETS)
        bundle.keep(raw(), SECRETS, good=True)
        parts = bundle.parse(raw())
        first = {"app": Image("ghcr.io/lab/shop:1.0", OLD, False)}
        records.write(
            records.Record(1, records.DEPLOY, "2026-11-21T00:00:00Z", "deploy", records.GOOD, first, records.files_of(parts))
        )
        for module, name, value in (
            (lock, "held", lambda *_: contextlib.nullcontext()),
            (recover, "after_interruption", lambda host: None),
            (images, "make_room", lambda *_: None),
            (images, "pull", self.pull),
            (images, "prune", lambda *_: []),
            (images, "digest_of_present", lambda image: OLD),
            (local_images, "refuse_foreign", lambda images: None),
            (local_images, "present", lambda image: True),
            (local_images, "identity", lambda image: {NEW: "new"}.get(image, "old")),
            (application, "services", lambda compose: {}),
            (application, "remove_strangers", lambda *_: None),
            (configuration, "retire_strangers", lambda *_: None),
            (configuration, "awaiting", lambda *_: frozenset()),
            (configuration, "wait_for_names", lambda *_: None),
            (configuration, "put_in_place", self.put_in_place),
            (configuration, "verify", lambda *_: lambda _patience: None),
            (edge, "prepare", lambda *_: {}),
            (edge, "differs", lambda caddy: False),
        ):
            self.enterContextOf(mock.patch.object(module, name, value))

    def pull(self, wanted: dict[str, str], folder: Any) -> dict[str, str]:
        return {name: NEW if image.endswith(":2") else image for name, image in wanted.items()}

    def put_in_place(self, wanted: Configuration, secrets: Any, patience: float, judged: Judged | None = None) -> list[str]:
        self.asked.append(dict(wanted.images).get("app", "stack"))
        if self.failure and wanted.images.get("app") == NEW:
            raise self.failure
        if judged:
            judged.verify(visitor.SWITCHED)
            judged.commit()
        return []

    def kinds(self) -> list[tuple[str, str]]:
        return [(record.kind, record.outcome) for record in records.read_all()]


class ReleaseTest(ReleasedHost):
    def test_it_is_recorded_as_a_whole(self) -> None:
        release.release({"app": "ghcr.io/lab/shop:2"}, "run/7", None)
        record = records.current()
        assert record
        self.assertEqual((record.number, record.kind, record.by), (2, records.RELEASE, "run/7"))
        self.assertEqual(record.images, {"app": Image("ghcr.io/lab/shop:2", NEW, True)})
        self.assertEqual(record.parts.files, bundle.parse(raw()).files)
        self.assertNotIn("hunter22", (records.FOLDER / "000002.json").read_text())
        self.assertIsNone(records.interrupted())

    def test_a_failure_goes_back_and_is_remembered_with_its_reason(self) -> None:
        self.failure = failed("services/app", "is exited with 3", lines=["app | cannot find the settings"])
        with self.assertRaises(HostError) as caught:
            release.release({"app": "ghcr.io/lab/shop:2"}, "run/7", None)
        self.assertEqual(caught.exception.lines, ("app | cannot find the settings",))
        self.assertEqual(self.asked, [NEW, "stack"])
        self.assertEqual(self.kinds(), [(records.RELEASE, records.FAILED), (records.DEPLOY, records.GOOD)])
        self.assertIn("services/app: is exited with 3", records.read_all()[0].reason)
        self.assertEqual(state.read().get("state"), None)  # the host is as it was
        self.assertIsNone(records.interrupted())

    def test_what_fails_after_the_switch_does_not_take_the_new_version_away(self) -> None:
        with (
            mock.patch.object(configuration, "wait_for_names", side_effect=failed("services/app", "late")),
            self.assertRaises(HostError),
        ):
            release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        self.assertEqual(self.asked, [NEW])
        self.assertEqual((records.current() or records.find(1)).number, 2)

    def test_the_same_image_again_makes_no_record(self) -> None:
        release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        self.assertEqual(len(records.read_all()), 2)

    def test_services_without_released_images_are_named(self) -> None:
        (fault,) = self.faults_of(release.release, {"web": "x:1"}, "", None)
        self.assertEqual(fault, "release/web: is no service of the application; services with released images: app")

    def test_the_key_of_ci_brings_in_nothing_but_images_of_the_stacks_repositories(self) -> None:
        foreign = (
            "evil/shop:2", "docker.io/lab/shop:2", "ghcr.io/lab/shop-evil:2", "ghcr.io/lab/shop/evil:2", "ghcr.io:443/lab/shop:2",
            "169.254.169.254/lab/shop:2", "ghcr.io.evil.example/lab/shop:2", "evil/shop@sha256:" + "b" * 64,
        )  # fmt: skip
        with mock.patch.dict(os.environ, {"SUDO_USER": "release"}):
            for image in foreign:
                (fault,) = self.faults_of(release.release, {"app": image}, "", None)
                self.assertRegex(fault, r"^release/app: \S+ is no repository of the stack's; .* from ghcr.io/lab/shop; ")
            self.assertEqual(self.asked, [])
            release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        with mock.patch.dict(os.environ, {"SUDO_USER": "deploy"}):
            release.release({"app": "evil/shop:3"}, "", None)
        self.assertEqual(self.asked, [NEW, "evil/shop:3"])

    def test_a_repository_that_the_stack_has_named_anew_is_its_own(self) -> None:
        bundle.keep(raw(application__services={"app": {"image": "quay.io/lab/shop:1", "released": True}}), SECRETS)
        with mock.patch.dict(os.environ, {"SUDO_USER": "release"}):
            release.release({"app": "quay.io/lab/shop:2"}, "", None)
            release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        self.assertEqual(len(self.asked), 2)

    def test_a_full_disk_is_an_attempt_too(self) -> None:
        with mock.patch.object(images, "make_room", side_effect=OSError(28, "No space left on device")):
            (fault,) = self.faults_of(release.release, {"app": "ghcr.io/lab/shop:2"}, "", None)
        self.assertIn("No space left", fault)
        self.assertEqual(self.kinds()[0], (records.RELEASE, records.FAILED))


class RollbackTest(ReleasedHost):
    def test_it_replays_a_record_and_tells_the_truth_about_data(self) -> None:
        release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        release.rollback(None, "admin")
        self.assertEqual(self.asked, [NEW, "stack"])
        record = records.current()
        assert record
        self.assertEqual((record.kind, record.of, record.by), (records.ROLLBACK, 1, "admin"))
        self.assertIn("rollback: data stays as it is; images, compose, Caddyfile and settings go back", self.said)
        self.assertIsNone(state.read()["behind"])  # only the image went back

    def test_an_older_configuration_is_behind_and_keeps_the_keys_of_today(self) -> None:
        today = raw(application__settings={"DEBUG": "true"}, deploy_keys=["ssh-ed25519 AAAA new-admin"])
        bundle.keep(today, SECRETS)
        parts = bundle.parse(today)
        present = {"app": Image("ghcr.io/lab/shop:1.0", OLD, False)}
        files = records.files_of(parts)
        records.write(records.Record(2, records.DEPLOY, "2026-11-21T01:00:00Z", "deploy", records.GOOD, present, files))
        release.rollback(1, "")
        host = settings.load()
        self.assertEqual(host.application.settings, {"DEBUG": "false"})
        self.assertEqual(host.machine.deploy_keys, ("ssh-ed25519 AAAA new-admin",))
        self.assertEqual(state.read()["behind"], 1)

    def test_a_failed_record_is_nothing_to_go_back_to(self) -> None:
        self.failure = failed("services/app", "no")
        with self.assertRaises(HostError):
            release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        self.assertIn("failed then", self.faults_of(release.rollback, 2, "")[0])


class DeployTest(ReleasedHost):
    def wanted(self, image: str) -> dict[str, str]:
        services = {"app": {"image": image, "released": True, "one_shot": False}}
        parts = bundle.parse(raw(application__services=services))
        return dict(configuration.with_released_images(settings.parse(parts.text("host.json")), parts).images)

    def test_it_does_not_turn_a_released_image_back(self) -> None:
        self.assertEqual(self.wanted("ghcr.io/lab/shop:1.0"), {})  # nothing was released yet: the stack's image holds
        release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        self.assertEqual(self.wanted("ghcr.io/lab/shop:1.0"), {"app": NEW})
        self.assertEqual(self.wanted("ghcr.io/lab/shop:1.5"), {"app": NEW})

    def test_another_repository_takes_its_place(self) -> None:
        release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        self.assertEqual(self.wanted("ghcr.io/lab/other:1"), {})
        self.assertIn("ghcr.io/lab/other:1 takes the place of", self.said[-1])

    def test_only_what_changes_something_makes_a_record(self) -> None:
        release.release({"app": "ghcr.io/lab/shop:2"}, "run/7", None)
        parts = bundle.parse(raw())
        host = settings.parse(parts.text("host.json"))
        apply._record(Configuration(parts, {"app": NEW}), host, 1)
        self.assertEqual(len(records.read_all()), 2)
        changed = bundle.parse(raw(application__settings={"DEBUG": "true"}))
        apply._record(Configuration(changed, {"app": NEW}), host, 1)
        record = records.current()
        assert record
        self.assertEqual((record.number, record.kind), (3, records.DEPLOY))
        self.assertEqual(record.images, {"app": Image("ghcr.io/lab/shop:2", NEW, True)})


class ResumeTest(ReleasedHost):
    def test_after_a_kill_the_newest_good_record_comes_to_life(self) -> None:
        release.release({"app": "ghcr.io/lab/shop:2"}, "", None)
        records.begin(records.RELEASE, "ci")
        with mock.patch.object(rollout, "await_boot"):
            release.resume()
        self.assertEqual(self.asked[-1], NEW)
        self.assertIsNone(records.interrupted())

    def test_an_interrupted_deployment_goes_on(self) -> None:
        records.begin(records.DEPLOY, "deploy")
        with mock.patch.object(apply, "apply") as applied:
            release.resume()
        applied.assert_called_once()


class MigrationTest(ReleasedHost):
    def migrate(self, code: int, former: str = OLD) -> tuple[list[str], list[list[str]]]:
        parts = bundle.parse(raw(application__migration=PLAN))
        ran: list[list[str]] = []
        taken: list[str] = []

        def run(argv: list[str], **_: Any) -> Any:
            ran.append(argv)
            return mock.Mock(code=code, last_lines=["no such revision"])

        with mock.patch.object(migration, "run_program", run), mock.patch.object(engine, "exists", return_value=False):
            secrets = bundle.parse_secrets(SECRETS)
            wanted, base = Configuration(parts, {"app": NEW}), Configuration(parts, {"app": former})
            migration.run(wanted, base, secrets, taken.append)
        return taken, ran

    def test_it_runs_once_in_the_new_image_and_no_shell(self) -> None:
        _, (argv,) = self.migrate(0)
        self.assertEqual(argv[-4:], ["app", "alembic", "upgrade", "head"])
        self.assertIn("no way back", self.said[0])

    def test_the_same_image_is_not_migrated_again(self) -> None:
        self.assertEqual(self.migrate(0, former=NEW), ([], []))

    def test_a_failure_ends_the_release_before_a_container_is_touched(self) -> None:
        with self.assertRaises(HostError) as caught:
            self.migrate(1)
        self.assertIn("migration: ended with exit code 1; the old version serves on", str(caught.exception))
        self.assertEqual(caught.exception.lines, ("no such revision",))

    def test_a_backup_comes_first_and_is_named_in_the_error(self) -> None:
        parts = bundle.parse(raw(application__migration=PLAN, backup=backup_json()))
        order: list[str] = []

        def save(*_: Any, safety: bool) -> Any:
            order.append("backup")
            run = mock.Mock()
            run.name = "20261121T000000Z"
            return run

        def run(argv: list[str], **_: Any) -> Any:
            order.append("migration")
            return mock.Mock(code=1, last_lines=[])

        with (
            mock.patch.object(backup, "open_repository", return_value=(mock.Mock(), mock.Mock())),
            mock.patch.object(backup, "save", save),
            mock.patch.object(migration, "run_program", run),
            mock.patch.object(engine, "exists", return_value=False),
        ):
            secrets = bundle.parse_secrets(SECRETS)
            arguments = (Configuration(parts, {"app": NEW}), Configuration(parts, {"app": OLD}), secrets, order.append)
            (fault,) = self.faults_of(migration.run, *arguments)
        self.assertEqual(order, ["backup", "20261121T000000Z", "migration"])
        self.assertIn("`single-host restore 20261121T000000Z` undoes what it did", fault)


class VerifyTest(HostTest):
    def look(self, certificate: bool, **options: Any) -> list[str]:
        host, seen = settings.parse(host_json()), []
        with (
            mock.patch.object(visitor, "has_certificate", return_value=certificate),
            mock.patch.object(visitor, "verify", lambda site, *_: seen.append(site.address) or "answers"),
        ):
            configuration.verify(host, frozenset(), **options)(visitor.LONG)
        return seen

    def test_a_certificate_that_is_late_takes_no_release_back(self) -> None:
        self.assertEqual(self.look(certificate=True), ["https://shop.example"])
        self.assertEqual(self.look(certificate=False), [])
        self.assertIn("no certificate yet", self.said[-1])
        self.assertEqual(self.look(certificate=False, patient=True), ["https://shop.example"])
