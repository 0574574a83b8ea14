"""A web server made of nothing but sockets, so that it can be as wrong as a network.

Each connection is read as HTTP; what comes back is whatever the test's script writes to the socket.
"""

import contextlib
import json
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

TOKEN = {"accessToken": "token-1", "tokenType": "bearer", "expiresIn": 3600, "expiresAt": "2036-01-01T00:00:00Z"}


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)


type Script = Callable[[Request, socket.socket], None]


def answer(
    status: int = 200, body: Any = None, headers: dict[str, str] | None = None, *, raw: bytes | None = None
) -> bytes:
    """The bytes of a well-formed answer."""
    content = raw if raw is not None else json.dumps({} if body is None else body).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def says(status: int = 200, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> Script:
    """A script that always answers the same."""
    return lambda request, sock: sock.sendall(answer(status, body, headers, **more))


def resets(request: Request, sock: socket.socket) -> None:
    """The peer vanishes after it has read the whole request."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(sock.detach())  # close() would wait for the reader made of this socket


def hangs_up(request: Request, sock: socket.socket) -> None:
    """The peer closes politely and says nothing."""
    sock.shutdown(socket.SHUT_RDWR)


@dataclass
class Wire:
    """The server. `routes` maps "GET /path" to a script; everything else is answered 404."""

    routes: dict[str, Script] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self.routes.setdefault("POST /v0.9/auth/token", says(200, TOKEN))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close alone lets a blocked accept() take one more
        self._listener.close()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.close()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def base_url(self) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/v0.9"

    def on(self, route: str, script: Script) -> None:
        """`route` is like "GET /customers/cst_1", without the base path."""
        method, path = route.split(" ", 1)
        self.routes[f"{method} /v0.9{path}"] = script

    def seen(self, route: str) -> list[Request]:
        method, path = route.split(" ", 1)
        return [one for one in self.requests if one.method == method and one.path.partition("?")[0] == f"/v0.9{path}"]

    def pause(self, seconds: float) -> bool:
        """Wait; True when the test is over."""
        return self._stopping.wait(seconds)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock, self.connections), daemon=True).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        self._open.add(sock)
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self._open.add(sock)
            reader = sock.makefile("rb")
            while request := _read_request(reader, number):
                self.requests.append(request)
                script = self.routes.get(f"{request.method} {request.path.partition('?')[0]}")
                (script or says(404, {"error": {"code": "notFound", "message": "no such thing"}}))(request, sock)
        with contextlib.suppress(OSError):
            sock.close()


def _read_request(reader: Any, number: int) -> Request | None:
    first = reader.readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while line := reader.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", "0")))
    return Request(first[0], first[1], headers, body, number)
