import threading
from unittest import mock

from support import HostTest

from single_host import console, progress


class ProgressTest(HostTest):
    def test_what_takes_long_says_that_it_goes_on_until_it_ends(self) -> None:
        told = threading.Event()
        console.listeners.append(lambda line: told.set() if "so far" in line else None)
        self.addCleanup(console.listeners.pop)
        with mock.patch.object(progress, "REMINDER", 0.01), progress.timed("image app"):
            self.assertTrue(told.wait(10))
        self.assertEqual(self.said[:2], ["image app", "image app: 0 s so far"])
        count = len(self.said)
        told.clear()
        self.assertFalse(told.wait(0.1))
        self.assertEqual(len(self.said), count)
