import email
import email.policy
import ssl
import subprocess
from typing import Any
from unittest import mock

from receivers_sink import Mailbox, Web
from support import HostTest

from single_host.monitoring import receivers
from single_host.monitoring.receivers import Message, Undelivered
from single_host.settings import Mail

AWKWARD = "volume/`x` \"q\" 'it' @everyone <!channel> & <@U1> *b* _i_ ~s~ ||s|| # h > q \\ ${X} grüße 日本 🙂"


def message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "host": "shop-beta",
        "event": "failed",
        "task": "backup",
        "at": "2026-11-21T03:15:09Z",
        "title": "shop-beta: the backup failed",
        "reasons": (AWKWARD, "second"),
        "details": ("[   1 s] a line",),
        "run": ("sudo single-host backup now",),
    }
    return Message(**{**values, **changes})


class WebTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.web = Web()
        self.addCleanup(self.web.close)

    def only(self, path: str) -> Any:
        self.assertEqual([at for at, _ in self.web.got], [f"/{path}"])
        return self.web.got[0][1]

    def undelivered(self, send: Any, *arguments: Any) -> Undelivered:
        with self.assertRaises(Undelivered) as caught:
            send(*arguments)
        return caught.exception

    def test_slack_gets_text_that_rings_nobody(self) -> None:
        receivers.slack(self.web.address("slack/T/B/x"), message())
        sent = self.only("slack/T/B/x")
        self.assertIn("@everyone &lt;!channel&gt; &amp; &lt;@U1&gt;", sent["text"])
        self.assertEqual(sent["text"].splitlines()[0], "shop-beta: the backup failed")
        self.assertFalse(sent["mrkdwn"])

    def test_discord_gets_what_it_shows_as_it_is_and_no_more_than_it_takes(self) -> None:
        receivers.discord(self.web.address("discord/1/x"), message(details=("🙂" * 1500,)))
        sent = self.only("discord/1/x")
        self.assertEqual(sent["allowed_mentions"], {"parse": []})
        self.assertIn("\\`x\\`", sent["content"])
        self.assertIn("\\*b\\* \\_i\\_", sent["content"])
        self.assertTrue(sent["content"].endswith("🙂 ..."))

    def test_ntfy_gets_a_title_and_a_message_that_is_no_file(self) -> None:
        address = self.web.address("ntfy").replace("http://", "http://:tk_1@")
        receivers.ntfy(address, message(details=("日" * 3000,)))
        sent = self.only("ntfy")
        self.assertEqual(sent["Title"], "shop-beta: the backup failed")
        self.assertEqual(sent["Priority"], "high")
        self.assertEqual(sent["Authorization"], "Basic OnRrXzE=")
        self.assertTrue(sent["message"].startswith(AWKWARD))

    def test_a_webhook_gets_everything_by_name(self) -> None:
        receivers.webhook(self.web.address("webhook?key=1"), message())
        path, sent = self.web.got[0]
        self.assertEqual(path, "/webhook?key=1")
        self.assertEqual(sent["reasons"], [AWKWARD, "second"])
        self.assertEqual((sent["format"], sent["host"], sent["event"], sent["task"]), (1, "shop-beta", "failed", "backup"))
        self.assertIn("sudo single-host backup now", sent["text"])

    def test_a_dead_mans_switch_hears_of_a_failure_where_it_knows_failures(self) -> None:
        receivers.heartbeat(self.web.address("ping/1"))
        receivers.heartbeat_failed(self.web.address("ping/1?create=1"), message())
        receivers.heartbeat_failed(self.web.address("kuma/1"), message())
        self.assertEqual([path for path, _ in self.web.got], ["/ping/1", "/ping/1/fail?create=1"])
        self.assertIn(AWKWARD, self.web.got[1][1])

    def test_what_another_attempt_may_change_is_told_apart(self) -> None:
        for status, final in ((500, False), (503, False), (429, False), (404, True), (403, True), (302, True)):
            self.web.answers = [status]
            error = self.undelivered(receivers.slack, self.web.address("slack/x"), message())
            self.assertEqual((str(error), error.final), (f"answered {status}: not now", final))
        self.assertEqual(self.web.got, [])

    def test_nobody_there_is_no_crash(self) -> None:
        for address in ("http://127.0.0.1:1/x", "https://127.0.0.1:1/x"):
            self.assertFalse(self.undelivered(receivers.webhook, address, message()).final)
        for address in ("http://127.0.0.1:99999/key", "http://[::key/", "http://shop.example/k\u00fcy \x01"):
            error = self.undelivered(receivers.webhook, address, message())
            self.assertEqual((error.final, "key" in str(error)), (True, False))
        plan = Mail(("a@shop.example",), "b@shop.example", "127.0.0.1:1", "ops")
        self.assertFalse(self.undelivered(receivers.mail, plan, "right", message()).final)


class MailTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.certificate = self.root / "both.pem"
        name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        files = ["-keyout", str(self.certificate), "-out", str(self.root / "certificate.pem")]
        subprocess.run(["openssl", "req", "-x509", *key, *name, "-days", "2", *files], check=True, capture_output=True)
        self.certificate.write_text(self.certificate.read_text() + (self.root / "certificate.pem").read_text())

    def send(self, mailbox: Mailbox, said: str = "right") -> None:
        self.addCleanup(mailbox.close)
        trusted = ssl.create_default_context(cafile=str(self.root / "certificate.pem"))
        plan = Mail(("ops@shop.example", "b@shop.example"), "shop-beta@shop.example", f"localhost:{mailbox.port}", "ops")
        with mock.patch.object(ssl, "create_default_context", return_value=trusted):
            receivers.mail(plan, said, message())

    def test_a_letter_arrives_whole_and_its_password_was_never_in_the_clear(self) -> None:
        mailbox = Mailbox(self.certificate)
        self.send(mailbox)
        letter = email.message_from_string(mailbox.letters[0], policy=email.policy.default)
        self.assertEqual(letter["Subject"], "shop-beta: the backup failed")
        self.assertEqual(letter["To"], "ops@shop.example, b@shop.example")
        self.assertEqual(letter["Auto-Submitted"], "auto-generated")
        self.assertIn(AWKWARD, letter.get_content())
        self.assertEqual(mailbox.heard, ["ehlo shop-beta", "STARTTLS"])

    def test_a_server_without_encryption_gets_no_password(self) -> None:
        mailbox = Mailbox()
        with self.assertRaisesRegex(Undelivered, "STARTTLS") as caught:
            self.send(mailbox)
        self.assertTrue(caught.exception.final)
        self.assertNotIn("AUTH", " ".join(mailbox.heard))

    def test_a_wrong_password_is_told_as_the_server_tells_it(self) -> None:
        with self.assertRaisesRegex(Undelivered, r"answered 535: 5\.7\.8 authentication failed"):
            self.send(Mailbox(self.certificate), said="wrong")
