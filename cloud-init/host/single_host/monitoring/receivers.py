"""How each receiver of notices wants a message. What is in it is data: it pings nobody, and changes no format."""

from __future__ import annotations

import base64
import http.client
import json
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from .. import __version__
from ..settings import Mail

TIMEOUT = 20.0
AGENT = f"cdktf-single-host/{__version__}"  # Discord's gate turns Python's own name away
IMPLICIT_TLS = 465
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
# Healthchecks.io (also on a host of one's own) and Better Stack. Elsewhere another path might pass for a sign of life.
TAKES_FAILURES = re.compile(r"https?://(hc-ping\.com|uptime\.betterstack\.com|[^/]+/ping)/")


@dataclass(frozen=True)
class Message:
    """A webhook gets these very names, as JSON."""

    host: str
    event: str  # failed, test
    task: str  # backup, drill, check, expiry; "" of a test
    at: str
    title: str  # one line of ASCII: it travels in headers
    reasons: tuple[str, ...]
    details: tuple[str, ...]  # the last lines of the journal
    run: tuple[str, ...]  # commands

    @property
    def text(self) -> str:
        parts = [self.reasons, self.details, self.run]
        return "\n\n".join("\n".join(part) for part in parts if part)


class Undelivered(Exception):
    """`final`: trying again would not help."""

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


def slack(address: str, message: Message) -> None:
    text = f"{message.title}\n{message.text}"
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):  # `<!channel>` would ring at everybody's
        text = text.replace(character, name)
    _post_json(address, {"text": shortened(text, 12000, len), "mrkdwn": False})


def discord(address: str, message: Message) -> None:
    text = re.sub(r"([\\`*_~|>\[\]#<-])", r"\\\1", f"{message.title}\n{message.text}")
    # Mentions ring nobody; addresses in the text are not looked up.
    body = {"content": shortened(text, 2000, _utf16), "allowed_mentions": {"parse": []}, "flags": 4}
    _post_json(address, body)


def ntfy(address: str, message: Message) -> None:
    # A longer message would arrive as a file.
    text = shortened(message.text, 4000, lambda part: len(part.encode()))
    urgent = message.event == "failed"
    headers = {
        "Title": message.title,
        "Tags": "rotating_light" if urgent else "bell",
        "Priority": "high" if urgent else "default",
    }
    _ask("POST", address, text.encode(), {**headers, **PLAIN})


def webhook(address: str, message: Message) -> None:
    _post_json(address, {"format": 1, **asdict(message), "text": message.text})


def heartbeat(address: str) -> None:
    _ask("GET", address, None, {})


def heartbeat_failed(address: str, message: Message) -> None:
    """A dead-man's switch that knows failures learns of this one at once; others by the silence."""
    if TAKES_FAILURES.match(address):
        path, question, query = address.partition("?")
        _ask("POST", f"{path.rstrip('/')}/fail{question}{query}", message.text.encode(), PLAIN)


def mail(plan: Mail, password: str, message: Message) -> None:
    letter = EmailMessage()
    letter["Subject"] = message.title
    letter["From"], letter["To"] = plan.sender, ", ".join(plan.to)
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=message.host)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text + "\n")
    name, _, port = plan.server.rpartition(":")
    context = ssl.create_default_context()
    try:
        with _connection(name, int(port), message.host, context) as server:
            if int(port) != IMPLICIT_TLS:
                server.starttls(context=context)  # a server without it gets no password
            server.login(plan.user, password)
            refused = server.send_message(letter)
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise Undelivered(f"answered {error.smtp_code}: {said}", final=error.smtp_code >= 500) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Undelivered(str(error), final=True) from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise Undelivered(_words(error)) from None
    if refused:
        raise Undelivered(f"refused {', '.join(refused)}", final=True)


def shortened(text: str, most: int, measure: Callable[[str], int]) -> str:
    """The beginning says what failed, so the end goes."""
    if measure(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle] + " ...") <= most else (low, middle - 1)
    return text[:low].rstrip("\\") + " ..."


def _connection(name: str, port: int, host: str, context: ssl.SSLContext) -> smtplib.SMTP:
    if port == IMPLICIT_TLS:
        return smtplib.SMTP_SSL(name, port, local_hostname=host, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(name, port, local_hostname=host, timeout=TIMEOUT)


def _post_json(address: str, body: Mapping[str, object]) -> None:
    _ask("POST", address, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _ask(method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> None:
    """Follows no redirection: the message would be lost on the way, and a success told."""
    try:
        parts = urlsplit(address.strip())
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, {"User-Agent": AGENT, **_authorization(parts), **headers})
            response = connection.getresponse()
            said = response.read(300).decode(errors="replace").strip()
        finally:
            connection.close()
    except (ValueError, http.client.InvalidURL):  # which would repeat the address, and it is a secret
        raise Undelivered("has no address that can be asked: it must be like https://...", final=True) from None
    except (OSError, http.client.HTTPException) as error:
        raise Undelivered(_words(error)) from None
    if not 200 <= response.status < 300:
        final = 300 <= response.status < 500 and response.status not in (408, 425, 429)
        raise Undelivered(f"answered {response.status}: {said}", final)


def _authorization(parts: SplitResult) -> dict[str, str]:
    """Of an address like https://user:password@ntfy.example/topic."""
    if parts.username is None and parts.password is None:
        return {}
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _words(error: Exception) -> str:
    return f"{error.__class__.__name__}: {error}" if str(error) else error.__class__.__name__
