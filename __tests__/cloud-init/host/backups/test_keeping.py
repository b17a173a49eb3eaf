import datetime
import unittest

import support  # noqa: F401

from single_host.backups import keeping


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


class KeptTest(unittest.TestCase):
    def nights(self, first: str, count: int) -> list[str]:
        return [(at(first) + datetime.timedelta(days=day)).strftime(keeping.NAME) for day in range(count)]

    def test_days_weeks_and_months_each_keep_their_newest(self) -> None:
        names = self.nights("2026-08-01T03:15", 113)  # to 21 November, a Saturday
        found = sorted(keeping.kept(names, {"daily": 3, "weekly": 3, "monthly": 3}))
        days = ["20260930", "20261031", "20261108", "20261115", "20261119", "20261120", "20261121"]
        self.assertEqual([name[:8] for name in found], days)

    def test_of_a_day_with_several_the_newest(self) -> None:
        names = ["20261120T031500Z", "20261121T031500Z", "20261121T120000Z"]
        self.assertEqual(keeping.kept(names, {"daily": 2}), {"20261120T031500Z", "20261121T120000Z"})

    def test_the_newest_stays_whatever_is_asked(self) -> None:
        self.assertEqual(keeping.kept(["20261120T031500Z", "20261121T031500Z"], {"daily": 0}), {"20261121T031500Z"})
        self.assertEqual(keeping.kept([], {"daily": 7}), set())

    def test_days_without_a_backup_use_up_nothing(self) -> None:
        names = ["20260101T031500Z", "20260601T031500Z", "20261121T031500Z"]
        self.assertEqual(keeping.kept(names, {"daily": 3}), set(names))


class NameTest(unittest.TestCase):
    def test_a_clock_that_was_put_back_changes_no_order(self) -> None:
        now = at("2026-11-21T03:15")
        self.assertEqual(keeping.name_of(now, []), "20261121T031500Z")
        self.assertEqual(keeping.name_of(now, ["20261121T031500Z"]), "20261121T031501Z")
        self.assertEqual(keeping.name_of(now, ["20261231T235959Z", "20261120T031500Z"]), "20270101T000000Z")

    def test_what_lies_in_the_future_is_seen(self) -> None:
        now = at("2026-11-21T03:15")
        self.assertEqual(keeping.ahead(["20261121T032900Z", "20261121T033100Z"], now), ["20261121T033100Z"])
