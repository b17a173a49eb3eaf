import json
import socket
import threading
from unittest import mock

from support import HostTest

from single_host import layout
from single_host.bundle import Secrets
from single_host.fault import HostError
from single_host.site import pulling


class PullingTest(HostTest):
    """An engine that answers as Docker's does: a stream of JSON lines, an error among them or a status."""

    def setUp(self) -> None:
        super().setUp()
        self.path = self.root / "docker.sock"
        self.enterContextOf(mock.patch.object(layout, "DOCKER_SOCKET", self.path))
        self.asked = b""

    def engine(self, answer: bytes, *, open_end: bool = False) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self.path))
        listener.listen(1)
        self.addCleanup(listener.close)

        def serve() -> None:
            connection, _ = listener.accept()
            self.asked = connection.recv(65536)
            connection.sendall(answer)
            if open_end:
                self.addCleanup(connection.close)
            else:
                connection.close()

        threading.Thread(target=serve, daemon=True).start()

    def lines(self, image: str = "ghcr.io/lab/shop:2") -> tuple[str, ...]:
        with self.assertRaises(HostError) as caught:
            pulling.pull(image, self.root)
        self.assertEqual(str(caught.exception), f"image {image}: cannot be pulled")
        return caught.exception.lines

    def test_a_pulled_image_is_no_error(self) -> None:
        self.engine(b'HTTP/1.0 200 OK\r\n\r\n{"status":"Pulling"}\r\n{"status":"Status: Downloaded"}\r\n')
        pulling.pull("ghcr.io/lab/shop:2", self.root)
        self.assertIn(b"POST /images/create?fromImage=ghcr.io%2Flab%2Fshop&tag=2 HTTP/1.0", self.asked)
        self.assertNotIn(b"X-Registry-Auth", self.asked)

    def test_a_name_without_a_tag_means_one_image(self) -> None:
        self.engine(b"HTTP/1.0 200 OK\r\n\r\n")
        pulling.pull("localhost:5000/shop", self.root)
        self.assertIn(b"fromImage=localhost%3A5000%2Fshop&tag=latest ", self.asked)

    def test_the_registrys_password_goes_along(self) -> None:
        (self.root / "config.json").write_text(json.dumps({"auths": {"ghcr.io": {"auth": "dTpwOnc="}}}))
        self.engine(b"HTTP/1.0 200 OK\r\n\r\n")
        pulling.pull("ghcr.io/lab/shop@sha256:" + "0" * 64, self.root)
        self.assertIn(b"X-Registry-Auth: eyJ1c2VybmFtZSI6ICJ1IiwgInBhc3N3b3JkIjogInA6dyIs", self.asked)

    def test_an_error_in_the_stream_is_told(self) -> None:
        self.engine(b'HTTP/1.0 200 OK\r\n\r\n{"status":"Pulling"}\r\n{"error":"no space left on device"}\r\n')
        self.assertEqual(self.lines(), ("no space left on device",))

    def test_a_refusal_is_told(self) -> None:
        self.engine(b'HTTP/1.0 404 Not Found\r\n\r\n{"message":"manifest unknown"}\n')
        self.assertEqual(self.lines(), ("manifest unknown",))

    def test_a_registry_that_stands_still_is_given_up(self) -> None:
        self.engine(b'HTTP/1.0 200 OK\r\n\r\n{"status":"Pulling"}\r\n', open_end=True)
        with mock.patch.object(pulling, "SILENCE", 0.1):
            self.assertEqual(self.lines(), ("the registry has said nothing for 0 s",))


class LogInTest(HostTest):
    def test_registries_get_their_passwords_in_a_file_of_roots(self) -> None:
        pair = {"username": "u", "password": "p:w"}
        pulling.log_in(Secrets({}, {}, {"ghcr.io": pair, "docker.io": pair}))
        path = pulling.REGISTRY_LOGIN / "config.json"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        auth = {"auth": "dTpwOnc="}
        self.assertEqual(json.loads(path.read_text()), {"auths": {"ghcr.io": auth, "https://index.docker.io/v1/": auth}})
