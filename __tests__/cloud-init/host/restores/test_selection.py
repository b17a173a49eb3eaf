from support import HostTest

from single_host.backups.backup import Run
from single_host.restores import selection

PARTS = {
    "globals/db": "1",
    "postgres/db/shop": "2",
    "postgres/db/shop2": "3",
    "volume/uploads": "4",
    "sqlite/uploads/a/app.db": "5",
    "duckdb/data/lake.duckdb": "6",
    "volume/data": "7",
    "path//srv/letters": "8",
    "host": "9",
}
NEW = Run("20261121T031500Z", PARTS, expected=9)
OLD = Run("20261120T031500Z", {"volume/uploads": "1"}, expected=1)
SAFE = Run("20261121T120000Z", {"volume/uploads": "1"}, expected=1, safety=True)
BROKEN = Run("20261122T031500Z", {"volume/uploads": "1"})
RUNS = [BROKEN, SAFE, NEW, OLD]


class RunTest(HostTest):
    def test_latest_is_not_the_copy_that_somebody_wanted_to_leave(self) -> None:
        self.assertIs(selection.run(RUNS, "latest"), NEW)
        self.assertIs(selection.run([SAFE], "latest"), SAFE)
        self.assertIs(selection.run(RUNS, SAFE.name), SAFE)

    def test_an_incomplete_one_cannot_be_chosen(self) -> None:
        said = self.faults_of(selection.run, RUNS, BROKEN.name)[0]
        self.assertIn("is not a complete backup of this host; the newest are 20261121T120000Z, 20261121T031500Z", said)
        self.assertIn("no complete backup", self.faults_of(selection.run, [BROKEN], "latest")[0])

    def test_the_newest_at_or_before_a_moment(self) -> None:
        for moment in ("2026-11-21 03:15", "2026-11-21T03:15:00Z", "2026-11-21T04:15:00+01:00", "2026-11-30"):
            self.assertIs(selection.at(RUNS, moment), NEW, moment)
        self.assertIs(selection.at(RUNS, "2026-11-21T03:15:00+01:00"), OLD)

    def test_a_moment_before_all_of_them_names_the_oldest(self) -> None:
        said = self.faults_of(selection.at, RUNS, "2026-11-01")[0]
        self.assertIn("no complete backup of 20261101T000000Z or before; the oldest is 20261120T031500Z", said)

    def test_what_is_no_moment_is_refused_with_an_example(self) -> None:
        for text in ("yesterday", "", "2026-13-01", "14:00", "2026-11-20 14:00 CET"):
            self.assertIn("is not a moment; as in 2026-11-20T14:00:00+01:00", self.faults_of(selection.at, RUNS, text)[0])


class PartsTest(HostTest):
    def test_roles_and_settings_are_not_asked_for_by_name(self) -> None:
        self.assertEqual(selection.parts(NEW, ()), sorted(set(PARTS) - {"globals/db", "host"}))
        self.assertIn("has no such part", self.faults_of(selection.parts, NEW, ["host"])[0])

    def test_a_name_is_that_part_alone(self) -> None:
        self.assertEqual(selection.parts(NEW, ["postgres/db/shop"]), ["postgres/db/shop"])
        self.assertEqual(selection.parts(NEW, ["path//srv/letters"]), ["path//srv/letters"])

    def test_a_kind_is_all_of_it_and_a_volume_brings_its_database_files(self) -> None:
        self.assertEqual(selection.parts(NEW, ["postgres"]), ["postgres/db/shop", "postgres/db/shop2"])
        self.assertEqual(selection.parts(NEW, ["volume/uploads"]), ["sqlite/uploads/a/app.db", "volume/uploads"])
        self.assertEqual(selection.parts(NEW, ["sqlite", "duckdb"]), ["duckdb/data/lake.duckdb", "sqlite/uploads/a/app.db"])

    def test_what_it_has_not_is_refused_with_what_it_has(self) -> None:
        for name in ("latest", NEW.name):
            said = self.faults_of(selection.parts, NEW, ["postgres", name])[0]
            self.assertIn(f"name the backup first: `single-host restore {name} --only ...`", said)
        said = self.faults_of(selection.parts, NEW, ["postgres", "mongo"])[0]
        self.assertIn("restore/--only/mongo: 20261121T031500Z has no such part; it has duckdb/data/lake.duckdb", said)
