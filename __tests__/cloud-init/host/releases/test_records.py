import json

from support import HostTest, host_json

from single_host import bundle
from single_host.releases import records
from single_host.releases.records import Image, Record


def parts(caddyfile: str = "c") -> bundle.Bundle:
    texts = {"host.json": host_json().decode(), "Caddyfile": caddyfile, "edge.yaml": "e", "overlay.yaml": "o", "program": "p"}
    return bundle.parse(json.dumps({"format": 1, "files": {name: {"text": text} for name, text in texts.items()}}).encode())


def record(number: int, outcome: str = records.GOOD, **changes: object) -> Record:
    images = {"app": Image("shop:1", "shop@sha256:" + "a" * 64, True)}
    values = {"kind": records.RELEASE, "at": "2026-11-21T00:00:00Z", "by": "ci", "images": images, "files": {}}
    return Record(number=number, outcome=outcome, **{**values, **changes})  # type: ignore[arg-type]


class RecordsTest(HostTest):
    def test_what_is_written_comes_back_whole(self) -> None:
        one = record(1, files=records.files_of(parts()), backup="20261121T000000Z")
        records.write(one)
        self.assertEqual(records.find(1), one)
        self.assertEqual(records.find(1).parts.files, parts().files)
        self.assertEqual((records.FOLDER / "000001.json").stat().st_mode & 0o777, 0o600)

    def test_the_newest_good_one_is_what_runs(self) -> None:
        self.assertIsNone(records.current())
        for one in (record(1), record(2), record(3, records.FAILED)):
            records.write(one)
        self.assertEqual(records.current(), record(2))
        self.assertEqual(records.next_number(), 4)

    def test_half_a_record_is_none(self) -> None:
        records.write(record(1))
        (records.FOLDER / "000002.json").write_text('{"format": 1, "number"')
        self.assertEqual([one.number for one in records.read_all()], [1])

    def test_the_last_good_ones_are_kept_with_the_failures_between_them(self) -> None:
        for number in range(1, 11):
            records.write(record(number, records.FAILED if number % 2 else records.GOOD))
        records.write(record(11))
        self.assertEqual([one.number for one in records.read_all()], [11, 10, 9, 8, 7, 6, 5, 4])

    def test_a_rollback_of_a_rollback_goes_further_back(self) -> None:
        for one in (record(1), record(2), record(3), record(4, of=2)):
            records.write(one)
        self.assertEqual(records.previous().number, 1)

    def test_a_rollback_needs_something_to_go_back_to(self) -> None:
        records.write(record(1))
        self.assertIn("there is no good record before", self.faults_of(records.previous)[0])
        self.assertIn("good ones are 1", self.faults_of(records.find, 7)[0])

    def test_an_interrupted_run_is_known_to_the_next(self) -> None:
        self.assertIsNone(records.interrupted())
        records.begin(records.RELEASE, "ci")
        self.assertEqual((records.interrupted() or {})["kind"], records.RELEASE)
        records.end()
        self.assertIsNone(records.interrupted())
