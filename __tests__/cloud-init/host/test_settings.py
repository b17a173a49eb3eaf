from support import HostTest, host_json

from single_host import settings
from single_host.fault import REFUSED, HostError


class SettingsTest(HostTest):
    def test_values_arrive(self) -> None:
        found = settings.parse(host_json())
        self.assertEqual(found.machine.name, "shop-beta")
        self.assertEqual(found.machine.backup_schedule, None)
        self.assertEqual(found.sites[0].upstreams[0].port, 8000)
        self.assertTrue(found.application.services["app"].released)

    def test_all_faults_are_told_at_once_with_path_and_value(self) -> None:
        text = host_json(
            name="Not Valid",
            deploy_keys=[],
            swap_mebibytes=-1,
            reboot_window="25:00",
            application__compose_file="../compose.yaml",
            application__secrets=["not-a-variable"],
            edge__gateway="10.0.0.1",
        )
        faults = self.faults_of(settings.parse, text)
        paths = [fault.split(":")[0] for fault in faults]
        self.assertCountEqual(
            paths,
            [
                "host.json/deploy_keys",
                "host.json/name",
                "host.json/swap_mebibytes",
                "host.json/reboot_window",
                "host.json/edge/gateway",
                "host.json/application/compose_file",
                "host.json/application/secrets/0",
            ],
        )
        self.assertIn("host.json/swap_mebibytes: must be a whole number from 0 to 262144, got -1", faults)

    def test_a_wrong_input_is_refused_not_failed(self) -> None:
        for text in (b"{", b"[]", b'{"format": 2}'):
            with self.assertRaises(HostError) as caught:
                settings.parse(text)
            self.assertEqual(caught.exception.code, REFUSED)

    def test_true_is_not_a_number(self) -> None:
        self.assertIn("got True", self.faults_of(settings.parse, host_json(swap_mebibytes=True))[0])

    def test_a_site_names_a_service_that_exists(self) -> None:
        upstream = {"service": "ap", "port": 1, "path": "/*", "health": "/"}
        site = {"address": "https://a.example", "names": [], "tls": True, "upstreams": [upstream]}
        faults = self.faults_of(settings.parse, host_json(sites=[site]))
        self.assertEqual(faults, ["host.json/sites/https://a.example: no service 'ap'; services are app"])

    def test_paths_that_leave_the_folder_are_no_paths(self) -> None:
        for path in ("/etc/passwd", "../x", "a/../x", "a/..", "./a", "a\0b"):
            self.assertIsNone(settings.RELATIVE.fullmatch(path), path)
        for path in ("compose.yaml", "conf/a..b", "conf/.hidden", "ünï/x y"):
            self.assertIsNotNone(settings.RELATIVE.fullmatch(path), path)
