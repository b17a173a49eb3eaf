import json
from pathlib import Path

from support import HostTest, host_json

from single_host import bundle, settings
from single_host.backups import backup
from single_host.releases import records
from single_host.releases.records import Image, Record
from single_host.restores import former
from single_host.restores.source import Source

DIGEST = "ghcr.io/lab/shop@sha256:" + "a" * 64


class FakeRestic:
    """Brings back the folder of a former server."""

    def restore(self, snapshot: str, target: Path) -> None:
        folder = target / "var/lib/single-host"
        (folder / "accepted").mkdir(parents=True)
        secrets = {"application": {"POSTGRES_PASSWORD": "old password", "OTHER": "x"}}
        (folder / "accepted" / "secrets.json").write_text(json.dumps(secrets))
        kept, records.FOLDER = records.FOLDER, folder / "releases"
        for number, outcome in ((3, records.GOOD), (4, records.FAILED)):
            image = Image("ghcr.io/lab/shop:1.1", DIGEST, True)
            records.write(Record(number, records.RELEASE, "then", "ci", outcome, {"app": image}))
        records.FOLDER = kept

    def path_of(self, snapshot: str) -> str:
        return "/var/lib/single-host"


class FormerTest(HostTest):
    def read(self, **parts: str) -> former.Former:
        run = backup.Run("A", dict(parts))
        return former.read(Source(FakeRestic(), run, backup.Manifest("", {}, {})))  # type: ignore[arg-type]

    def test_the_images_are_those_of_the_newest_good_record(self) -> None:
        self.assertEqual(self.read(host="1").images, {"app": DIGEST})

    def test_its_secrets_stay_nowhere(self) -> None:
        self.read(host="1")
        self.assertFalse(former.PLACE.exists())

    def test_the_history_comes_back_once_and_in_place_of_nothing(self) -> None:
        records.write(Record(3, records.DEPLOY, "now", "root", records.GOOD, {}))
        for _ in range(2):
            self.read(host="1").bring_records()
            self.assertEqual([(r.number, r.at) for r in records.read_all()], [(4, "then"), (3, "now")])

    def test_secrets_that_differ_are_named_and_not_shown(self) -> None:
        host, found = settings.parse(host_json()), self.read(host="1")
        found.tell_of_secrets(host, bundle.Secrets({"POSTGRES_PASSWORD": "old password"}, {}, {}))
        self.assertEqual(self.said, [])
        found.tell_of_secrets(host, bundle.Secrets({"POSTGRES_PASSWORD": "new password"}, {}, {}))
        self.assertIn("POSTGRES_PASSWORD: not the values that the backup was made with", self.said[0])
        self.assertNotRegex(self.said[0], "(old|new) password")

    def test_an_older_backup_says_nothing_of_its_host(self) -> None:
        self.assertEqual(self.read().images, {})
