"""An application of long connections, on port 8000. Told to end, it says goodbye to each and lets requests finish.

GET /socket: a websocket, an echo with the version before it · GET /events: server-sent events · GET /download?seconds=N:
a megabyte, slowly · POST /orders?seconds=N: notes its body, in /orders, before and after the work · GET /orders: the notes
"""

import base64
import hashlib
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

VERSION = os.environ["VERSION"]
NOTES = Path("/orders/notes")
ENDING = threading.Event()
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455
MEGABYTE = b"".join(hashlib.sha256(bytes([high, low])).digest() for high in range(128) for low in range(256))


def note(line: str) -> None:
    """Appended in one write: several processes do."""
    file = os.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(file, f"{line} {VERSION}\n".encode())
    os.fsync(file)
    os.close(file)


class Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, seconds = self.asked()
        match path:
            case "/socket":
                self.socket()
            case "/events":
                self.events()
            case "/download":
                self.start(200, {"Content-Length": str(len(MEGABYTE)), "Content-Type": "application/octet-stream"})
                for begin in range(0, len(MEGABYTE), 4096):
                    self.wfile.write(MEGABYTE[begin : begin + 4096])
                    time.sleep(seconds * 4096 / len(MEGABYTE))
            case "/orders":
                self.answer(200, NOTES.read_bytes() if NOTES.exists() else b"")
            case _:
                self.answer(200, b"well\n")

    def do_POST(self) -> None:
        _, seconds = self.asked()
        order = self.rfile.read(int(self.headers["Content-Length"])).decode()
        note(f"begun {order}")
        time.sleep(seconds)
        note(f"done {order}")
        self.answer(201, f"{order}\n".encode())

    def events(self) -> None:
        self.start(200, {"Content-Type": "text/event-stream", "Connection": "close"})
        while not ENDING.wait(0.5):
            self.wfile.write(f"data: {VERSION}\n\n".encode())
        self.wfile.write(b"event: goodbye\ndata: the server ends\n\n")

    def socket(self) -> None:
        key = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + GUID).encode(), usedforsecurity=False).digest()
        accept = base64.b64encode(key).decode()
        self.start(101, {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept})
        self.close_connection = True
        threading.Thread(target=self.goodbye, daemon=True).start()
        while text := self.frame():
            self.send_frame(0x1, f"{VERSION} {text}".encode())

    def goodbye(self) -> None:
        ENDING.wait()
        self.send_frame(0x8, (1001).to_bytes(2, "big") + b"the server ends")  # going away

    def frame(self) -> str:
        """The text of the next short frame; nothing when the other side closes."""
        head = self.rfile.read(2)
        if len(head) < 2 or head[0] & 0xF != 0x1:
            return ""
        mask, masked = self.rfile.read(4), self.rfile.read(head[1] & 0x7F)
        return bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked)).decode()

    def send_frame(self, kind: int, payload: bytes) -> None:
        self.wfile.write(bytes([0x80 | kind, len(payload)]) + payload)

    def asked(self) -> tuple[str, float]:
        url = urlparse(self.path)
        return url.path.removeprefix("/writer"), float(parse_qs(url.query).get("seconds", ["0"])[0])

    def answer(self, status: int, body: bytes) -> None:
        self.start(status, {"Content-Length": str(len(body)), "Content-Type": "text/plain"})
        self.wfile.write(body)

    def start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "X-App-Version": VERSION}.items():
            self.send_header(name, value)
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = False  # requests under way are waited for
    request_queue_size = 128


def end(*_: object) -> None:
    ENDING.set()
    threading.Thread(target=server.shutdown).start()


server = Server(("", 8000), Visit)
signal.signal(signal.SIGTERM, end)
server.serve_forever()
server.server_close()
