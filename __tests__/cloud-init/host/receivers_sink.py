"""Receivers of notices on loopback. They refuse what the real ones refuse."""

from __future__ import annotations

import json
import re
import socketserver
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MENTIONS = ("everyone", "roles", "users")


class Answer(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Web:
    """Slack, Discord, ntfy, Healthchecks.io and a webhook, by path."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Any]] = []
        self.answers: list[int] = []  # what comes first, before anything is looked at
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.answer(self.rfile.read(length))

            def do_GET(self) -> None:
                self.answer(b"")

            def answer(self, body: bytes) -> None:
                try:
                    if sink.answers and (status := sink.answers.pop(0)) != 200:
                        raise Answer(status, "not now")
                    kept = getattr(sink, re.split("[/?]", self.path)[1])(self, body)
                    sink.got.append((self.path, kept))
                    status, text = 200, "ok"
                except Answer as answer:
                    status, text = answer.status, str(answer)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{path}"

    def slack(self, request: BaseHTTPRequestHandler, body: bytes) -> Any:
        data = read_json(request, body, "invalid_payload")
        if not data.get("text"):
            raise Answer(400, "no_text")
        return data

    def discord(self, request: BaseHTTPRequestHandler, body: bytes) -> Any:
        if request.headers["User-Agent"].startswith("Python"):
            raise Answer(403, "error code: 1010")
        data = read_json(request, body, '{"message": "Invalid Form Body"}')
        content = data.get("content")
        if not content or len(content.encode("utf-16-le")) > 4000:
            raise Answer(400, '{"content": ["Must be 2000 or fewer in length."]}')
        return data

    def ntfy(self, request: BaseHTTPRequestHandler, body: bytes) -> Any:
        if len(body) > 4096:
            raise Answer(413, "it would be an attachment")
        names = ("Title", "Priority", "Tags", "Authorization")
        return {"message": body.decode(), **{name: request.headers[name] for name in names}}

    def webhook(self, request: BaseHTTPRequestHandler, body: bytes) -> Any:
        return read_json(request, body, "no JSON")

    def ping(self, request: BaseHTTPRequestHandler, body: bytes) -> Any:
        return body.decode()

    def kuma(self, request: BaseHTTPRequestHandler, body: bytes) -> Any:
        return body.decode()


def read_json(request: BaseHTTPRequestHandler, body: bytes, complaint: str) -> Any:
    try:
        if request.headers["Content-Type"] != "application/json":
            raise ValueError
        return json.loads(body)
    except ValueError:
        raise Answer(400, complaint) from None


class Mailbox:
    """A mail server that takes letters over STARTTLS from one user, whose password is `right`. Without a certificate: plain."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.letters: list[str] = []
        self.heard: list[str] = []  # in plain text
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                reader, writer, encrypted, allowed = self.rfile, self.wfile, False, False

                def say(text: str) -> None:
                    writer.write(f"{text}\r\n".encode())
                    writer.flush()

                say("220 mail.example ESMTP")
                while line := reader.readline().decode().strip():
                    if not encrypted:
                        mailbox.heard.append(line)
                    word = line.split()[0].upper()
                    if word == "EHLO":
                        say("250-mail.example")
                        if certificate and not encrypted:
                            say("250-STARTTLS")
                        say("250 AUTH PLAIN LOGIN")
                    elif word == "STARTTLS" and certificate:
                        say("220 go ahead")
                        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        context.load_cert_chain(certificate)
                        wrapped = context.wrap_socket(self.connection, server_side=True)
                        reader, writer, encrypted = wrapped.makefile("rb"), wrapped.makefile("wb"), True
                    elif word == "AUTH":
                        allowed = line.endswith("AG9wcwByaWdodA==")  # ops, right
                        say("235 welcome" if allowed else "535 5.7.8 authentication failed")
                    elif word in ("MAIL", "RCPT"):
                        say("250 ok" if allowed else "530 log in first")
                    elif word == "DATA":
                        say("354 go on")
                        lines = []
                        while (part := reader.readline().decode()) not in (".\r\n", ""):
                            lines.append(part)
                        mailbox.letters.append("".join(lines))
                        say("250 kept")
                    elif word == "QUIT":
                        say("221 bye")
                        return
                    else:
                        say("250 ok")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
