import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from support import HostTest, container, host_json

from single_host import containers, engine, run, settings, volumes
from single_host.machine import data_disk, data_volume
from single_host.machine.data_disk import Disk
from single_host.run import Result

NAME = "shop-beta_files"
PLAN = {"device": "/dev/disk/by-id/disk", "size_mebibytes": 20480, "volumes": [{"name": NAME, "folder": "files"}]}


class DataVolumeTest(HostTest):
    """Docker's volumes are what `self.volumes` says; copies and comparisons are real."""

    def setUp(self) -> None:
        super().setUp()
        self.volumes: dict[str, dict[str, Any]] = {}
        self.users = [container("app", volumes=frozenset({NAME}))]
        self.disk = Disk("/dev/disk/by-id/disk", "ext4", "uuid")
        self.ran: list[list[str]] = []
        self.enterContextOf(mock.patch.object(engine, "get", lambda path: {"Volumes": list(self.volumes.values()) or None}))
        self.enterContextOf(mock.patch.object(containers, "mounting", lambda name: self.users))
        self.enterContextOf(mock.patch.object(data_volume, "run", self.run_instead))
        for name in ("look", "is_mounted", "mount", "ready", "leave"):
            answer = {"look": lambda device: self.disk, "is_mounted": lambda disk: disk.kind != data_disk.BLANK}
            self.enterContextOf(mock.patch.object(data_disk, name, answer.get(name, lambda *given: [])))
        self.folder = data_volume.FOLDERS / "files"
        self.source = self.root / "docker" / NAME / "_data"

    def run_instead(self, argv: Sequence[str], **options: Any) -> Result:
        self.ran.append(list(argv))
        return Result(0, "", "") if argv[0] == "docker" else run.run(argv, **options)

    def docker(self) -> list[str]:
        return [" ".join(argv[1:3]) for argv in self.ran if argv[0] == "docker"]

    def plain(self, **content: str) -> None:
        self.volumes[NAME] = {"Name": NAME, "Driver": "local", "Mountpoint": str(self.source), "Options": None}
        self.source.mkdir(parents=True)
        for name, text in content.items():
            (self.source / name).write_text(text)

    def bound(self) -> None:
        options = {"type": "none", "o": "bind", "device": str(self.folder)}
        self.volumes[NAME] = {"Name": NAME, "Driver": "local", "Mountpoint": str(self.source), "Options": options}

    def on_disk(self, **content: str) -> None:
        self.folder.mkdir(parents=True)
        for name, text in content.items():
            (self.folder / name).write_text(text)

    def host(self, plan: Any = PLAN) -> settings.Settings:
        return settings.parse(host_json(data_volume=plan))

    def refusal(self, plan: Any = PLAN) -> str:
        return self.faults_of(data_volume.judge, self.host(plan))[0]


class JudgeTest(DataVolumeTest):
    def test_nothing_there_yet_is_fine(self) -> None:
        data_volume.judge(self.host())

    def test_the_prop_taken_away_while_data_lies_there(self) -> None:
        self.bound()
        self.on_disk(a="1")
        self.assertEqual(
            self.refusal(None),
            f"dataVolume/volumes/files: the data of {NAME} lies on the data volume, and the stack does not say so any more; "
            f"name files in dataVolume again; to give it up, `sudo docker volume rm {NAME}` once it is not used",
        )

    def test_a_blank_disk_in_the_place_of_the_one_with_the_data(self) -> None:
        self.bound()
        self.disk = Disk("/dev/disk/by-id/disk", data_disk.BLANK, "")
        self.assertIn(f"the data of {NAME} lies on another disk than the one that is attached", self.refusal())

    def test_a_restore_killed_between_its_two_renames_is_no_other_disk(self) -> None:
        self.bound()
        self.on_disk(a="1")
        self.folder.rename(volumes.beside(self.folder, volumes.BEFORE))
        data_volume.judge(self.host())  # the apply goes on to undo it

    def test_data_in_both_places(self) -> None:
        self.plain(a="server")
        self.on_disk(a="volume")
        self.assertIn(f"{self.source} has data, and so has {self.folder}", self.refusal())

    def test_a_volume_of_the_account_with_its_data_on_a_new_server(self) -> None:
        self.on_disk(a="volume")
        data_volume.judge(self.host())

    def test_a_volume_that_another_project_uses_is_not_moved(self) -> None:
        self.plain(a="1")
        self.users = [container("other", project="other", name="other-1")]
        self.assertIn("other-1 of another project uses it", self.refusal())

    def test_a_volume_of_another_driver(self) -> None:
        self.plain()
        self.volumes[NAME]["Driver"] = "rclone"
        self.assertIn(f"{NAME} is kept elsewhere already, by rclone", self.refusal())


