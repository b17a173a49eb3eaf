import json
import socket
import threading

from support import HostTest

from single_host import containers, engine, layout


class EngineTest(HostTest):
    def serve(self, *answers: bytes) -> None:
        layout.DOCKER_SOCKET.parent.mkdir(parents=True, exist_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(layout.DOCKER_SOCKET))
        listener.listen()
        self.asked: list[str] = []

        def answer() -> None:
            for text in answers:
                connection, _ = listener.accept()
                self.asked.append(connection.recv(65536).decode().splitlines()[0])
                for position in range(0, len(text), 7):  # in crumbs, as a network may
                    connection.sendall(text[position : position + 7])
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        self.addCleanup(listener.close)
        self.addCleanup(thread.join, 5)

    def test_an_answer_in_crumbs_is_put_together(self) -> None:
        self.serve(b'HTTP/1.0 200 OK\r\nX: y\r\n\r\n{"a": 1}')
        self.assertEqual(engine.get("/info"), {"a": 1})
        self.assertEqual(self.asked, ["GET /info HTTP/1.0"])

    def test_an_error_of_the_engine_is_told(self) -> None:
        self.serve(b'HTTP/1.0 404 Not Found\r\n\r\n{"message": "no such network"}')
        self.assertIn("answered 404", self.faults_of(engine.get, "/networks/x?y")[0])

    def test_no_engine_is_no_answer(self) -> None:
        self.assertFalse(engine.answers())

    def test_events_are_lines(self) -> None:
        events = b"".join(json.dumps({"n": n}).encode() + b"\n" for n in range(3))
        self.serve(b"HTTP/1.0 200 OK\r\n\r\n" + events)
        self.assertEqual([event["n"] for event in containers.events(("container",), ("start",), 30)], [0, 1, 2])
