from support import HostTest

from single_host.backups import backup, cat

PARTS = ("globals/db", "postgres/db/postgres", "postgres/db/shop", "sqlite/data/deep/a.db", "volume/data", "volume/mail", "host")
RUN = backup.Run("20261121T031500Z", {part: part for part in PARTS}, expected=len(PARTS))


class ChooseTest(HostTest):
    def test_as_much_of_a_name_as_is_needed(self) -> None:
        for wanted, part in {
            "postgres": "postgres/db/shop",
            "postgres/db": "postgres/db/shop",
            "postgres/db/postgres": "postgres/db/postgres",
            "sqlite": "sqlite/data/deep/a.db",
            "globals": "globals/db",
            "host": "host",
            "volume/mail": "volume/mail",
        }.items():
            self.assertEqual(cat.choose(wanted, RUN), part)

    def test_what_is_several_or_none_is_told_with_what_there_is(self) -> None:
        self.assertIn("name one: volume/data, volume/mail", self.faults_of(cat.choose, "volume", RUN)[0])
        for wanted in ("postgres/d", "vol", "", "postgres/db/shop/x"):
            self.assertIn("is no part of 20261121T031500Z; its parts: globals/db", self.faults_of(cat.choose, wanted, RUN)[0])

    def test_a_run_that_is_none_is_told(self) -> None:
        safety = backup.Run("20261121T101500Z", {}, expected=0, safety=True)
        self.assertEqual(cat._run([safety, RUN], None), RUN)
        self.assertEqual(cat._run([safety, RUN], "20261121T101500Z"), safety)
        broken = backup.Run("20261121T091500Z", {"host": "1"})
        self.assertIn("the newest: 20261121T031500Z", self.faults_of(cat._run, [broken, RUN], "20261121T091500Z")[0])
        self.assertIn("there is none", self.faults_of(cat._run, [broken], None)[0])
