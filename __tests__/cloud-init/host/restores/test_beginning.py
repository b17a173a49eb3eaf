from unittest import mock

from support import HostTest, backup_json, container, host_json

from single_host import bundle, containers, settings, state, volumes
from single_host.backups import backup
from single_host.restores import beginning

PLAN = backup_json(postgres=[{"service": "postgres"}], volumes=["uploads"])
RUN = backup.Run("20261121T031500Z", {"volume/uploads": "1"}, expected=1)
SAFE = backup.Run("20261121T041500Z", {"volume/uploads": "1"}, expected=1, safety=True)
BROKEN = backup.Run("20261121T051500Z", {"volume/uploads": "1"})
SECRETS = bundle.Secrets({}, {"RESTIC_PASSWORD": "x"}, {})


class DecideTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.repository = mock.Mock(host="shop-beta", repository="s3:bucket")
        self.repository.listed.return_value = []

    def decide(self, wish: str | None, *runs: backup.Run) -> str:
        host = settings.parse(host_json(backup={**PLAN, "restore_from": wish}))
        with (
            mock.patch.object(backup, "open_repository", return_value=(host.backup, self.repository)),
            mock.patch.object(backup, "runs", return_value=list(runs)),
            mock.patch.object(backup, "manifest", return_value=backup.Manifest("", {}, {})),
        ):
            found = beginning.decide(host, SECRETS)
        return found.source.run.name if found else ""

    def test_the_newest_that_was_made_by_night(self) -> None:
        self.assertEqual(self.decide("latest", BROKEN, SAFE, RUN), RUN.name)

    def test_one_by_its_name_a_safety_copy_too(self) -> None:
        self.assertEqual(self.decide(SAFE.name, BROKEN, SAFE, RUN), SAFE.name)
        said = self.faults_of(self.decide, BROKEN.name, BROKEN, SAFE, RUN)[0]
        self.assertIn("is not a complete backup of this host; the newest are 20261121T041500Z", said)

    def test_another_stacks_backup_is_refused(self) -> None:
        self.repository.listed.return_value = [{"hostname": "bakery"}]
        for wish in ("latest", None, RUN.name):
            said = self.faults_of(self.decide, wish)[0]
            self.assertIn("is a backup of bakery, and this host is shop-beta", said)

    def test_no_backup_yet_is_no_error(self) -> None:
        for wish in ("latest", None):
            self.assertEqual(self.decide(wish, BROKEN), "")
            self.assertEqual(self.said[-1], "restore: no backup yet: begins empty")

    def test_a_database_never_begins_empty_in_place_of_one_that_is_saved(self) -> None:
        said = self.faults_of(self.decide, None, RUN)[0]
        self.assertIn('set restoreFrom: "latest", or "nothing"', said)
        self.assertEqual(self.decide("nothing", RUN), "")

    def test_a_host_that_has_begun_is_asked_nothing(self) -> None:
        for known in ({"first_applied_at": "x"}, {"restored": {"run": "A"}}, {"beginning": {"done": True}}):
            state.update(first_applied_at=None, restored=None, beginning=None)
            state.update(**known)
            self.assertEqual(self.decide("latest", RUN), "")


class SurvivorTest(HostTest):
    def test_what_has_data_already_stays(self) -> None:
        host = settings.parse(host_json(backup={**PLAN, "volumes": ["uploads", "cache"], "paths": [str(self.root / "letters")]}))
        for name in ("uploads", "cache", "letters"):
            (self.root / name).mkdir()
        for name in ("uploads", "letters"):
            (self.root / name / "file").write_text("")
        with mock.patch.object(volumes, "folder", lambda name: self.root / name):
            kept = beginning._survivors(host)
        self.assertEqual(kept, ["volume/uploads", f"path/{self.root}/letters"])
        self.assertTrue(beginning._has_survived("sqlite/uploads/a.db", kept))
        self.assertFalse(beginning._has_survived("volume/cache", kept))

    def test_a_cluster_is_known_wherever_its_image_keeps_it(self) -> None:
        host = settings.parse(host_json(backup=PLAN))
        for number, place in enumerate(("", "data", "18/docker")):
            folder = self.root / str(number)
            (folder / place).mkdir(parents=True)
            found = [container("postgres", volumes=frozenset(["pg"]))]
            with (
                mock.patch.object(containers, "find", return_value=found),
                mock.patch.object(volumes, "folder", return_value=folder),
            ):
                self.assertEqual(beginning._surviving_clusters(host), [])
                (folder / place / "PG_VERSION").write_text("17")
                self.assertEqual(beginning._surviving_clusters(host), ["postgres/postgres"])
