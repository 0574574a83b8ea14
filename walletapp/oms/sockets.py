"""Connections that obey one deadline for the whole call and know whether anything was sent.

The time-outs of `requests` are per socket operation, so an answer that drips one byte at a time outlives them all.
Here every operation (resolving, connecting, TLS, sending, each receive) is given no more than what remains of the
call. And because a connection is made before the first byte is written, the call knows for certain whether OMS can
have seen it: that is the line between "did not happen" and "may have happened".
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import certifi
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.retry import Retry
from urllib3.util.ssl_ import create_urllib3_context

CONNECT_SECONDS = 3.0
SILENCE_SECONDS = 10.0


@dataclass
class Attempt:
    """One request under way in this thread."""

    ends_at: float
    sent: bool = False

    def left(self, at_most: float) -> float:
        """Seconds that the next operation may take. Raises TimeoutError when the call's time is up."""
        remaining = self.ends_at - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the deadline of the call has passed")
        return min(remaining, at_most)


_here = threading.local()


@contextmanager
def attempt(ends_at: float) -> Iterator[Attempt]:
    """Put this thread's socket operations under a deadline on the monotonic clock."""
    _here.attempt = Attempt(ends_at)
    try:
        yield _here.attempt
    finally:
        _here.attempt = None


def _current() -> Attempt:
    found: Attempt | None = getattr(_here, "attempt", None)
    if found is None:
        raise RuntimeError("a call to OMS outside of attempt()")
    return found


class _Timed:
    """Gives each operation of a socket what remains of the call."""

    def _limit(self, at_most: float) -> None:
        self.settimeout(_current().left(at_most))  # type: ignore[attr-defined]

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._limit(SILENCE_SECONDS)
        return super().recv_into(*args, **kwargs)  # type: ignore[misc,no-any-return]

    def send(self, *args: Any, **kwargs: Any) -> int:
        self._limit(SILENCE_SECONDS)
        return super().send(*args, **kwargs)  # type: ignore[misc,no-any-return]

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._limit(SILENCE_SECONDS)
        super().sendall(*args, **kwargs)  # type: ignore[misc]


class TimedSocket(_Timed, socket.socket):
    """A plain socket under the deadline."""


class TimedTLSSocket(_Timed, ssl.SSLSocket):
    """A TLS socket under the deadline, handshake included."""

    def do_handshake(self, block: bool = False) -> None:
        self._limit(CONNECT_SECONDS)
        super().do_handshake(block)


def _connect(connection: HTTPConnection) -> socket.socket:
    """Resolve and connect within CONNECT_SECONDS altogether, over all addresses of the name."""
    ends_at = time.monotonic() + _current().left(CONNECT_SECONDS)
    try:
        addresses = _resolve(connection.host, connection.port or connection.default_port, ends_at - time.monotonic())
    except OSError as error:
        raise NameResolutionError(connection.host, connection, socket.gaierror(str(error))) from error
    problem: OSError = TimeoutError("no address answered in time")
    for family, kind, proto, _, address in addresses:
        if (remaining := ends_at - time.monotonic()) <= 0:
            break
        plain = TimedSocket(family, kind, proto)
        try:
            plain.settimeout(remaining)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.connect(address)
        except OSError as error:
            plain.close()
            problem = error
        else:
            return plain
    raise NewConnectionError(connection, f"could not connect: {problem}") from problem


def _resolve(host: str, port: int, seconds: float) -> list[Any]:
    """getaddrinfo with a time-out: it has none of its own and can hang for half a minute."""
    found: list[Any] = []
    problem: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            problem.append(error)

    thread = threading.Thread(target=look_up, name="oms-resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if problem:
        raise problem[0]
    if not found:
        raise TimeoutError("the name did not resolve in time")
    return found


class _Marking:
    """Notes the moment from which OMS may have seen the request."""

    sock: Any

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        _current().sent = True
        super().send(data)  # type: ignore[misc]

    def _new_conn(self) -> socket.socket:
        return _connect(self)  # type: ignore[arg-type]


class _Plain(_Marking, HTTPConnection):
    pass


class _Secure(_Marking, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


@cache
def _context(ca_file: str) -> ssl.SSLContext:
    """What every connection of this process shares: reading the authorities costs 50 ms."""
    context = create_urllib3_context()
    context.sslsocket_class = TimedTLSSocket
    context.load_verify_locations(ca_file)
    return context


class TimedAdapter(HTTPAdapter):
    """The adapter of `requests` over the connections above: no retries, certificates always verified."""

    def __init__(self, ca_file: str = "") -> None:
        self._context = _context(ca_file or certifi.where())
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=Retry(total=0, redirect=False))

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Always our own context; `requests` would put its shared one in its place."""
        host, tls = super().build_connection_pool_key_attributes(request, True, cert)
        return host, {**tls, "ssl_context": self._context, "cert_reqs": "CERT_REQUIRED"}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing: the context holds the authorities already."""
