import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from support import HostTest

from single_host import leftovers
from single_host.run import MAKER, environment

MAKE = """
import os, subprocess, sys
sys.path.insert(0, sys.argv[1])
from single_host.run import environment
child = subprocess.Popen(["sleep", "60"], env=environment())
print(child.pid, flush=True)
child.wait()
"""


class LeftoversTest(HostTest):
    """Real processes: a run that is killed, and the program that it has left at work."""

    def setUp(self) -> None:
        super().setUp()
        folder = str(Path(leftovers.__file__).parents[1])
        self.maker = subprocess.Popen([sys.executable, "-c", MAKE, folder], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.maker.kill)
        assert self.maker.stdout
        self.addCleanup(self.maker.stdout.close)
        self.child = int(self.maker.stdout.readline())

    def lives(self) -> bool:
        try:
            return Path(f"/proc/{self.child}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def test_what_a_killed_run_has_left_is_ended(self) -> None:
        self.maker.send_signal(signal.SIGKILL)
        self.maker.wait()
        self.assertTrue(self.lives())
        leftovers.end()
        self.assertFalse(self.lives())
        self.assertEqual(self.said, ["a killed run has left programs at work; ending sleep"])

    def test_what_a_living_run_does_goes_on(self) -> None:
        time.sleep(0.1)
        leftovers.end()
        self.assertTrue(self.lives())
        self.assertEqual(self.said, [])

    def test_each_program_knows_its_maker(self) -> None:
        self.assertEqual(environment()[MAKER.encode()], str(os.getpid()).encode())
