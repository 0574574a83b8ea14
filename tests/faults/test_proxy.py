"""The fault proxy: each weather does what its name says, also to connections that are open already."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Proxies, proxies


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says everything back."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        try:
            while data := connection.recv(65_536):
                connection.sendall(data)
        except OSError:
            return

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield int(server.getsockname()[1])
    server.close()


@pytest.fixture
def net() -> Iterator[Proxies]:
    with proxies() as net:
        yield net


def dial(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=2)


def said(line: socket.socket, text: bytes) -> bytes:
    line.sendall(text)
    heard = b""
    while len(heard) < len(text):
        piece = line.recv(65_536)
        if not piece:
            break
        heard += piece
    return heard


def test_a_good_network_passes_everything_on(net: Proxies, echo: int) -> None:
    assert said(dial(net.open("it", "127.0.0.1", echo)), b"x" * 200_000) == b"x" * 200_000


def test_down_resets_what_is_open_and_what_comes(net: Proxies, echo: int) -> None:
    port = net.open("it", "127.0.0.1", echo)
    line = dial(port)
    assert said(line, b"hello") == b"hello"
    net.set("it", down=True)
    with pytest.raises(ConnectionError):
        line.recv(1)
    with pytest.raises(ConnectionError):
        dial(port).recv(1)
    net.set("it")
    assert said(dial(port), b"again") == b"again"


def test_a_time_out_passes_nothing_until_it_ends(net: Proxies, echo: int) -> None:
    line = dial(net.open("it", "127.0.0.1", echo))
    net.set("it", timeout=True)
    line.sendall(b"hello")
    line.settimeout(0.4)
    with pytest.raises(TimeoutError):
        line.recv(5)
    net.set("it")
    line.settimeout(2)
    assert line.recv(5) == b"hello"


def test_latency_and_slices_take_their_time(net: Proxies, echo: int) -> None:
    port = net.open("it", "127.0.0.1", echo)
    for weather in ({"latency": 0.3}, {"slice_bytes": 1, "slice_seconds": 0.1}):
        net.set("it", **weather)
        began = time.monotonic()
        assert said(dial(port), b"four") == b"four"
        assert time.monotonic() - began >= 0.3


def test_a_connection_is_reset_in_the_middle_of_an_answer(net: Proxies, echo: int) -> None:
    port = net.open("it", "127.0.0.1", echo)
    net.set("it", reset_after=3)
    line = dial(port)
    line.sendall(b"hello")
    with pytest.raises(ConnectionError):
        line.recv(5) and line.recv(5)


def test_cut_resets_what_is_open_and_lets_new_ones_through(net: Proxies, echo: int) -> None:
    port = net.open("it", "127.0.0.1", echo)
    line = dial(port)
    assert said(line, b"hello") == b"hello"
    net.cut("it")
    with pytest.raises(ConnectionError):
        line.recv(1)
    assert said(dial(port), b"again") == b"again"
