from support import HostTest

from single_host import volumes


class VolumesTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.present = self.root / "uploads" / "_data"
        self.restored = self.root / "uploads" / volumes.RESTORING / "var" / "lib" / "_data"
        for folder, text in ((self.present, "now"), (self.restored, "then")):
            folder.mkdir(parents=True)
            (folder / "file").write_text(text)

    def check(self, text: str) -> None:
        self.assertEqual((self.present / "file").read_text(), text)
        self.assertEqual([entry.name for entry in self.present.parent.iterdir()], ["_data"])

    def test_the_restored_takes_the_place(self) -> None:
        volumes.replace(self.present)
        self.check("then")

    def test_a_kill_while_restic_writes_changes_nothing(self) -> None:
        self.assertFalse(volumes.recover(self.present))
        self.check("now")

    def test_a_kill_between_the_renames_is_undone(self) -> None:
        self.present.rename(self.present.parent / volumes.BEFORE)
        self.assertTrue(volumes.recover(self.present))
        self.check("now")

    def test_an_empty_folder_that_docker_made_meanwhile_does_not_win(self) -> None:
        self.present.rename(self.present.parent / volumes.BEFORE)
        self.present.mkdir()
        self.assertTrue(volumes.recover(self.present))
        self.check("now")

    def test_two_folders_with_data_are_both_kept(self) -> None:
        self.present.rename(self.present.parent / volumes.BEFORE)
        self.present.mkdir()
        (self.present / "new").write_text("")
        self.assertIn("has data, and so has", self.faults_of(volumes.recover, self.present)[0])
        self.assertEqual((self.present.parent / volumes.BEFORE / "file").read_text(), "now")

    def test_a_kill_after_the_renames_is_finished(self) -> None:
        self.present.rename(self.present.parent / volumes.BEFORE)
        self.restored.rename(self.present)
        self.assertFalse(volumes.recover(self.present))
        self.check("then")

    def test_a_snapshot_without_the_volume_changes_nothing(self) -> None:
        self.restored.rename(self.root / "elsewhere")
        self.assertIn("is not in the snapshot", self.faults_of(volumes.replace, self.present)[0])
        self.assertEqual((self.present / "file").read_text(), "now")
