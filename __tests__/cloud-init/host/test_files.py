from unittest import mock

from support import HostTest

from single_host import files


class FilesTest(HostTest):
    def test_a_file_has_its_content_and_mode(self) -> None:
        path = self.root / "a" / "b"
        self.assertTrue(files.write_if_different(path, "text", 0o600))
        self.assertEqual(path.read_text(), "text")
        self.assertEqual(path.stat().st_mode & 0o7777, 0o600)
        self.assertFalse(files.write_if_different(path, "text", 0o600))

    def test_a_changed_mode_is_put_right(self) -> None:
        path = self.root / "a"
        files.write(path, "text", 0o600)
        path.chmod(0o644)
        self.assertTrue(files.write_if_different(path, "text", 0o600))
        self.assertEqual(path.stat().st_mode & 0o7777, 0o600)

    def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(self) -> None:
        path = self.root / "only" / "a"
        files.write(path, "old")
        with mock.patch("os.fsync", side_effect=OSError("disk full")), self.assertRaises(OSError):
            files.write(path, "new")
        self.assertEqual(path.read_text(), "old")
        self.assertEqual([entry.name for entry in path.parent.iterdir()], ["a"])

    def test_the_leftover_of_a_killed_run_does_not_stop_the_next(self) -> None:
        path = self.root / "a"
        (self.root / ".a.new").write_text("half")
        files.write(path, "whole")
        self.assertEqual(path.read_text(), "whole")

    def test_a_symbolic_link_is_replaced_not_followed(self) -> None:
        target, path = self.root / "target", self.root / "link"
        target.write_text("keep")
        path.symlink_to(target)
        files.write_if_different(path, "keep")
        self.assertEqual(target.read_text(), "keep")
        self.assertFalse(path.is_symlink())

    def test_a_link_is_switched_once(self) -> None:
        link = self.root / "current"
        self.assertTrue(files.point(link, self.root / "one"))
        self.assertFalse(files.point(link, self.root / "one"))
        self.assertTrue(files.point(link, self.root / "two"))
        self.assertEqual(link.readlink(), self.root / "two")

    def test_only_empty_folders_go(self) -> None:
        (self.root / "a" / "b").mkdir(parents=True)
        (self.root / "a" / "kept").write_text("")
        files.remove_empty_folders(self.root, ["a/b/gone"])
        self.assertEqual([entry.name for entry in (self.root / "a").iterdir()], ["kept"])
