import unittest

from single_host import containers


class HealthTest(unittest.TestCase):
    def test_it_is_what_the_last_checks_said(self) -> None:
        well, ill = {"ExitCode": 0}, {"ExitCode": 1}
        for told, health in (
            ({}, ""),
            ({"Status": "none"}, ""),
            ({"Status": "healthy", "FailingStreak": 0, "Log": [well]}, "healthy"),
            ({"Status": "unhealthy", "FailingStreak": 3, "Log": [ill]}, "unhealthy"),
            # after a pause, of which no check knows
            ({"Status": "unhealthy", "FailingStreak": 0, "Log": [well]}, "healthy"),
            ({"Status": "unhealthy", "FailingStreak": 0, "Log": []}, "starting"),
        ):
            self.assertEqual(containers._health(told), health, told)
