import json
import os
from unittest import mock

from support import HostTest

from single_host.backups import restic
from single_host.backups.restic import Restic, Saved
from single_host.fault import HostError
from single_host.run import Result

SUMMARY = {"message_type": "summary", "snapshot_id": "abc", "total_bytes_processed": 7, "data_added_packed": 5}
GONE = {"message_type": "error", "error": {"message": "lstat /d/a: no such file or directory"}, "item": "/d/a"}
GONE_OLDER = {"message_type": "error", "error": {"Op": "lstat", "Path": "/d/a", "Err": 2}, "item": "/d/a"}
DENIED = {"message_type": "error", "error": {"message": "open /d/b: permission denied"}, "item": "/d/b"}
BROKEN_DISK = {"message_type": "error", "error": {"Op": "read", "Path": "/d/b", "Err": 5}, "item": "/d/b"}


class SaveTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.enterContextOf(mock.patch.object(restic, "modern", return_value=True))
        self.repository = Restic("s3:x", {"RESTIC_PASSWORD": "hidden"}, "shop", upload_kibibytes=512)

    def save(self, code: int, *errors: object, summary: object = SUMMARY) -> tuple[object, list[list[str]]]:
        said = Result(code, json.dumps(summary) if summary else "", "\n".join(map(json.dumps, errors)))
        with mock.patch.object(restic, "run", return_value=said) as run:
            try:
                outcome: object = self.repository.save_paths(["/d"], ["run=x"], ["*.tmp"])
            except HostError as error:
                outcome = error
        return outcome, [call.args[0] for call in run.call_args_list]

    def test_what_was_saved_is_counted_and_the_upload_is_limited(self) -> None:
        outcome, calls = self.save(0)
        self.assertEqual(outcome, Saved("abc", 7, 5))
        words = " ".join(calls[0])
        self.assertIn("--limit-upload 512 backup", words)
        self.assertIn("--exclude *.tmp -- /d", words)
        self.assertNotIn("hidden", words)

    def test_a_file_that_vanishes_meanwhile_is_no_failure(self) -> None:
        for error in (GONE, GONE_OLDER):
            self.assertEqual(self.save(3, error)[0], Saved("abc", 7, 5))

    def test_a_file_that_is_stored_again_after_a_repair_is_no_failure(self) -> None:
        again = "parts of /d/a not found in the repository index; storing the file again"
        self.assertEqual(self.save(3, {"message_type": "error", "error": {"message": again}})[0], Saved("abc", 7, 5))

    def test_a_file_that_cannot_be_read_is_one_and_leaves_no_snapshot(self) -> None:
        for errors in ((DENIED,), (GONE, DENIED), (BROKEN_DISK,), ()):
            outcome, calls = self.save(3, *errors)
            self.assertIsInstance(outcome, HostError, errors)
            self.assertEqual(calls[-1][-2:], ["forget", "abc"])

    def test_the_reason_is_told_in_words_with_the_way_out(self) -> None:
        fatal = {"message_type": "exit_error", "code": 1, "message": "Fatal: unable to save snapshot: InvalidAccessKeyId"}
        outcome, _ = self.save(1, fatal, summary=None)
        assert isinstance(outcome, HostError)
        self.assertEqual(outcome.lines, ("Fatal: unable to save snapshot: InvalidAccessKeyId",))
        self.assertIn("give the stack the new one", str(outcome))


ABSENT = """Fatal: unable to open config file: Stat: The specified key does not exist.
Is there a repository at the following location?
s3:x"""
CLOSED = ABSENT.replace("The specified key does not exist", "Access Denied")


class ReadyTest(HostTest):
    """Which repository is made, and what is said of one that cannot be used."""

    def look(self, found: Result, modern: bool = True) -> tuple[list[str], str]:
        answers = {"cat": found, "init": Result(0, "", "")}
        calls: list[str] = []

        def answer(argv: list[str], **options: object) -> Result:
            words = [word for word in argv[1:] if not word.startswith("-") and word != "2m"]
            calls.append(words[0])
            return answers.get(words[0], Result(0, "", ""))

        self.enterContextOf(mock.patch.object(restic, "modern", return_value=modern))
        self.enterContextOf(mock.patch.object(restic, "run", side_effect=answer))
        self.enterContextOf(mock.patch.object(restic, "retry", side_effect=lambda what, action, **options: action()))
        try:
            Restic("s3:x", {}, "shop").ready()
        except HostError as error:
            return calls, str(error)
        return calls, ""

    def test_it_is_made_where_there_is_none(self) -> None:
        self.assertEqual(self.look(Result(10, "", ABSENT))[0][:2], ["cat", "init"])
        self.assertEqual(self.look(Result(1, "", ABSENT), modern=False)[0][:2], ["cat", "init"])

    def test_none_is_made_beside_one_that_the_key_may_not_read(self) -> None:
        for modern in (True, False):
            calls, said = self.look(Result(1, "", CLOSED), modern)
            self.assertEqual(calls, ["cat"])
            self.assertIn("the bucket's key may not do that", said)

    def test_every_refusal_is_told_with_its_way_out(self) -> None:
        for said, way in {
            "Fatal: wrong password or no key found": "another backup password",
            "Stat: The Access Key Id you provided does not exist in our records.": "give the stack the new one",
            "The request signature we calculated does not match the signature you provided.": "is another now",
            "Save(<lock/1>) returned error: Bucket quota exceeded": "raise its quota",
            "Error response code QuotaExceeded.": "raise its quota",
            "The difference between the request time and the server's time is too large.": "clock is wrong",
            "dial tcp 10.0.0.1:443: i/o timeout\nrestic: no end after 45 s": "the store does not answer",
        }.items():
            self.assertIn(way, self.look(Result(1, "", said))[1], said)


class UnlockTest(HostTest):
    def unlock(self, *locks: dict[str, object]) -> list[tuple[str, ...]]:
        repository, calls = Restic("s3:x", {}, "shop"), []

        def run(_: Restic, *arguments: str, **options: object) -> Result:
            calls.append(arguments)
            if arguments[:2] == ("list", "locks"):
                return Result(0, "\n".join(str(number) for number in range(len(locks))), "")
            return Result(0, json.dumps(locks[int(arguments[2])]) if arguments[0] == "cat" else "", "")

        with mock.patch.object(Restic, "run", run):
            repository.unlock()
        return [call for call in calls if call[0] == "unlock"]

    def test_a_number_that_another_program_has_now_is_a_dead_lock(self) -> None:
        here = os.uname().nodename
        dead: dict[str, object] = {"hostname": here, "pid": os.getpid()}  # python, not restic
        self.assertEqual(self.unlock(dead), [("unlock",), ("unlock", "--remove-all")])
        self.assertEqual(self.unlock({"hostname": here, "pid": 2**22 + 1}), [("unlock",), ("unlock", "--remove-all")])

    def test_locks_of_others_stay(self) -> None:
        here: dict[str, object] = {"hostname": os.uname().nodename, "pid": os.getpid()}
        for other in ({"hostname": "elsewhere", "pid": 1}, {}, {"hostname": os.uname().nodename}):
            self.assertEqual(self.unlock(here, other), [("unlock",)], other)
        self.assertEqual(self.unlock(), [])
