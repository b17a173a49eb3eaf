import gzip
import shutil
import subprocess
import sys
from unittest import mock

from support import HOST, HostTest

from single_host import cli, console
from single_host.machine import wanted

LATER = """
apply backups buckets bundle containers gate leftovers machine/data_disk machine/data_volume machine/folders machine/timers
monitoring progress recover releases restores settings site state verbs verification volumes
"""


class CommandLineTest(HostTest):
    def main(self, *arguments: str) -> tuple[int, str]:
        complaints: list[str] = []
        with mock.patch.object(console, "complain", complaints.append), mock.patch("signal.signal"):
            return cli.main(list(arguments)), "\n".join(complaints)

    def test_wrong_words_are_told_with_the_way_to_help(self) -> None:
        for words in ((), ("frobnicate",), ("backup",), ("backup", "then"), ("apply", "--nonsense")):
            code, said = self.main(*words)
            self.assertEqual(code, 2, words)
            self.assertIn("--help", said)

    def test_verbs_need_root(self) -> None:
        with mock.patch("os.geteuid", return_value=1000):
            code, said = self.main("status", "--json")
        self.assertEqual(code, 2)
        self.assertIn("needs root; run `sudo single-host status --json`", said)

    def test_json_is_alone_on_standard_output(self) -> None:
        def checks(*_: object) -> int:
            console.say("reading 5 packs")
            console.show("{}")
            return 0

        for words, stream in ((["check", "--json"], sys.stderr), (["check"], sys.stdout)):
            with (
                mock.patch("os.geteuid", return_value=0),
                mock.patch("os.umask"),
                mock.patch("single_host.settings.load"),
                mock.patch("single_host.verification.check.check", checks),
                mock.patch.object(console, "_print") as printed,
            ):
                self.assertEqual(self.main(*words), (0, ""))
            self.assertEqual([call.args[0] for call in printed.call_args_list], [stream, sys.stdout])

    def test_a_missing_setting_is_an_error_with_a_remedy(self) -> None:
        with mock.patch("os.geteuid", return_value=0), mock.patch("os.umask"):
            code, said = self.main("converge")
        self.assertEqual(code, 2)
        self.assertIn("does not exist; deploy the stack", said)

    def test_what_the_system_refuses_is_told_in_a_line(self) -> None:
        full = OSError(28, "No space left on device")
        with (
            mock.patch("os.geteuid", return_value=0),
            mock.patch("os.umask"),
            mock.patch.object(wanted, "load", side_effect=full),
        ):
            code, said = self.main("converge")
        self.assertEqual((code, said), (1, "single-host: converge: [Errno 28] No space left on device"))


class FirstBootTest(HostTest):
    """User data has no room for all: the verbs of the first boot must start without the modules of the others."""

    def setUp(self) -> None:
        super().setUp()
        self.program = self.root / "program"
        shutil.copytree(HOST / "single_host", self.program / "single_host", ignore=shutil.ignore_patterns("__pycache__"))
        for name in LATER.split():
            place = self.program / "single_host" / name
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.with_suffix(".py").unlink()

    def run_first(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        launcher = self.program / "single_host" / "bin" / "single-host"
        return subprocess.run([sys.executable, "-I", str(launcher), *arguments], capture_output=True, text=True, check=False)

    def test_its_verbs_start(self) -> None:
        self.assertEqual(self.run_first("--version").returncode, 0)
        lines = "from single_host import lock, program; from single_host.machine import converge, ssh, units, wanted"
        code = f"import sys; sys.path.insert(0, {str(self.program)!r}); {lines}"
        found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
        self.assertEqual(found.stderr, "")

    def test_it_leaves_room_in_user_data(self) -> None:
        found = sorted(path for path in self.program.rglob("*") if path.is_file())
        packed = gzip.compress(b"".join(path.read_bytes() for path in found), 9)
        self.assertLess(len(packed), 20_000)  # a cloud takes 32 KiB, and base64 makes four bytes of three

    def test_others_say_that_they_come_later(self) -> None:
        found = self.run_first("gate")
        self.assertEqual(found.returncode, 2)
        self.assertIn("gate: comes with the first deployment", found.stderr)

    def test_the_callers_folder_and_environment_do_not_matter(self) -> None:
        trap = self.root / "trap"
        trap.mkdir()
        (trap / "json.py").write_text("raise SystemExit(99)")
        launcher = self.program / "single_host" / "bin" / "single-host"
        found = subprocess.run(
            [str(launcher), "--version"], cwd=trap, env={"PYTHONPATH": str(trap)}, capture_output=True, check=False
        )
        self.assertEqual(found.returncode, 0)


class FilesTest(HostTest):
    def test_the_firewall_script_passes_shellcheck(self) -> None:
        script = HOST / "single_host" / "files" / "firewall.sh"
        found = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True, check=False)
        self.assertEqual(found.stdout, "")

    def test_every_fixed_file_is_used(self) -> None:
        sources = "".join(path.read_text() for path in (HOST / "single_host").rglob("*.py"))
        for path in (HOST / "single_host" / "files").iterdir():
            self.assertIn(path.name, sources)
