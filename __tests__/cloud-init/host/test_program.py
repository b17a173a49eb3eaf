import base64
import io
import json
import tarfile
from unittest import mock

from support import HOST, HostTest

from single_host import layout, program


def archive(files: dict[str, bytes], link: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        if link:
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(entry)
    return buffer.getvalue()


def whole_program() -> dict[str, bytes]:
    package = HOST / "single_host"
    found = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(HOST)): path.read_bytes() for path in found}


class ProgramTest(HostTest):
    def test_the_digest_is_over_sorted_paths_and_contents(self) -> None:
        # sha256 of "a\0" "1\0" "b\0" "2\0"
        self.assertEqual(
            program.digest({"b": b"2", "a": b"1"}), "37664b19301f46515688d5a22cb9ee1852e0b6443e28c7f36340a13962f0c4f7"
        )

    def test_a_whole_program_is_unpacked_tried_and_taken_over(self) -> None:
        files = whole_program()
        digest = program.digest(files)
        layout.INCOMING.mkdir(parents=True)
        bundle = {"program": base64.b64encode(archive(files)).decode(), "program_sha256": digest}
        (layout.INCOMING / "bundle.json").write_text(json.dumps(bundle))
        with mock.patch("os.execv") as execute:
            program.take_over(layout.INCOMING, ["apply"])
        execute.assert_called_once_with(layout.COMMAND, [str(layout.COMMAND), "apply"])
        self.assertEqual(program.CURRENT.resolve().name, digest)
        self.assertEqual(layout.COMMAND.resolve(), (layout.PROGRAMS / digest / program.LAUNCHER).resolve())

    def test_the_program_that_runs_already_goes_on(self) -> None:
        layout.INCOMING.mkdir(parents=True)
        with mock.patch.object(program, "running", return_value="a" * 64), mock.patch("os.execv") as execute:
            (layout.INCOMING / "bundle.json").write_text(json.dumps({"program": "", "program_sha256": "a" * 64}))
            program.take_over(layout.INCOMING, ["apply"])
        execute.assert_not_called()

    def test_other_content_than_promised_is_refused(self) -> None:
        faults = self.faults_of(program.unpack, archive({"single_host/a": b""}), "0" * 64)
        self.assertEqual(faults, ["bundle.json/program: differs from its program_sha256; run the deployment again"])
        self.assertFalse((layout.PROGRAMS / ("0" * 64)).exists())

    def test_links_and_strange_paths_are_refused(self) -> None:
        for packed in (archive({}, link="single_host/x"), archive({"single_host/../../etc/x": b""}), archive({"etc/x": b""})):
            self.assertIn("is not a file of the program", self.faults_of(program.unpack, packed, "0" * 64)[0])

    def test_rubbish_is_refused(self) -> None:
        self.assertIn("cannot be unpacked", self.faults_of(program.unpack, b"rubbish", "0" * 64)[0])

    def test_a_program_that_does_not_start_is_not_taken(self) -> None:
        files = {str(program.LAUNCHER): b"#!/bin/sh\necho broken >&2\nexit 1\n"}
        faults = self.faults_of(program.unpack, archive(files), program.digest(files))
        self.assertEqual(faults, ["bundle.json/program: does not start on this server"])

    def test_old_versions_go_and_the_current_stays(self) -> None:
        for number in range(5):
            (layout.PROGRAMS / f"{number}").mkdir(parents=True)
        program.activate(layout.PROGRAMS / "0")
        left = sorted(entry.name for entry in layout.PROGRAMS.iterdir() if entry.name != "current")
        self.assertIn("0", left)
        self.assertLessEqual(len(left), 4)
