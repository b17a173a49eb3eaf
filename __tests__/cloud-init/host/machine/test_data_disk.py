from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from support import HostTest

from single_host import layout
from single_host.machine import data_disk
from single_host.run import Result

UUID = "1892147e-6735-41d7-896b-e3ed104ddcdb"


class DiskTest(HostTest):
    """A file stands for the device; blkid's answers are those of util-linux 2.41."""

    def setUp(self) -> None:
        super().setUp()
        self.device = self.root / "disk"
        self.device.write_bytes(bytes(6 * 1024**2))
        self.ran: list[list[str]] = []
        self.answers = {"blkid": Result(2, "", "")}
        self.enterContextOf(mock.patch.object(data_disk, "run", self.run_instead))
        self.enterContextOf(mock.patch.object(Path, "is_block_device", lambda path: path == self.device))
        data_disk.FSTAB.parent.mkdir(parents=True)
        data_disk.FSTAB.write_text("/swapfile none swap sw 0 0\n")

    def run_instead(self, argv: Sequence[str], check: bool = True) -> Result:
        self.ran.append(list(argv))
        if argv[0] == "mkfs.ext4":
            self.answers["blkid"] = Result(0, f"DEVNAME={self.device}\nLABEL=single-host\nUUID={UUID}\nTYPE=ext4\n", "")
        return self.answers.get(argv[0], Result(0, "", "Nothing to do!"))

    def commands(self) -> list[str]:
        return [argv[0] for argv in self.ran]

    def blkid_finds(self, output: str, code: int = 0) -> list[str]:
        self.answers["blkid"] = Result(code, output, "")
        return self.faults_of(data_disk.look, str(self.device))


class LookTest(DiskTest):
    def test_zeros_are_blank(self) -> None:
        self.assertEqual(data_disk.look(str(self.device)).kind, data_disk.BLANK)

    def test_bytes_that_blkid_does_not_know_are_data(self) -> None:
        for offset in (1000, 4 * 1024**2 - 1, 6 * 1024**2 - 1):
            content = bytearray(6 * 1024**2)
            content[offset] = 1
            self.device.write_bytes(content)
            self.assertIn("holds data that is no file system known here", self.faults_of(data_disk.look, str(self.device))[0])

    def test_another_file_system_is_refused_by_its_name(self) -> None:
        fault = self.blkid_finds("TYPE=xfs\nUUID=1\n")[0]
        self.assertIn(f"{self.device} holds xfs: a data volume is blank or ext4; attach another volume", fault)

    def test_a_partition_table_is_refused_even_where_a_file_system_is_seen_too(self) -> None:
        self.assertIn("holds a partition table (gpt)", self.blkid_finds("PTUUID=1\nPTTYPE=gpt\n")[0])
        self.assertIn("is blank or ext4", self.blkid_finds("TYPE=ext4\nUUID=1\nPTTYPE=dos\n")[0])

    def test_what_blkid_can_not_decide_is_not_blank(self) -> None:
        self.assertIn("no file system known here", self.blkid_finds("", code=8)[0])

    def test_a_device_that_does_not_come_is_told(self) -> None:
        with mock.patch.object(data_disk, "DEVICE_PATIENCE", 0.0):
            self.assertIn("is not there after 0 s; is the volume attached", self.faults_of(data_disk.look, "/dev/none")[0])


class ReadyTest(DiskTest):
    def ready(self) -> list[str]:
        return data_disk.ready(data_disk.look(str(self.device)), None)

    def test_a_blank_disk_is_formatted_once_and_mounted_at_every_boot(self) -> None:
        self.assertEqual(self.ready(), ["formatted", "fstab", "mounted"])
        self.assertEqual(self.commands().count("mkfs.ext4"), 1)
        self.assertEqual(
            data_disk.FSTAB.read_text(),
            "/swapfile none swap sw 0 0\n"
            f"UUID={UUID} {layout.VOLUME} ext4 defaults,nofail,x-systemd.device-timeout=90s,"
            "x-systemd.before=docker.service 0 2\n",
        )
        self.ready()
        self.assertEqual(self.commands().count("mkfs.ext4"), 1)

    def test_files_in_the_place_of_the_mount_are_not_hidden(self) -> None:
        layout.VOLUME.mkdir(parents=True)
        (layout.VOLUME / "file").write_text("")
        self.assertIn("has files of the server's own disk", self.faults_of(self.ready)[0])
        self.assertNotIn("mount", self.commands())

    def test_another_disk_that_is_mounted_there_is_left_alone(self) -> None:
        layout.VOLUME.mkdir(parents=True)
        with mock.patch("os.path.ismount", return_value=True):
            self.assertIn("another disk than", self.faults_of(self.ready)[0])
        self.assertNotIn("mkfs.ext4", self.commands())
        self.assertNotIn("UUID", data_disk.FSTAB.read_text())

    def test_a_host_without_it_leaves_no_line(self) -> None:
        self.ready()
        self.assertEqual(data_disk.leave(), ["unmounted"])
        self.assertEqual(data_disk.FSTAB.read_text(), "/swapfile none swap sw 0 0\n")
        self.assertEqual(data_disk.leave(), [])


class BootTest(DiskTest):
    def test_another_disk_than_that_of_fstab_is_left_to_the_next_apply(self) -> None:
        self.answers["blkid"] = Result(0, f"UUID={UUID}\nTYPE=ext4\n", "")
        data_disk.FSTAB.write_text(f"UUID=other {layout.VOLUME} ext4 defaults 0 2\n")
        self.assertEqual(data_disk.at_boot(str(self.device)), [])
        self.assertNotIn("mount", self.commands())

    def test_a_host_that_never_had_one_does_not_wait(self) -> None:
        self.assertEqual(data_disk.at_boot("/dev/none"), [])
