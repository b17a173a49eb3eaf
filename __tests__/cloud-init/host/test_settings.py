from support import HostTest, backup_json, host_json

from single_host import bundle, settings
from single_host.backups import restic
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


OLD = backup_json(postgres=[{"service": "postgres"}], volumes=["uploads"])
MAIL = {"to": ["ops@shop.example"], "from": "host@shop.example", "server": "smtp.example:587", "user": "shop"}


class BackupSettingsTest(HostTest):
    def parse(self, **more: object) -> settings.Backup:
        found = settings.parse(host_json(backup={**OLD, **more})).backup
        assert found
        return found

    def test_everything_of_a_plan_arrives(self) -> None:
        found = self.parse(
            exclude=["*.tmp", 'thumbs of "ünï"/*'],
            paths=["/srv/letters"],
            buckets=[{"name": "files", "endpoint": "https://s3.example", "region": "nbg1", "bucket": "shop-files"}],
            limits={"upload_kibibytes": 5120, "cpu_percent": 25},
            drill="Sun 05:00",
            region="eu-central-003",
            restore_from="20261121T031500Z",
            notices=[
                {"kind": "slack", "secret": "NOTICE_1", "mail": None},
                {"kind": "mail", "secret": "NOTICE_2", "mail": MAIL},
            ],
        )
        self.assertEqual(found.exclude, ("*.tmp", 'thumbs of "ünï"/*'))
        self.assertEqual(found.paths, ("/srv/letters",))
        self.assertEqual(found.buckets, (settings.SavedBucket("https://s3.example", "nbg1", "shop-files", name="files"),))
        self.assertEqual(found.limits, settings.Limits(5120, 25))
        self.assertEqual((found.drill, found.restore_from), ("Sun 05:00", "20261121T031500Z"))
        environment = restic.restic(found, bundle.Secrets({}, {}, {}), "shop").environment
        self.assertEqual(environment["AWS_DEFAULT_REGION"], "eu-central-003")
        mail = settings.Mail(("ops@shop.example",), "host@shop.example", "smtp.example:587", "shop")
        self.assertEqual(found.notices, (settings.Notice("slack", "NOTICE_1"), settings.Notice("mail", "NOTICE_2", mail)))

    def test_the_plan_of_an_older_version_is_read_as_it_was_meant(self) -> None:
        found = self.parse()
        self.assertEqual((found.exclude, found.paths, found.buckets, found.notices), ((), (), (), ()))
        self.assertEqual((found.limits, found.drill, found.restore_from), (settings.Limits(0, 50), None, None))
        self.assertNotIn("AWS_DEFAULT_REGION", restic.restic(found, bundle.Secrets({}, {}, {}), "shop").environment)

    def test_a_drill_that_is_null_never_runs(self) -> None:
        self.assertIsNone(self.parse(drill=None).drill)
        schedule = settings.parse(host_json(backup={**OLD, "drill": None})).machine.drill_schedule
        self.assertIsNone(schedule)
        schedule = settings.parse(host_json(backup={**OLD, "drill": "Wed 23:59"})).machine.drill_schedule
        self.assertEqual(schedule, "Wed 23:59")

    def test_every_fault_of_a_plan_is_told_at_once(self) -> None:
        backup = {
            **OLD,
            "exclude": ["two\nlines"],
            "paths": ["srv/letters", "/srv/../etc", "/", "/srv/"],
            "buckets": [{"name": "files", "endpoint": "s3.example", "region": "", "bucket": "b"}],
            "limits": {"upload_kibibytes": -1, "cpu_percent": 0},
            "drill": "Sunday 5:00",
            "restore_from": "yesterday",
            "notices": [{"kind": "pigeon", "secret": "NOTICE_1"}, {"kind": "mail", "secret": "2", "mail": None}],
        }
        faults = self.faults_of(settings.parse, host_json(backup=backup))
        paths = {fault.split(":")[0].removeprefix("host.json/backup/") for fault in faults}
        wanted = {
            "exclude/0",
            *(f"paths/{index}" for index in range(4)),
            *("buckets/0/endpoint", "buckets/0/region", "limits/upload_kibibytes", "limits/cpu_percent"),
            *("drill", "restore_from", "notices/0/kind", "notices/1/secret", "notices/1/mail"),
        }
        self.assertLessEqual(wanted, paths)
