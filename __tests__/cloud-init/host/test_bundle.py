import base64
import json

from support import HostTest, backup_json, host_json

from single_host import bundle, layout, settings
from single_host.fault import HostError

OWN = {name: {"text": name} for name in bundle.OWN_FILES}
NASTY = "q'q\"q $HOME ${X} %{x} `id` \\n\nline2\tünïcödé 🎉 end "


def raw(files: dict[str, object], **more: object) -> bytes:
    return json.dumps({"format": 1, "files": {**OWN, **files}, **more}).encode()


class BundleTest(HostTest):
    def test_text_and_binary_files_arrive_byte_for_byte(self) -> None:
        binary = bytes(range(256))
        parsed = bundle.parse(
            raw({"app/a": {"text": NASTY}, "app/b": {"base64": base64.b64encode(binary).decode(), "mode": "0755"}})
        )
        self.assertEqual(parsed.application_files["a"].content, NASTY.encode())
        self.assertEqual(parsed.application_files["b"].content, binary)
        self.assertEqual(parsed.application_files["b"].mode, 0o755)

    def test_paths_outside_the_bundle_are_refused(self) -> None:
        for path in ("app/../../etc/cron.d/x", "app//etc/x", "app/a//b", "/etc/x", "other", "app/"):
            faults = self.faults_of(bundle.parse, raw({path: {"text": ""}}))
            self.assertEqual(faults, [f"bundle.json/files/{path}: is not a path that belongs in a bundle"])

    def test_modes_and_contents_are_checked_together(self) -> None:
        faults = self.faults_of(bundle.parse, raw({"app/a": {"text": "", "mode": "4755"}, "app/b": {}}))
        self.assertEqual(len(faults), 2)

    def test_an_own_file_that_is_missing_is_named(self) -> None:
        text = json.dumps({"format": 1, "files": {}}).encode()
        self.assertIn("bundle.json/files/Caddyfile: is missing", self.faults_of(bundle.parse, text))

    def test_secrets_of_a_wrong_kind_are_told_by_name_only(self) -> None:
        text = json.dumps({"application": {"A": 4711, "B": "x\0y"}}).encode()
        faults = "\n".join(self.faults_of(bundle.parse_secrets, text))
        self.assertIn("secrets.json/application/A", faults)
        self.assertIn("secrets.json/application/B", faults)
        self.assertNotIn("4711", faults)

    def test_secrets_that_are_not_json_do_not_show_in_the_error(self) -> None:
        self.assertNotIn("hunter2", "".join(self.faults_of(bundle.parse_secrets, b'{"application": hunter2')))

    def test_nonsense_is_refused_and_never_a_crash(self) -> None:
        for nonsense in (b"{", b"[]", b"\xff", b"[" * 100_000, b'{"a": "\\ud800"}'):
            self.assertTrue(self.faults_of(bundle.parse, nonsense)[0].startswith("bundle.json"), nonsense[:20])
        self.faults_of(settings.parse, host_json(application__settings={"A": "\ud800"}))

    def test_a_value_that_no_environment_takes_is_told_by_name(self) -> None:
        host = settings.parse(host_json())
        parsed = bundle.parse(raw({"app/compose.yaml": {"text": ""}}))
        secrets = bundle.Secrets({"POSTGRES_PASSWORD": "x" * 131_072}, {}, {})
        faults = self.faults_of(bundle.check_together, host, parsed, secrets)
        remedy = "is longer than the 128 KiB that the environment of a process takes"
        self.assertEqual(faults, [f"application/POSTGRES_PASSWORD: {remedy}"])

    def test_missing_secrets_are_told_before_anything_changes(self) -> None:
        host = settings.parse(host_json())
        parsed = bundle.parse(raw({"app/compose.yaml": {"text": ""}}))
        faults = self.faults_of(bundle.check_together, host, parsed, bundle.parse_secrets(b"{}"))
        self.assertEqual(faults, ["secrets.json/application/POSTGRES_PASSWORD: is missing; add it to the SecretsBundle"])

    def test_secrets_of_notices_arrive_and_are_concealed(self) -> None:
        text = json.dumps({"notices": {"NOTICE_1": "https://hooks.slack.example/T0/secret"}}).encode()
        secrets = bundle.parse_secrets(text)
        self.assertEqual(secrets.notices, {"NOTICE_1": "https://hooks.slack.example/T0/secret"})
        self.assertIn("https://hooks.slack.example/T0/secret", secrets.all.values())

    def test_a_plan_whose_secrets_are_missing_is_refused(self) -> None:
        backup = backup_json(
            buckets=[{"name": "files", "endpoint": "https://s3.example", "region": "nbg1", "bucket": "b"}],
            notices=[{"kind": "slack", "secret": "NOTICE_1", "mail": None}],
        )
        host = settings.parse(host_json(backup=backup))
        parsed = bundle.parse(raw({"app/compose.yaml": {"text": ""}}))
        secrets = bundle.parse_secrets(json.dumps({"application": {"POSTGRES_PASSWORD": "x"}}).encode())
        self.assertEqual(
            self.faults_of(bundle.check_together, host, parsed, secrets),
            [
                "secrets.json/backup/RESTIC_PASSWORD: is missing: backups could not be encrypted",
                "secrets.json/storage/ACCESS_KEY_ID: is missing: buckets could not be saved",
                "secrets.json/storage/SECRET_ACCESS_KEY: is missing: buckets could not be saved",
                "secrets.json/notices/NOTICE_1: is missing: slack could not be told",
            ],
        )

    def test_half_an_upload_is_refused_and_none_is_none(self) -> None:
        layout.INCOMING.mkdir(parents=True)
        self.assertIsNone(bundle.read_incoming(layout.INCOMING))
        (layout.INCOMING / "bundle.json").write_text("{}")
        with self.assertRaises(HostError) as caught:
            bundle.read_incoming(layout.INCOMING)
        self.assertIn("secrets.json: was not uploaded", str(caught.exception))

    def test_what_is_kept_is_for_root_only(self) -> None:
        bundle.keep(b"b", b"s")
        self.assertEqual(bundle.read_last(), (b"b", b"s"))
        self.assertIsNone(bundle.read_good())
        self.assertEqual(layout.STATE.stat().st_mode & 0o777, 0o700)
        self.assertEqual((layout.STATE / "accepted" / "secrets.json").stat().st_mode & 0o777, 0o600)
