import os
from unittest import mock

from support import HostTest

from single_host import run
from single_host.fault import HostError, failed


class RunTest(HostTest):
    def test_arguments_and_environment_arrive_byte_for_byte(self) -> None:
        nasty = "q'q\"q $HOME ${X} `id` \\n\nline2 ünïcödé 🎉 end "
        result = run.run(
            ["python3", "-c", "import os,sys; sys.stdout.write(sys.argv[1] + os.environ['S'])", nasty], env={"S": nasty}
        )
        self.assertEqual(result.output, nasty + nasty)

    def test_nothing_of_the_callers_environment_gets_in(self) -> None:
        with mock.patch.dict(os.environ, {"DOCKER_HOST": "tcp://elsewhere"}):
            self.assertNotIn("DOCKER_HOST", run.run(["env"]).output)

    def test_a_failure_tells_the_command_the_code_and_the_last_lines(self) -> None:
        with self.assertRaises(HostError) as caught:
            run.run(["sh", "-c", "echo why >&2; exit 3"])
        self.assertIn("exit code 3", str(caught.exception))
        self.assertEqual(caught.exception.lines, ("why",))

    def test_a_secret_on_stdin_is_not_in_the_error(self) -> None:
        with self.assertRaises(HostError) as caught:
            run.run(["false"], stdin=b"hunter2")
        self.assertNotIn("hunter2", str(caught.exception))

    def test_a_missing_program_and_an_endless_one_are_results_too(self) -> None:
        self.assertEqual(run.run(["no-such-program"], check=False).code, 127)
        self.assertEqual(run.run(["sleep", "5"], check=False, timeout=0.1).code, 124)


class RetryTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.now = 0.0
        self.enterContextOf(mock.patch("time.monotonic", lambda: self.now))
        self.enterContextOf(mock.patch("time.sleep", self.sleep))

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def test_it_tries_with_growing_pauses_and_says_why(self) -> None:
        answers = iter([failed("a", "mirror down"), failed("a", "mirror down"), None])

        def action() -> str:
            if error := next(answers):
                raise error
            return "here"

        self.assertEqual(run.retry("packages", action), "here")
        self.assertEqual(self.now, 6)
        self.assertEqual(self.said[0], "packages: a: mirror down (again in 2 s)")

    def test_it_ends(self) -> None:
        def action() -> None:
            raise failed("a", "never")

        with self.assertRaises(HostError):
            run.retry("packages", action, lasting=100)
        self.assertLess(self.now, 130)

    def test_what_cannot_get_better_is_not_tried_again(self) -> None:
        def action() -> None:
            raise failed("a", "not found")

        with self.assertRaises(HostError):
            run.retry("image", action, final=lambda error: True)
        self.assertEqual(self.now, 0)
