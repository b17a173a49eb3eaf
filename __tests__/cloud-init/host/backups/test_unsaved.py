from typing import Any
from unittest import mock

from support import HostTest, backup_json, container, host_json

from single_host import containers, engine, layout, settings, state
from single_host.backups import unsaved


class UnsavedTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.team = layout.SRV / "shop-beta" / "app"
        self.folder = self.root / "data"
        for folder in (self.team / "site", self.folder):
            folder.mkdir(parents=True)
        (self.team / "site" / "index.html").touch()
        state.update(files=["site/index.html"])

    def found(self, *mounts: dict[str, Any], service: str = "app", **plan: Any) -> list[str]:
        host = settings.parse(host_json(backup=backup_json(postgres=[{"service": "db"}], **plan)))
        assert host.backup
        with (
            mock.patch.object(containers, "find", return_value=[container(service)]),
            mock.patch.object(engine, "get", return_value={"Mounts": list(mounts)}),
        ):
            return list(unsaved.find(host, host.backup))

    def mount(self, kind: str, place: object, **more: Any) -> dict[str, Any]:
        return {
            "Type": kind,
            "Source": str(place),
            "Destination": "/data",
            "RW": True,
            **more,
        }

    def test_a_folder_of_the_server_that_holds_files_is_told(self) -> None:
        mount = self.mount("bind", self.folder)
        self.assertEqual(self.found(mount), [])
        (self.folder / "deep").mkdir()
        (self.folder / "deep" / "photo").touch()
        (said,) = self.found(mount, mount)
        self.assertIn(
            f"app writes /data, the server's {self.folder}, and no backup holds it",
            said,
        )
        self.assertEqual(self.found({**mount, "RW": False}), [])
        self.assertEqual(self.found(mount, service="db"), [])
        self.assertEqual(self.found(mount, paths=[str(self.root / "data")]), [])

    def test_what_a_deployment_has_brought_is_no_data(self) -> None:
        mount = self.mount("bind", self.team / "site")
        self.assertEqual(self.found(mount), [])
        (self.team / "site" / "upload.png").touch()
        self.assertEqual(len(self.found(mount)), 1)

    def test_a_volume_without_a_name_is_told_and_one_with_a_name_is_not(self) -> None:
        (self.folder / "photo").touch()
        (said,) = self.found(self.mount("volume", self.folder, Name="0123456789abcdef" * 4))
        self.assertIn("a volume without a name, and no backup holds it", said)
        self.assertEqual(self.found(self.mount("volume", self.folder, Name="shop_uploads")), [])