class ConvergeTest(DataVolumeTest):
    def test_a_new_volume_is_a_folder_and_bound_to_it(self) -> None:
        self.assertEqual(data_volume.converge(self.host()), [NAME])
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o755)
        self.assertEqual(data_volume.FOLDERS.stat().st_mode & 0o777, 0o700)
        self.assertIn(f"device={self.folder}", self.ran[-1])

    def test_a_bound_one_is_left_alone(self) -> None:
        self.bound()
        self.on_disk(a="1")
        self.assertEqual(data_volume.converge(self.host()), [])
        self.assertEqual(self.docker(), [])

    def test_data_is_moved_whole_with_its_users_stopped(self) -> None:
        self.plain(a="1")
        (self.source / "link").symlink_to("a")
        (self.source / "deep").mkdir(mode=0o750)
        os.truncate(self.source / "a", 10**6)
        self.assertEqual(data_volume.converge(self.host()), [f"{NAME} moved"])
        self.assertEqual((self.folder / "a").stat().st_size, 10**6)
        self.assertEqual((self.folder / "link").readlink(), Path("a"))
        self.assertEqual((self.folder / "deep").stat().st_mode & 0o777, 0o750)
        self.assertEqual(self.docker(), ["stop app-identity", "rm app-identity", "volume rm", "volume create"])
        self.assertEqual([entry.name for entry in data_volume.FOLDERS.iterdir()], ["files"])

    def test_too_small_a_disk_stops_nobody(self) -> None:
        self.plain(a="1")
        with mock.patch("shutil.disk_usage", return_value=mock.Mock(free=1024)):
            fault = self.faults_of(data_volume.converge, self.host())[0]
        self.assertIn("make the data volume larger", fault)
        self.assertEqual(self.docker(), [])

    def test_a_copy_that_differs_is_not_used(self) -> None:
        self.plain(a="1")
        with mock.patch.object(data_volume, "differences", return_value=["a: content"]):
            self.assertIn("stays in use where it is", self.faults_of(data_volume.converge, self.host())[0])
        self.assertEqual(self.docker(), ["stop app-identity", "start app-identity"])
        self.assertEqual(list(data_volume.FOLDERS.iterdir()), [])
        self.assertEqual((self.source / "a").read_text(), "1")

    def test_a_kill_between_copy_and_exchange_is_finished(self) -> None:
        self.plain(a="1")
        data_volume.converge(self.host())
        self.ran.clear()
        data_volume.judge(self.host())
        self.assertEqual(data_volume.converge(self.host()), [f"{NAME} moved"])
        self.assertNotIn("cp", [argv[0] for argv in self.ran])
        self.assertIn("volume rm", self.docker())

    def test_half_a_copy_of_a_killed_run_is_made_anew(self) -> None:
        self.plain(a="1")
        half = data_volume.FOLDERS / f"{data_volume.MOVING}-files"
        half.mkdir(parents=True)
        (half / "gone-meanwhile").write_text("")
        data_volume.converge(self.host())
        self.assertEqual([entry.name for entry in self.folder.iterdir()], ["a"])


class DifferencesTest(HostTest):
    def trees(self) -> tuple[Path, Path]:
        one, other = self.root / "one", self.root / "other"
        for folder in (one, other):
            (folder / "deep").mkdir(parents=True)
            (folder / "deep" / "file").write_text("same")
        return one, other

    def test_the_same_are_the_same(self) -> None:
        self.assertEqual(data_volume.differences(*self.trees()), [])

    def test_each_kind_of_difference_is_found(self) -> None:
        one, other = self.trees()
        (one / "only").write_text("")
        (other / "extra").write_text("")
        (other / "deep" / "file").write_text("othe")
        (one / "link").symlink_to("a")
        (other / "link").symlink_to("b")
        (other / "deep").chmod(0o700)
        found = data_volume.differences(one, other)
        self.assertEqual(found, ["deep: mode or owner", "extra: only in one", "link: target", "only: only in one"])
        (other / "deep").chmod((one / "deep").stat().st_mode & 0o777)
        self.assertIn("deep/file: content", data_volume.differences(one, other))
