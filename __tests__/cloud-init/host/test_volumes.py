from pathlib import Path
from unittest import mock

from support import HostTest

from single_host import engine, layout, volumes


class VolumesTest(HostTest):
    """A volume in the folder that Docker gives it."""

    def place(self) -> Path:
        return self.root / "uploads" / "_data"

    def setUp(self) -> None:
        super().setUp()
        self.present = self.place()
        self.before = volumes.beside(self.present, volumes.BEFORE)
        self.fresh = volumes.beside(self.present, volumes.RESTORING) / "var" / "lib" / "uploads"
        for folder, text in ((self.present, "now"), (self.fresh, "then")):
            folder.mkdir(parents=True)
            (folder / "file").write_text(text)

    def check(self, text: str) -> None:
        self.assertEqual((self.present / "file").read_text(), text)
        self.assertEqual([entry.name for entry in self.present.parent.iterdir()], [self.present.name])

    def settle(self) -> None:
        volumes.settle(self.present, self.fresh)

    def test_the_restored_takes_the_place(self) -> None:
        self.settle()
        volumes.exchange(self.present)
        self.check("then")

    def test_a_kill_while_restic_writes_changes_nothing(self) -> None:
        self.assertFalse(volumes.clear(self.present))
        self.check("now")

    def test_a_kill_between_the_renames_is_undone(self) -> None:
        self.settle()
        self.present.rename(self.before)
        self.assertTrue(volumes.clear(self.present))
        self.check("now")

    def test_a_kill_between_the_renames_is_finished_when_all_was_fetched(self) -> None:
        self.settle()
        self.present.rename(self.before)
        volumes.exchange(self.present)
        self.check("then")
        volumes.exchange(self.present)
        self.check("then")

    def test_an_empty_folder_that_docker_made_meanwhile_does_not_win(self) -> None:
        self.settle()
        self.present.rename(self.before)
        self.present.mkdir()
        self.assertTrue(volumes.clear(self.present))
        self.check("now")

    def test_two_folders_with_data_are_both_kept(self) -> None:
        self.settle()
        self.present.rename(self.before)
        self.present.mkdir()
        (self.present / "new").write_text("")
        self.assertIn("has data, and so has", self.faults_of(volumes.clear, self.present)[0])
        self.assertEqual((self.before / "file").read_text(), "now")

    def test_a_kill_after_the_renames_is_finished(self) -> None:
        self.settle()
        self.present.rename(self.before)
        volumes.beside(self.present, volumes.RESTORED).rename(self.present)
        self.assertFalse(volumes.clear(self.present))
        self.check("then")

    def test_a_snapshot_without_the_volume_changes_nothing(self) -> None:
        self.assertIn("is not in the snapshot", self.faults_of(volumes.settle, self.present, self.root / "elsewhere")[0])
        self.assertEqual((self.present / "file").read_text(), "now")


class DataVolumeTest(VolumesTest):
    """A volume on the data volume, where several share a folder."""

    def place(self) -> Path:
        return layout.VOLUME / "volumes" / "uploads"

    def test_another_volume_beside_it_stays_as_it_is(self) -> None:
        other = self.present.parent / ".single-host-before-mail"
        other.mkdir()
        self.settle()
        volumes.exchange(self.present)
        self.assertTrue(other.is_dir())


class FolderTest(HostTest):
    def folder(self, **found: object) -> Path | None:
        with mock.patch.object(engine, "exists", return_value=True), mock.patch.object(engine, "get", return_value=found):
            return volumes.folder("shop_uploads")

    def test_dockers_own_folder_is_where_a_plain_volume_lies(self) -> None:
        self.assertEqual(self.folder(Mountpoint="/d/shop_uploads/_data", Options=None), Path("/d/shop_uploads/_data"))

    def test_a_bound_one_lies_where_it_is_bound_to_and_nowhere_while_its_disk_is_away(self) -> None:
        place = layout.VOLUME / "volumes" / "uploads"
        found = {"Mountpoint": "/d/shop_uploads/_data", "Options": {"type": "none", "o": "bind", "device": str(place)}}
        self.assertIsNone(self.folder(**found))
        place.mkdir(parents=True)
        self.assertEqual(self.folder(**found), place)
