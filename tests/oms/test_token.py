"""One token for everybody, exchanged once, sealed in the cache, never fatal to lose."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from tests.oms.conftest import KEY, make_client
from tests.oms.wire import TOKEN, Request, Wire, answer, says
from walletapp.oms.client import OmsClient
from walletapp.oms.errors import OmsMisconfigured, OmsUnavailable
from walletapp.oms.schemas import AccessToken
from walletapp.oms.token import Tokens

CUSTOMER = {"id": "cst_1"}
BODY = b'{"externalId":"u1","type":"individual"}'


class Desk:
    """An OMS that issues tokens and accepts only the last one."""

    def __init__(self, wire: Wire, *, lifetime: int = 3600, seconds: float = 0.0) -> None:
        self.wire, self.lifetime, self.seconds = wire, lifetime, seconds
        self.issued = 0
        self.good = "none"
        wire.on("POST /auth/token", self.issue)
        wire.on("GET /customers/cst_1", self.serve)
        wire.on("POST /customers", self.serve)

    def issue(self, request: Request, sock: socket.socket) -> None:
        self.wire.pause(self.seconds)
        self.issued += 1
        self.good = f"token-{self.issued}"
        sock.sendall(answer(200, TOKEN | {"accessToken": self.good, "expiresIn": self.lifetime}))

    def serve(self, request: Request, sock: socket.socket) -> None:
        fine = request.headers.get("authorization") == f"Bearer {self.good}"
        sock.sendall(answer(200, CUSTOMER) if fine else answer(401, {"error": {"code": "unauthorized"}}))


def together(calls: list[Any]) -> list[Exception]:
    problems: list[Exception] = []

    def run(call: Any) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever it was
            problems.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_the_key_is_exchanged_and_never_sent_as_a_bearer(wire: Wire, client: OmsClient) -> None:
    Desk(wire)
    client.get_customer("cst_1")
    [exchange] = wire.seen("POST /auth/token")
    assert exchange.json == {"apiKey": "sk_sdbx_test", "apiSecret": "secret"}
    assert "authorization" not in exchange.headers
    assert "idempotency-key" not in exchange.headers
    assert all("sk_sdbx_test" not in one.headers.get("authorization", "") for one in wire.requests)


def test_many_threads_and_clients_exchange_once(wire: Wire) -> None:
    desk = Desk(wire, seconds=0.2)
    clients = [make_client(wire) for _ in range(3)]
    assert together([lambda c=c: c.get_customer("cst_1") for c in clients for _ in range(4)]) == []
    assert desk.issued == 1


@pytest.mark.slow
def test_processes_exchange_once_between_them(wire: Wire) -> None:
    desk = Desk(wire, seconds=0.5)
    program = (
        "import sys, django; django.setup()\n"
        "from walletapp.oms.client import get_client\n"
        "client = get_client(); print('ready', flush=True); sys.stdin.readline()\n"
        "print(client.get_customer('cst_1').id)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "walletapp.settings",
        "OMS_BASE_URL": wire.base_url,
        "OMS_DEADLINE_SECONDS": "60",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0] for process in processes] == ["cst_1\n"] * 3
    assert desk.issued == 1


def test_whoever_takes_the_lock_just_after_an_exchange_uses_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    issued: list[AccessToken] = []

    def exchange(ends_at: float) -> AccessToken:
        issued.append(AccessToken(token=f"token-{len(issued)}", seconds=3600))
        return issued[-1]

    slow, quick = Tokens("one key", exchange), Tokens("one key", exchange)
    take_the_lock = slow._claim

    def claim_late() -> bool:
        quick.current(time.monotonic() + 5)
        return take_the_lock()

    monkeypatch.setattr(slow, "_claim", claim_late)
    assert slow.current(time.monotonic() + 5) == "token-0"
    assert len(issued) == 1


def test_a_refused_token_is_replaced_once_and_the_call_repeated_with_its_key(wire: Wire, client: OmsClient) -> None:
    desk = Desk(wire)
    client.get_customer("cst_1")
    desk.good = "something else"
    assert client.create_customer(BODY, key=KEY).id == "cst_1"
    first, second = wire.seen("POST /customers")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == KEY
    assert first.body == second.body
    assert desk.issued == 2


def test_many_refusals_at_once_are_one_exchange(wire: Wire) -> None:
    desk = Desk(wire, seconds=0.2)
    clients = [make_client(wire) for _ in range(3)]
    for each in clients:
        each.get_customer("cst_1")
    desk.good = "something else"
    assert together([lambda c=c: c.get_customer("cst_1") for c in clients for _ in range(4)]) == []
    assert desk.issued == 2


def test_refused_again_with_a_fresh_token_is_our_fault(wire: Wire, client: OmsClient) -> None:
    wire.on("POST /customers", says(401, {"error": {"code": "unauthorized"}}))
    with pytest.raises(OmsMisconfigured):
        client.create_customer(BODY, key=KEY)
    assert len(wire.seen("POST /customers")) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_key_is_our_fault(wire: Wire, client: OmsClient, status: int) -> None:
    wire.on("POST /auth/token", says(status, {"error": {"code": "unauthorized"}}))
    with pytest.raises(OmsMisconfigured):
        client.create_customer(BODY, key=KEY)
    assert not wire.seen("POST /customers")


@pytest.mark.parametrize(
    "script",
    [
        says(500, {}),
        says(200, {}),
        says(200, TOKEN | {"expiresIn": 0}),
        says(200, TOKEN | {"expiresIn": "3600"}),
        says(200, TOKEN | {"accessToken": "two words"}),
        says(200, raw=b"<html>"),
    ],
)
def test_without_a_token_nothing_is_sent(wire: Wire, client: OmsClient, script: Any) -> None:
    wire.on("POST /auth/token", script)
    with pytest.raises(OmsUnavailable):
        client.create_customer(BODY, key=KEY)
    assert not wire.seen("POST /customers")


@pytest.mark.parametrize("missing", [("", "secret"), ("key", "")])
def test_missing_credentials_are_our_fault(wire: Wire, missing: tuple[str, str]) -> None:
    with pytest.raises(OmsMisconfigured):
        OmsClient(wire.base_url, *missing)


def test_the_token_lies_sealed_in_the_cache(wire: Wire, client: OmsClient) -> None:
    Desk(wire)
    client.get_customer("cst_1")
    stored = list(cache._cache.values())  # type: ignore[attr-defined]
    assert stored
    assert all(b"token-1" not in value for value in stored)


def test_a_new_process_takes_the_token_from_the_cache(wire: Wire, client: OmsClient) -> None:
    desk = Desk(wire)
    client.get_customer("cst_1")
    make_client(wire).get_customer("cst_1")
    assert desk.issued == 1


def test_garbage_in_the_cache_costs_one_exchange(wire: Wire, client: OmsClient) -> None:
    desk = Desk(wire)
    client.get_customer("cst_1")
    for name in list(cache._cache):  # type: ignore[attr-defined]
        cache._cache[name] = b"garbage"  # type: ignore[attr-defined]
    make_client(wire).get_customer("cst_1")
    assert desk.issued == 2


def test_a_cache_that_is_away_costs_exchanges_and_nothing_more(wire: Wire, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    desk = Desk(wire)
    client = make_client(wire)
    client.get_customer("cst_1")
    client.get_customer("cst_1")
    assert desk.issued == 1


def test_it_is_renewed_before_it_ends(wire: Wire) -> None:
    desk = Desk(wire, lifetime=100)
    client = make_client(wire)
    client.get_customer("cst_1")
    with time_machine.travel(time.time() + 85):
        client.get_customer("cst_1")
    assert desk.issued == 2
    assert [request.headers["authorization"] for request in wire.seen("GET /customers/cst_1")] == [
        "Bearer token-1",
        "Bearer token-2",
    ]


def test_a_renewal_ahead_of_time_may_fail(wire: Wire) -> None:
    desk = Desk(wire, lifetime=100)
    client = make_client(wire)
    client.get_customer("cst_1")
    wire.on("POST /auth/token", says(503, {}))
    with time_machine.travel(time.time() + 85):
        assert client.get_customer("cst_1").id == "cst_1"
    assert desk.issued == 1


def test_a_lock_left_behind_by_a_dead_process_is_waited_for_and_no_longer(wire: Wire, settings: Any) -> None:
    settings.OMS_DEADLINE_SECONDS = 0.5
    client = make_client(wire)
    cache.add(client._call.__self__._tokens._name + ":lock", 1, timeout=10)  # type: ignore[attr-defined]
    began = time.monotonic()
    with pytest.raises(OmsUnavailable):
        client.get_customer("cst_1")
    assert time.monotonic() - began < 9  # the lock stands for 10


def test_nothing_secret_shows_in_a_repr() -> None:
    from walletapp.oms.schemas import AccessToken, Webhook

    token = AccessToken.from_json(TOKEN)
    hook = Webhook.from_json({"id": "whk_1", "url": "https://x.example", "secret": "whsec_" + "0" * 64})
    assert "token-1" not in repr(token)
    assert "whsec_" not in repr(hook)
    assert json.dumps(TOKEN)
