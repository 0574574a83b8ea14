"""A webhook endpoint that writes down what it gets and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.own_time import clock


@dataclass(frozen=True)
class Received:
    signature: str
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class Receiver:
    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = []
        """Statuses of the next answers; 200 when there are none left."""
        self.delay = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.received.append(Received(self.headers["Webhook-Signature"], raw))
                time.sleep(receiver.delay)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if status in (301, 302, 307, 308):
                    self.send_header("Location", receiver.url + "elsewhere")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Keep the test output readable."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def names(self) -> list[str]:
        return [received.body.get("event") or received.body.get("eventType") for received in self.received]

    def wait_for(self, count: int, seconds: float = 60) -> list[Received]:
        """Wait until at least `count` deliveries have come in."""
        wait_until(lambda: len(self.received) >= count, seconds)
        return self.received


def wait_until(happened: Callable[[], object], seconds: float = 60) -> None:
    give_up = clock() + seconds
    while not happened():
        assert clock() < give_up, "it did not happen in time"
        time.sleep(0.05)
