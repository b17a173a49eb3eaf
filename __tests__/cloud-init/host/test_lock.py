import threading
import time

from support import HostTest

from single_host import console, layout, lock
from single_host.fault import BUSY, HostError


class LockTest(HostTest):
    def test_who_waits_in_vain_learns_who_holds_it_and_how_far_it_is(self) -> None:
        with lock.held("converge", 0):
            console.say("packages: installing docker.io")
            with self.assertRaises(HostError) as caught, lock.held("apply", 0.1):
                self.fail("two holders")
        self.assertEqual(caught.exception.code, BUSY)
        self.assertRegex(str(caught.exception), r"still held by converge \(pid \d+, since .*\): packages: installing docker.io")

    def test_only_root_can_take_it(self) -> None:
        self.assertEqual(layout.LOCK.parent, layout.RUN)
        self.assertIn("d /run/single-host 0755 root root\n", (layout.PACKAGE_FILES / "tmpfiles.conf").read_text())

    def test_who_waits_goes_on_when_it_is_free(self) -> None:
        entered = []

        def wait() -> None:
            with lock.held("apply", 10):
                entered.append("apply")

        with lock.held("converge", 0):
            waiter = threading.Thread(target=wait)
            waiter.start()
            time.sleep(0.2)
            entered.append("converge")
        waiter.join(10)
        self.assertEqual(entered, ["converge", "apply"])

    def test_an_error_frees_it(self) -> None:
        with self.assertRaises(ValueError), lock.held("apply", 0):
            raise ValueError
        with lock.held("apply", 0):
            pass
