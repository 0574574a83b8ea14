"""Row 4: twenty thousand deliveries that OMS did not make, most of them in this process and some over the wire to
gunicorn. None may be accepted, none kept, none a server error."""

import json
import random
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.faults.figures import Figures
from tests.oms.deliveries import SECRET, deliver, envelope, sign
from tests.security.served import served
from walletapp.oms.models import InboundEvent

ROW = 4
SIZES = {"quick": 20_000, "full": 200_000}
URL = "/webhooks/oms/test-path-token/"
OTHER_SECRET = "whsec_" + "cd" * 32

Draw = random.Random
Case = tuple[bytes, dict[str, str], str]  # body, headers, content type


@pytest.mark.django_db
def test_no_malformed_delivery_is_accepted_or_breaks_anything(size: int, seed: int, figures: Figures) -> None:
    draw, client = Draw(seed), Client(raise_request_exception=False)
    statuses: dict[int, int] = {}
    broken, accepted = [], []
    for number in range(size):
        forge = FORGERIES[number % len(FORGERIES)]
        body, headers, kind = forge(draw)
        answer = client.post(
            URL,
            body,
            content_type=kind,
            headers=headers,
            REMOTE_ADDR=f"203.0.{draw.randrange(256)}.{draw.randrange(256)}",
        )
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        if answer.status_code >= 500:
            broken.append(f"{forge.__name__} {number}")
        if answer.status_code < 300:
            accepted.append(f"{forge.__name__} {number}")
    figures.hold("malformed deliveries", sum(statuses.values()), f"{size}", sum(statuses.values()) == size)
    figures.zero("server errors", broken)
    figures.zero("accepted", accepted)
    figures.zero("kept", InboundEvent.objects.all())
    figures.hold("statuses", statuses, "400, 401, 413, 429", set(statuses) <= {400, 401, 413, 429})
    figures.hold("a true one among them", deliver(envelope()), "202", deliver(envelope()) in {200, 202})


@pytest.mark.django_db(transaction=True)
def test_nor_over_the_wire(seed: int, figures: Figures, settings: Any) -> None:
    draw, statuses = Draw(seed), list[int]()
    environment = {"OMS_WEBHOOK_PATH_TOKEN": "test-path-token", "OMS_WEBHOOK_SECRETS": SECRET}
    with served(environment) as port:
        for number in range(200):
            statuses.append(_over_the_wire(port, WIRE[number % len(WIRE)](draw)))
        body = json.dumps(envelope()).encode()
        true = _over_the_wire(port, _raw(body, {"Webhook-Signature": sign(body), "Content-Type": "application/json"}))
    figures.hold("over the wire", len(statuses), "200", len(statuses) == 200)
    figures.zero("over the wire: server errors", [status for status in statuses if status in {500, 502, 503}])
    figures.zero("over the wire: accepted", [status for status in statuses if 200 <= status < 300])
    figures.hold("over the wire: a true one among them", true, "202", true == 202)


# ----- forgeries: each makes a body, headers and a content type that must be refused -----


def _body(draw: Draw) -> bytes:
    return json.dumps(envelope(f"whd_{draw.randrange(10**9)}", sequence=draw.randrange(99))).encode()


def changed_after_signing(draw: Draw) -> Case:
    body = bytearray(_body(draw))
    header = sign(bytes(body))
    body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
    return bytes(body), {"Webhook-Signature": header}, "application/json"


def cut_or_grown(draw: Draw) -> Case:
    body = _body(draw)
    header = sign(body)
    other = (
        body[: draw.randrange(len(body))] if draw.random() < 0.5 else body + draw.choice([b" ", b"\n", b"{}", b"\x00"])
    )
    return other, {"Webhook-Signature": header}, "application/json"


def another_secret(draw: Draw) -> Case:
    body = _body(draw)
    secret = draw.choice([OTHER_SECRET, "", SECRET[:-1], SECRET.upper(), SECRET.removeprefix("whsec_")])
    return body, {"Webhook-Signature": sign(body, key=secret.encode() or b"\x00")}, "application/json"


def another_time(draw: Draw) -> Case:
    body = _body(draw)
    away = draw.choice([-1, 1]) * draw.randrange(302, 10**6)
    return body, {"Webhook-Signature": sign(body, at=time.time() + away)}, "application/json"


def half_a_header(draw: Draw) -> Case:
    body = _body(draw)
    header = sign(body)
    cut = draw.choice([header[: draw.randrange(len(header))], header.replace("v1", "v0"), header.replace("t=", "t=0x")])
    return body, {"Webhook-Signature": cut}, "application/json"


