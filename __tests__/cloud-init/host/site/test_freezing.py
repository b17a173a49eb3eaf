import json
from unittest import mock

from support import HostTest, container

from single_host.run import Result
from single_host.site import freezing


class FreezingTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.run_ = self.enterContextOf(mock.patch.object(freezing, "run", return_value=Result(0, "", "")))

    def commands(self) -> list[str]:
        return [" ".join(call.args[0]) for call in self.run_.call_args_list]

    def freeze(self) -> None:
        running = container("backend", identity="1")
        with freezing.frozen(
            [running, container("shell", identity="2", status="paused"), container("old", identity="3", status="exited")]
        ):
            self.assertEqual(freezing.read(), ["1"])
            raise ValueError("the copy fails")

    def test_who_runs_stands_still_and_goes_on_whatever_happens(self) -> None:
        with self.assertRaises(ValueError):
            self.freeze()
        commands = self.commands()
        rescue = next(index for index, command in enumerate(commands) if command.startswith("systemd-run"))
        pause = commands.index("docker pause 1")
        self.assertLess(rescue, pause)  # who is killed in between has somebody to thaw them
        self.assertIn("docker unpause 1", commands[rescue])
        self.assertEqual(commands[pause + 1], "docker unpause 1")
        self.assertEqual(freezing.read(), [])

    def test_it_is_tried_again_as_the_kernel_may_fail_to_stop_who_is_busy(self) -> None:
        failing = ["1", "1"]

        def answer(argv: list[str], **_: object) -> Result:
            busy = argv[:2] == ["docker", "pause"] and bool(failing) and failing.pop() == "1"
            return Result(1 if busy else 0, "", "unable to freeze" if busy else "")

        self.run_.side_effect = answer
        with mock.patch.object(freezing.time, "sleep"), freezing.frozen([container("backend", identity="1")]):
            said = [command for command in self.commands() if command.startswith(("docker", "systemd-run"))]
        tried = [command.split()[0] if command.startswith("systemd-run") else command for command in said]
        # nobody stands still meanwhile, and each time has somebody to thaw them
        once = ["systemd-run", "docker pause 1"]
        self.assertEqual(tried, [*once, "docker unpause 1", *once, "docker unpause 1", *once])

    def test_nobody_is_asked_when_nothing_runs(self) -> None:
        with freezing.frozen([]):
            pass
        self.assertEqual(self.commands(), [])

    def test_the_next_run_thaws_what_a_killed_one_has_frozen(self) -> None:
        freezing.FROZEN.parent.mkdir(parents=True, exist_ok=True)
        freezing.FROZEN.write_text(json.dumps(["1", "2"]))
        freezing.after_interruption()
        self.assertEqual(self.commands(), ["docker unpause 1", "docker unpause 2"])
        freezing.after_interruption()
        self.assertEqual(len(self.commands()), 2)
