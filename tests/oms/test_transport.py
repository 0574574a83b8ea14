"""What the network may do to a call, and which of the four outcomes each of it is."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.oms.conftest import KEY, make_client
from tests.oms.outcomes import BODY, CUSTOMER, both, change, outcome, read, unknown_unless_read
from tests.oms.wire import Request, Wire, answer, hangs_up, resets, says
from walletapp.oms.client import OmsClient
from walletapp.oms.errors import (
    OmsError,
    OmsMisconfigured,
    OmsOutcomeUnknown,
    OmsUnavailable,
)


def test_a_good_answer_is_read(wire: Wire, client: OmsClient) -> None:
    both(wire, says(200, CUSTOMER))
    assert read(client).id == "cst_1"
    assert change(client).id == "cst_1"


def test_the_very_bytes_and_the_key_are_sent(wire: Wire, client: OmsClient) -> None:
    both(wire, says(201, CUSTOMER))
    change(client)
    [request] = wire.seen("POST /customers")
    assert request.body == BODY
    assert request.headers["idempotency-key"] == KEY
    assert request.headers["authorization"] == "Bearer token-1"


# ----- time -----


def drip_body(wire: Wire) -> Any:
    def script(request: Request, sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        while not wire.pause(0.1):
            sock.sendall(b" ")

    return script


def drip_headers(wire: Wire) -> Any:
    def script(request: Request, sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not wire.pause(0.1):
            sock.sendall(b"a")

    return script


def silence(wire: Wire) -> Any:
    def script(request: Request, sock: socket.socket) -> None:
        wire.pause(60)

    return script


@pytest.mark.parametrize("slow", [drip_body, drip_headers, silence])
@pytest.mark.parametrize("case", [(read, OmsUnavailable), (change, OmsOutcomeUnknown)])
def test_no_answer_outlives_the_deadline(
    wire: Wire, client: OmsClient, settings: Any, slow: Any, case: tuple[Any, type[OmsError]]
) -> None:
    call, expected = case
    both(wire, says(200, CUSTOMER))
    read(client)  # so that there is a token
    both(wire, slow(wire))
    settings.OMS_DEADLINE_SECONDS = 2.0
    began = time.monotonic()
    assert type(outcome(lambda: call(client))) is expected
    assert 1.8 < time.monotonic() - began < 30


def test_a_store_that_never_accepts_is_given_up_within_the_time_to_connect(settings: Any) -> None:
    settings.OMS_DEADLINE_SECONDS = 1.0
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        fillers = [_start_connecting(port) for _ in range(8)]
        began = time.monotonic()
        client = OmsClient(f"http://127.0.0.1:{port}/v0.9", "sk_sdbx_test", "secret")
        assert type(outcome(lambda: change(client))) is OmsUnavailable
        assert time.monotonic() - began < 20
        for filler in fillers:
            filler.close()


def _start_connecting(port: int) -> socket.socket:
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(("127.0.0.1", port))
    return sock


# ----- the line between "not sent" and "sent" -----


def test_a_refused_connection_did_not_happen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    client = OmsClient(f"http://127.0.0.1:{port}/v0.9", "sk_sdbx_test", "secret")
    assert type(outcome(lambda: change(client))) is OmsUnavailable


def test_a_connection_refused_after_the_token_did_not_happen(wire: Wire, client: OmsClient) -> None:
    both(wire, says(200, CUSTOMER))
    read(client)
    wire.__exit__(None, None, None)
    assert type(outcome(lambda: change(client))) is OmsUnavailable
    assert not wire.seen("POST /customers")


def test_a_name_that_does_not_resolve_did_not_happen() -> None:
    client = OmsClient("https://nowhere.invalid/v0.9", "sk_sdbx_test", "secret")
    assert type(outcome(lambda: change(client))) is OmsUnavailable


@pytest.mark.parametrize("vanish", [resets, hangs_up])
def test_a_connection_lost_after_the_request_may_have_happened(wire: Wire, client: OmsClient, vanish: Any) -> None:
    both(wire, vanish)
    unknown_unless_read(client)
    assert len(wire.seen("POST /customers")) == 1


def test_an_answer_cut_in_the_middle_may_have_happened(wire: Wire, client: OmsClient) -> None:
    def cut(request: Request, sock: socket.socket) -> None:
        sock.sendall(answer(200, CUSTOMER)[:-5])
        sock.shutdown(socket.SHUT_RDWR)

    both(wire, cut)
    unknown_unless_read(client)


def test_a_change_never_rides_on_an_idle_connection(wire: Wire, client: OmsClient) -> None:
    both(wire, says(200, CUSTOMER))
    read(client)
    read(client)
    change(client)
    first, second = wire.seen("GET /customers/cst_1")
    [posted] = wire.seen("POST /customers")
    assert first.connection == second.connection != posted.connection


def test_a_lost_call_is_sent_once_and_not_again(wire: Wire, client: OmsClient) -> None:
    both(wire, says(503, {}))
    outcome(lambda: change(client))
    assert len(wire.seen("POST /customers")) == 1


# ----- where the request goes -----


def test_a_redirect_is_not_followed(wire: Wire, client: OmsClient) -> None:
    with Wire() as other:
        both(wire, says(307, {}, {"Location": f"{other.base_url}/customers"}))
        unknown_unless_read(client)
        assert other.requests == []


def test_proxies_netrc_and_bundles_of_the_environment_take_no_part(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Wire() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        netrc = tmp_path / "netrc"
        netrc.write_text("default login thief password thief\n")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none"))
        both(wire, says(200, CUSTOMER))
        read(make_client(wire))
        [request] = wire.seen("GET /customers/cst_1")
        assert request.headers["authorization"] == "Bearer token-1"
        assert proxy.requests == []


def test_cookies_are_not_kept(wire: Wire, client: OmsClient) -> None:
    both(wire, says(200, CUSTOMER, {"Set-Cookie": "a=b; Path=/"}))
    read(client)
    read(client)
    assert all("cookie" not in request.headers for request in wire.requests)


@pytest.mark.parametrize("bad", ["../../admin", "cst_1/../x", "", "a b", "cst_1?x=1", "c" * 200, "cst_\r\n"])
def test_an_id_that_is_none_never_reaches_the_wire(wire: Wire, client: OmsClient, bad: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        client.get_customer(bad)
    assert wire.requests == []


@pytest.mark.parametrize("bad", ["", "short", "with space in it", "new\r\nline-in-it", "k" * 300, "ключ-ключ-ключ"])
def test_a_malformed_key_never_reaches_the_wire(wire: Wire, client: OmsClient, bad: str) -> None:
    with pytest.raises(ValueError, match="idempotency key"):
        client.create_customer(BODY, key=bad)
    assert wire.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org/v0.9",
        "ftp://localhost/v0.9",
        "https://user:pass@example.org/v0.9",
        "https:///v0.9",
        "https://example.org/v0.9?x=1",
        "https://example.org:port/v0.9",
        "",
    ],
)
def test_an_unsafe_base_url_is_our_mistake(url: str) -> None:
    with pytest.raises(OmsMisconfigured):
        OmsClient(url, "sk_sdbx_test", "secret")


def test_threads_share_a_client_without_mixing_answers(wire: Wire, client: OmsClient) -> None:
    def echo(request: Request, sock: socket.socket) -> None:
        sock.sendall(answer(200, {"id": request.path.rpartition("/")[2]}))

    for number in range(40):
        wire.on(f"GET /customers/cst_{number}", echo)
    wrong: list[str] = []

    def work(start: int) -> None:
        wanted = [f"cst_{number}" for number in range(start, 40, 8)]
        wrong.extend(one for one in wanted if client.get_customer(one).id != one)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