def two_times(draw: Draw) -> Case:
    body = _body(draw)
    return body, {"Webhook-Signature": f"t={draw.randrange(10**9)},{sign(body)}"}, "application/json"


def noise_in_the_header(draw: Draw) -> Case:
    letters = "tv1=,0123456789abcdef \t\u00e9\u2028;'\"<>%"
    return _body(draw), {"Webhook-Signature": "".join(draw.choices(letters, k=draw.randrange(300)))}, "application/json"


def noise_in_the_body(draw: Draw) -> Case:
    body = draw.randbytes(draw.randrange(2000))
    return body, {"Webhook-Signature": sign(body, key=OTHER_SECRET.encode())}, "application/json"


def signed_noise(draw: Draw) -> Case:
    """Even OMS itself cannot make us read what is no delivery."""
    body = draw.choice(
        [b"", b"[", b"[]", b"null", b'{"a":1,"a":2}', b"\xff" * 9, b"[" * 9000, b'{"a":NaN}', b'{"a":1e999}x']
    )
    return body, {"Webhook-Signature": sign(body)}, "application/json"


def another_kind(draw: Draw) -> Case:
    body = _body(draw)
    kinds = [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "*/*",
        "",
    ]
    return body, {"Webhook-Signature": sign(body)}, draw.choice(kinds)


def another_length(draw: Draw) -> Case:
    body = _body(draw)
    length = draw.choice(["", "-1", "abc", "1e3", "9" * 40, "\u0661", "0x10", str(10**7), "+5", " 5 5"])
    return body, {"Webhook-Signature": sign(body), "Content-Length": length}, "application/json"


def no_header(draw: Draw) -> Case:
    names = ["X-Webhook-Signature", "Webhook_Signature", "Signature", "Authorization"]
    body = _body(draw)
    return body, {draw.choice(names[:1] + names[2:]): sign(body)}, "application/json"


FORGERIES: tuple[Callable[[Draw], Case], ...] = (
    changed_after_signing, cut_or_grown, another_secret, another_time, half_a_header, two_times, noise_in_the_header,
    noise_in_the_body, signed_noise, another_kind, another_length, no_header,
)  # fmt: skip


# ----- the same, and what only a socket can say -----


def _raw(body: bytes, headers: dict[str, str], *, line: str = f"POST {URL} HTTP/1.1") -> bytes:
    lines = [line, "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


def _forged(draw: Draw) -> bytes:
    body, headers, kind = draw.choice(FORGERIES[:9])(draw)
    return _raw(body, {**headers, "Content-Type": kind})


def _smuggled(draw: Draw) -> bytes:
    """A second request inside of the first, hidden by lengths that two readers read in two ways."""
    inner = _raw(b"{}", {"Content-Type": "application/json", "Webhook-Signature": "t=1,v1=" + "0" * 64})
    both = {
        "Content-Length": str(draw.randrange(1, 40)),
        "Transfer-Encoding": draw.choice(["chunked", " chunked", "x"]),
    }
    return _raw(b"0\r\n\r\n" + inner, {**both, "Content-Type": "application/json"})


def _odd_line(draw: Draw) -> bytes:
    lines = [f"GET {URL} HTTP/1.1", f"post {URL} HTTP/1.1", f"POST {URL}%00 HTTP/1.1", f"POST //{URL} HTTP/1.1"]
    lines += [f"POST {URL} HTTP/9.9", f"POST http://evil.example{URL} HTTP/1.1", "\x16\x03\x01", "TRACE / HTTP/1.1"]
    return _raw(b"{}", {"Content-Type": "application/json"}, line=draw.choice(lines))


def _odd_headers(draw: Draw) -> bytes:
    odd = [{"X-Long": "x" * 20_000}, {"Content-Length": "5\r\nContent-Length: 6"}, {"A b": "c"}, {"X": "a\nb"}]
    return _raw(b"{}", {"Content-Type": "application/json", **draw.choice(odd)})


WIRE: tuple[Callable[[Draw], bytes], ...] = (_forged, _smuggled, _odd_line, _odd_headers)


def _over_the_wire(port: int, raw: bytes) -> int:
    """The status of the answer; 0 when the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as wire:
        try:
            wire.sendall(raw)
            wire.shutdown(socket.SHUT_WR)
            first = wire.recv(64)
        except OSError:
            return 0
    return int(first.split(b" ")[1]) if first.startswith(b"HTTP/") else 0
