from pathlib import Path
from typing import Any
from unittest import mock

from support import HostTest, backup_json, container, host_json

from single_host import containers, recover, settings, state, volumes
from single_host.backups.backup import Manifest, Run
from single_host.fault import failed
from single_host.restores import replacements, restoration, restore
from single_host.restores.replacements import EngineFile, Folder
from single_host.restores.source import Source
from single_host.site import rollout

PATHS = {"1": "/old/mail", "2": "/old/uploads", "3": "/copy"}
NAMES = {"3": "shop.db"}
NOTHING_SAID = Manifest("", {}, {})


class FakeRestic:
    """Restores what it is told to have, or fails on the way."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing

    def restore(self, snapshot: str, target: Path) -> None:
        folder = target / PATHS[snapshot].lstrip("/")
        folder.mkdir(parents=True)
        (folder / NAMES.get(snapshot, "file")).write_text("then")
        if snapshot == self.failing:
            raise failed("restic", "no space left on device")

    def path_of(self, snapshot: str) -> str:
        return PATHS[snapshot]


class RestorationTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.host = settings.parse(host_json())
        self.folders = [self.root / name / "_data" for name in ("mail", "uploads")]
        for folder in self.folders:
            folder.mkdir(parents=True)
            (folder / "file").write_text("now")
        self.items = [Folder(f"volume/{folder.parent.name}", str(folder)) for folder in self.folders]
        self.ran: list[list[str]] = []
        always = container("worker", restart_policy="always")
        stopped = container("stopped", status="exited")
        for target, name, value in (
            (restoration, "run", lambda argv, **_: self.ran.append(argv)),
            (volumes, "flush", lambda _: None),
            (containers, "find", lambda *_: [container(), always, stopped]),
        ):
            self.enterContextOf(mock.patch.object(target, name, value))
        self.enterContextOf(mock.patch("signal.signal"))

    def source(self, **options: Any) -> Source:
        return Source(FakeRestic(**options), Run("A", {"volume/mail": "1", "volume/uploads": "2"}), NOTHING_SAID)  # type: ignore[arg-type]

    def contents(self) -> list[str]:
        return [(folder / "file").read_text() for folder in self.folders]

    def expect_tidy(self, text: str) -> None:
        self.assertEqual(self.contents(), [text, text])
        self.assertEqual([[entry.name for entry in folder.parent.iterdir()] for folder in self.folders], [["_data"]] * 2)
        self.assertFalse(restoration.interrupted())

    def test_all_is_fetched_before_anything_stops_and_all_takes_its_place(self) -> None:
        restoration.fetch(self.source(), self.items)
        self.assertEqual((self.contents(), self.ran), (["now", "now"], []))
        restoration.exchange(self.host, self.items)
        self.expect_tidy("then")
        self.assertEqual(state.read()["restored"]["run"], "A")

    def test_what_docker_starts_at_each_boot_does_not_while_data_is_exchanged(self) -> None:
        restoration.fetch(self.source(), self.items)
        restoration.exchange(self.host, self.items)
        update = ["docker", "update", "--restart"]
        self.assertEqual(
            self.ran,
            [
                [*update, "unless-stopped", "worker-identity"],
                ["docker", "stop", "app-identity", "worker-identity"],
                ["docker", "start", "app-identity"],
                [*update, "always", "worker-identity"],
                ["docker", "start", "worker-identity"],
            ],
        )

    def test_a_database_that_mounts_what_has_changed_starts_anew_before_what_needs_it(self) -> None:
        plan = backup_json(postgres=[{"service": "db"}], volumes=["mail", "uploads"])
        host = settings.parse(host_json(backup=plan))
        database = container("db", volumes=frozenset({"uploads", "rows"}))
        restoration.fetch(self.source(), self.items)
        with (
            mock.patch.object(containers, "find", lambda *_: [container(), database]),
            mock.patch.object(rollout, "wait") as wait,
        ):
            restoration.exchange(host, self.items)
        self.assertEqual(self.ran[0], ["docker", "stop", "app-identity"])
        self.assertEqual(self.ran[1:], [["docker", "restart", "db-identity"], ["docker", "start", "app-identity"]])
        wait.assert_called_once()

    def test_the_files_of_a_database_that_runs_have_no_place(self) -> None:
        host = settings.parse(host_json(backup=backup_json(postgres=[{"service": "db"}], volumes=["socket"])))
        with (
            mock.patch.object(containers, "mounting", return_value=[container("db"), container("keeper")]),
            mock.patch.object(volumes, "folder", return_value=Path("/x")),
        ):
            self.assertIsNone(restore.place_of(host, "volume/rows"))
            self.assertEqual(restore.place_of(host, "volume/socket"), "/x")

    def test_what_cannot_be_fetched_leaves_everything_as_it_was(self) -> None:
        said = self.faults_of(restoration.fetch, self.source(failing="2"), self.items)
        self.assertEqual(said, ["restic: no space left on device"])
        self.expect_tidy("now")
        self.assertEqual(self.ran, [])

    def test_a_kill_while_it_fetches_is_undone(self) -> None:
        with mock.patch.object(restoration, "give_up"):
            self.faults_of(restoration.fetch, self.source(failing="2"), self.items)
        self.assertEqual(restoration.after_interruption(self.host), "")
        self.expect_tidy("now")
        self.assertIn("the data is as it was", self.said[-1])

    def test_a_kill_at_any_step_of_the_exchange_is_finished(self) -> None:
        class Killed(BaseException):
            pass

        exchange = volumes.exchange
        steps = [("stop", "x"), *((item.part, moment) for item in self.items for moment in ("before", "between", "after"))]
        for number, (part, moment) in enumerate(steps):
            with self.subTest(part=part, moment=moment):
                for folder in self.folders:
                    (folder / "file").write_text("now")
                restoration.fetch(self.source(), self.items)

                def killed(present: Path, part: str = part, moment: str = moment) -> None:
                    if part != f"volume/{present.parent.name}":
                        return exchange(present)
                    if moment == "between":
                        present.rename(volumes.beside(present, volumes.BEFORE))
                    elif moment == "after":
                        exchange(present)
                    raise Killed

                stop = mock.patch.object(restoration, "_stop_writers", side_effect=Killed)
                way = stop if part == "stop" else mock.patch.object(volumes, "exchange", killed)
                with way, mock.patch.object(restoration, "_start"), self.assertRaises(Killed):
                    restoration.exchange(self.host, self.items)
                self.ran.clear()
                self.assertEqual(restoration.after_interruption(self.host), "A", number)
                self.expect_tidy("then")
                self.assertIn(["docker", "start", "app-identity"], self.ran)

    def test_a_part_that_cannot_take_its_place_is_told_and_nothing_writes_until_it_has(self) -> None:
        restoration.fetch(self.source(), self.items)
        exchange = volumes.exchange

        def busy(present: Path) -> None:
            if present.parent.name == "uploads":
                raise failed("volume/uploads", "is busy")
            exchange(present)

        with mock.patch.object(volumes, "exchange", busy):
            said = self.faults_of(restoration.exchange, self.host, self.items)
        self.assertIn("volume/mail is of A, the rest is as it was; the services stay stopped, so that none writes", said[-1])
        start = ["docker", "start", "app-identity"]
        self.assertNotIn(start, self.ran)
        self.assertEqual(restoration.after_interruption(self.host), "A")
        self.expect_tidy("then")
        self.assertIn(start, self.ran)

    def test_an_exchange_that_keeps_failing_gives_way_to_another_backup_and_to_nothing_else(self) -> None:
        exchange = volumes.exchange

        def busy(present: Path) -> None:
            if present.parent.name == "uploads":
                raise failed("volume/uploads", "is busy")
            exchange(present)

        restoration.fetch(self.source(), self.items)
        restoration.keep_way_back("SAFETY")
        self.enterContextOf(mock.patch.object(recover, "after_interruption", restoration.after_interruption))
        broken = mock.patch.object(volumes, "exchange", busy)
        with broken:
            said = self.faults_of(restoration.exchange, self.host, self.items)
        self.assertIn("`single-host restore SAFETY` goes back instead", said[-1])
        with broken:
            self.faults_of(restore._finish, self.host, restore.Wish(run="A"))
            for _ in range(2):  # a second wish may follow a first that was refused
                self.assertEqual(restore._finish(self.host, restore.Wish(run="SAFETY")), "")
        given_up = "restore: that of A was given up with volume/mail in place; the services stay stopped"
        for source in (None, self.source(failing="2")):  # before, and after another one could not be fetched
            if source:
                self.faults_of(restoration.fetch, source, self.items)
            self.assertTrue(state.half_restored())
            self.assertIn(given_up, self.faults_of(restoration.after_interruption, self.host)[0])
            self.assertEqual(self.contents(), ["then", "now"])
        start = ["docker", "start", "app-identity"]
        self.assertNotIn(start, self.ran)
        with mock.patch.object(restoration, "give_up"):  # killed
            self.faults_of(restoration.fetch, self.source(failing="2"), self.items)
        self.assertIn(given_up, self.faults_of(restoration.after_interruption, self.host)[0])
        restoration.fetch(self.source(), self.items)
        restoration.exchange(self.host, self.items)
        self.expect_tidy("then")
        self.assertIn(start, self.ran)

    def test_what_a_given_up_exchange_has_put_in_place_goes_with_the_others(self) -> None:
        mixed = {"run": "A", "done": ["volume/mail"]}
        said = self.faults_of(restore._refuse_two_times, mixed, self.items[1:])
        self.assertEqual(
            said, ["restore/--only: volume/mail would stay of A; name these parts too, or choose a backup that has them"]
        )
        restore._refuse_two_times(mixed, self.items[:1])
        restore._refuse_two_times({}, self.items[1:])

    def test_an_interrupted_restore_of_an_older_program_is_undone(self) -> None:
        self.assertEqual(restoration.after_interruption(self.host), "")
        state.update(restoring="A")
        self.assertEqual(restoration.after_interruption(self.host), "")
        self.assertIn("run `single-host restore A` to finish it", self.said[-1])


class EngineFileTest(HostTest):
    """A database file goes back into a volume that keeps the rest; the old one's journals go with the old one."""

    def test_it_takes_the_place_of_the_old_one_and_of_what_belonged_to_it(self) -> None:
        volume = self.root / "app" / "_data"
        (volume / "db").mkdir(parents=True)
        for name in ("shop.db", "shop.db-wal", "shop.db-shm", "other.db-wal"):
            (volume / "db" / name).write_text("now")
        item = EngineFile("sqlite/app/db/shop.db", str(volume))
        source = Source(FakeRestic(), Run("A", {item.part: "3"}), NOTHING_SAID)  # type: ignore[arg-type]
        with mock.patch.object(volumes, "flush"), mock.patch.object(replacements, "facts_of_sqlite", return_value={}):
            item.fetch(source)
        self.assertEqual(item.target.read_text(), "now")
        for _ in range(2):  # done twice it is done once
            item.exchange()
            self.assertEqual(sorted(entry.name for entry in (volume / "db").iterdir()), ["other.db-wal", "shop.db"])
            self.assertTrue(item.target.read_text().startswith("then"))
        self.assertEqual([entry.name for entry in volume.parent.iterdir()], ["_data"])
