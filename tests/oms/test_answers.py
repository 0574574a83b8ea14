"""Which answer is which outcome: statuses, error bodies, waiting, and successes that are none."""

import gzip
import socket
import time
from functools import partial

import pytest

from tests.oms.conftest import KEY
from tests.oms.outcomes import CUSTOMER, both, change, outcome, read, unknown_unless_read
from tests.oms.wire import Request, Wire, answer, says
from walletapp.oms.client import OmsClient
from walletapp.oms.errors import (
    OmsRejected,
    OmsUnavailable,
)

# ----- statuses -----


@pytest.mark.parametrize("status", [500, 502, 503, 504, 301, 302, 307, 418, 405, 413])
def test_an_unexpected_status_leaves_a_change_open(wire: Wire, client: OmsClient, status: int) -> None:
    both(wire, says(status, {}))
    unknown_unless_read(client)


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 422])
def test_a_refusal_carries_status_code_message_and_request_id(wire: Wire, client: OmsClient, status: int) -> None:
    error = {"error": {"code": "quoteExpired", "message": "The quote has expired.", "requestId": "req_1"}}
    both(wire, says(status, error))
    for call in (read, change):
        refused = outcome(partial(call, client))
        assert isinstance(refused, OmsRejected)
        assert (refused.status, refused.code, refused.message, refused.request_id) == (
            status,
            "quoteExpired",
            "The quote has expired.",
            "req_1",
        )
        assert b"quoteExpired" in refused.raw


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b'{"error":"quoteUnavailable","code":4102,"message":"gone"}', "quoteUnavailable", "gone"),
        (b'{"code":"insufficient_funds","message":"no"}', "insufficient_funds", "no"),
        (b'{"type":"about:blank","title":"Bad","detail":"worse","status":422}', "about:blank", "worse"),
        (b"provider account not provisioned", "", "provider account not provisioned"),
        (b"evil\r\nline", "", "evil line"),
        (b"", "", "OMS answered 422"),
        (b"[1,2]", "", "[1,2]"),
        (b'{"error":null}', "", "OMS answered 422"),
        (b'{"error":{"code":{"a":1},"message":[1]}}', "", "OMS answered 422"),
        (b"\xff\xfe", "", "��"),
    ],
)
def test_every_known_shape_of_error_is_read(wire: Wire, client: OmsClient, raw: bytes, code: str, message: str) -> None:
    both(wire, says(422, raw=raw))
    refused = outcome(lambda: change(client))
    assert isinstance(refused, OmsRejected)
    assert (refused.code, refused.message) == (code, message)


def test_too_many_requests_did_not_happen_and_says_when_to_come_again(wire: Wire, client: OmsClient) -> None:
    both(wire, says(429, {}, {"Retry-After": "20"}))
    busy = outcome(lambda: change(client))
    assert isinstance(busy, OmsUnavailable)
    assert busy.retry_after == 20
    again = outcome(lambda: change(client))
    assert isinstance(again, OmsUnavailable)
    assert again.retry_after
    assert 18 < again.retry_after <= 20
    assert len(wire.seen("POST /customers")) == 1


def test_retry_after_may_be_a_date(wire: Wire, client: OmsClient) -> None:
    both(
        wire,
        says(429, {}, {"Retry-After": "Mon, 01 Jun 2026 10:00:30 GMT", "Date": "Mon, 01 Jun 2026 10:00:00 GMT"}),
    )
    busy = outcome(lambda: read(client))
    assert isinstance(busy, OmsUnavailable)
    assert busy.retry_after == 30


@pytest.mark.parametrize("value", ["soon", "-5", "1e9", "", "٣"])
def test_an_unreadable_retry_after_is_nobody_said(wire: Wire, client: OmsClient, value: str) -> None:
    wire.on(
        "GET /customers/cst_1",
        lambda request, sock: sock.sendall(
            b"HTTP/1.1 429 x\r\nContent-Length: 0\r\nRetry-After: " + value.encode() + b"\r\n\r\n"
        ),
    )
    busy = outcome(lambda: read(client))
    assert isinstance(busy, OmsUnavailable)
    assert busy.retry_after is None


def test_a_short_wait_is_waited_with_the_same_key(wire: Wire, client: OmsClient) -> None:
    def once_busy(request: Request, sock: socket.socket) -> None:
        first = len(wire.seen("POST /customers")) == 1
        sock.sendall(answer(429, {}, {"Retry-After": "1"}) if first else answer(201, CUSTOMER))

    both(wire, once_busy)
    began = time.monotonic()
    assert change(client).id == "cst_1"
    assert time.monotonic() - began >= 1
    assert {request.headers["idempotency-key"] for request in wire.seen("POST /customers")} == {KEY}


# ----- contents -----


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"cst_1"',
        b'{"id":"cst_1","id":"cst_2"}',
        b'{"id":"cst_1","x":NaN}',
        b'{"id":"cst_1","x":Infinity}',
        b'{"id":"cst_1","x":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"id":"cst_1","x":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"id":"cst_1","x":' + b"9" * 5000 + b"}",
        b'\xef\xbb\xbf{"id":"cst_1"}',
        b'{"id":"cst_1","x":"\xff"}',
        b'{"object":"customer"}',
        b'{"id":"cst_1","object":"wallet"}',
        b'{"id":"../wallets/wlt_1"}',
        b'{"id":17}',
        b'{"id":"cst_1","createdAt":"yesterday"}',
        b'{"id":"cst_1","createdAt":"2026-06-01T10:00:00"}',
        b'{"id":"cst_1","signedAgreement":"yes"}',
        b'{"id":"cst_1","endorsements":{}}',
        b'{"id":"cst_1","wallets":["wlt_1"]}',
    ],
)
def test_a_success_that_cannot_be_read_is_no_success(wire: Wire, client: OmsClient, raw: bytes) -> None:
    both(wire, says(201, raw=raw))
    unknown_unless_read(client)


def test_the_answer_about_another_thing_is_no_success(wire: Wire, client: OmsClient) -> None:
    both(wire, says(200, CUSTOMER | {"id": "cst_2", "externalId": "somebody-else"}))
    unknown_unless_read(client)


def test_a_compressed_answer_is_refused(wire: Wire, client: OmsClient) -> None:
    both(wire, says(200, raw=gzip.compress(b" " * 100_000_000), headers={"Content-Encoding": "gzip"}))
    unknown_unless_read(client)


def test_an_answer_without_end_is_cut_off(wire: Wire, client: OmsClient) -> None:
    sent = []

    def flood(request: Request, sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not wire.pause(0):
            sock.sendall(b"10000\r\n" + b"a" * 65_536 + b"\r\n")
            sent.append(65_536)

    both(wire, flood)
    unknown_unless_read(client)
    assert sum(sent) < 20_000_000
