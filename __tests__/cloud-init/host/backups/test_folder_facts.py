import os
from typing import Any

from support import HostTest

from single_host.backups.facts.folder import SAMPLED_BYTES, SAMPLED_FILES, digest_of_file, facts_of_folder, facts_of_saved


class FolderFactsTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.root / "folder"
        (self.folder / "deep").mkdir(parents=True)
        for number in range(100):
            (self.folder / "deep" / f"{number}").write_text(f"content {number}")
        (self.folder / "link").symlink_to("deep")

    def test_equal_folders_have_equal_facts_and_a_changed_byte_shows(self) -> None:
        before = facts_of_folder(self.folder)
        self.assertEqual({key: before[key] for key in ("files", "folders", "links")}, {"files": 100, "folders": 1, "links": 1})
        self.assertEqual(facts_of_folder(self.folder, like=before), before)
        victim = self.folder / next(iter(before["samples"]))
        status = victim.stat()
        victim.write_bytes(victim.read_bytes()[:-1] + b"X")
        os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assertNotEqual(facts_of_folder(self.folder, like=before), before)

    def test_a_file_that_is_missing_or_new_shows(self) -> None:
        before = facts_of_folder(self.folder)
        (self.folder / "deep" / "1").unlink()
        self.assertNotEqual(facts_of_folder(self.folder, like=before), before)

    def listing(self) -> list[dict[str, Any]]:
        """As restic tells it."""
        found = []
        for path in sorted([self.root, self.folder, *self.folder.rglob("*")]):
            status = path.lstat()
            kind = "symlink" if path.is_symlink() else "dir" if path.is_dir() else "file"
            moment = f"2026-11-21T03:15:00.{status.st_mtime_ns % 10**9:09}".rstrip("0") + "+01:00"
            found.append(
                {"path": str(path), "type": kind, "mtime": moment, **({"size": status.st_size} if kind == "file" else {})}
            )
        return found

    def test_a_restored_folder_has_the_facts_of_what_restic_has_saved(self) -> None:
        saved = facts_of_saved(self.folder, self.listing())
        self.assertEqual(len(saved["samples"]) >= SAMPLED_FILES, True)
        self.assertEqual(facts_of_folder(self.folder, like=saved), saved)

    def test_a_file_that_was_written_after_restic_had_read_it_is_no_sample(self) -> None:
        listing = self.listing()
        first = facts_of_saved(self.folder, listing)
        name = next(iter(first["samples"]))
        (self.folder / name).write_text("quite another thing")
        saved = facts_of_saved(self.folder, listing)
        self.assertEqual(saved, {**first, "samples": {key: value for key, value in first["samples"].items() if key != name}})

    def test_a_single_file_has_facts_too(self) -> None:
        file = self.folder / "deep" / "1"
        found = facts_of_folder(file)
        self.assertEqual((found["files"], found["bytes"], list(found["samples"])), (1, 9, ["."]))
        self.assertEqual(facts_of_folder(file, like=found), found)

    def test_of_a_large_file_both_ends_count(self) -> None:
        file = self.root / "large"
        size = 3 * SAMPLED_BYTES
        found = set()
        for place in (0, size - 1):
            with file.open("wb") as content:
                content.truncate(size)
                content.seek(place)
                content.write(b"x")
            found.add(digest_of_file(file))
        self.assertEqual(len(found), 2)
