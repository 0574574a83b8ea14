"""The door: what it takes, what it keeps, and what it answers to everything else."""

import json
import threading
import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, connections
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.oms.deliveries import SECRET, deliver, envelope, sign
from walletapp.oms import webhooks
from walletapp.oms.models import InboundEvent, WebhookEndpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.OMS_WEBHOOK_SECRETS = [SECRET]


def url() -> str:
    return reverse("oms:webhook", args=["test-path-token"])


def test_a_delivery_is_kept_once_however_often_it_comes() -> None:
    assert deliver(envelope()) == 202
    assert [deliver(envelope()) for _ in range(5)] == [200] * 5
    event = InboundEvent.objects.get()
    assert (event.event_id, event.kind, event.resource_id, event.sequence) == ("whd_1", "transaction", "txn_1", 1)
    assert (event.endpoint, event.state, event.attempts) == ("settings", "received", 0)
    assert event.due_at is not None
    assert json.loads(event.body.data) == envelope()


def test_the_body_is_unreadable_in_the_database() -> None:
    deliver(envelope(data={"object": "customer", "id": "cst_1", "firstName": "Canary-Firstname"}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM oms_inboundevent")
        [(stored,)] = cursor.fetchall()
    assert b"Canary-Firstname" not in bytes(stored)


def test_the_same_id_with_another_body_keeps_both_and_applies_neither(caplog: pytest.LogCaptureFixture) -> None:
    assert deliver(envelope()) == 202
    assert deliver(envelope(sequence=9)) == 200
    assert deliver(envelope(sequence=9)) == 200
    first, second = InboundEvent.objects.order_by("received_at")
    assert (first.state, second.state) == ("conflict", "conflict")
    assert second.contradicts == first
    assert not InboundEvent.due().exists()
    assert sum("ALERT two deliveries" in record.message for record in caplog.records) == 1


def test_a_contradiction_does_not_take_back_what_was_applied() -> None:
    deliver(envelope())
    InboundEvent.objects.update(state="applied", due_at=None)
    assert deliver(envelope(sequence=9)) == 200
    assert sorted(InboundEvent.objects.values_list("state", flat=True)) == ["applied", "conflict"]


def test_without_an_id_the_body_itself_is_the_identity() -> None:
    bare = envelope()
    del bare["id"]
    assert deliver(bare) == 202
    assert deliver(bare) == 200
    assert InboundEvent.objects.get().event_id.startswith("sha256:")


@pytest.mark.parametrize("odd", [7, "", None, "x" * 300, "a b", "whd_\x00", ["whd_1"], {"a": 1}])
def test_an_odd_id_is_no_identity(odd: Any) -> None:
    assert deliver(envelope(delivery=odd)) in {202, 400}
    assert all(event.event_id.startswith("sha256:") for event in InboundEvent.objects.all())


@pytest.mark.parametrize(
    "more",
    [
        {"sequence": "7"},
        {"sequence": -1},
        {"sequence": 10**30},
        {"sequence": 1.5},
        {"event": None, "eventType": ["x"]},
        {"event": "e" * 5000},
        {"event": "<script>\u202e"},
        {"data": None},
        {"data": []},
        {"data": "txn_1"},
        {"data": {}},
        {"data": {"object": "k" * 400, "id": "txn_1"}},
        {"data": {"object": 5, "id": 5}},
        {"data": {"object": {"object": "transaction", "id": "txn_1"}}},
    ],
)
def test_a_signed_delivery_is_kept_whatever_it_says(more: dict[str, Any]) -> None:
    assert deliver(envelope(**more)) == 202
    assert InboundEvent.objects.count() == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"id":"a","id":"b"}',
        b'{"a":NaN}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"[" * 5000,
        b'{"a":' + b"9" * 400 + b"}",
        b'{"a":"\\u0000"}',
        b'{"a":"\\ud800"}',
    ],
    ids=range(13),
)
def test_a_signed_body_that_is_no_delivery_is_400_and_not_kept(raw: bytes) -> None:
    assert deliver(None, raw=raw) == 400
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    "signature",
    ["", "t=1,v1=0", f"t={int(time.time())},v1={'0' * 64}", "\u00e9", "v1=" + "a" * 2000],
    ids=["empty", "old", "of now", "not ascii", "long"],
)
def test_a_forged_delivery_is_401_and_leaves_nothing(signature: str) -> None:
    assert deliver(envelope(), signature=signature) == 401
    assert not InboundEvent.objects.exists()


def test_a_true_but_old_delivery_is_refused() -> None:
    raw = json.dumps(envelope()).encode()
    assert deliver(None, raw=raw, signature=sign(raw, at=time.time() - 301)) == 401
    assert deliver(None, raw=raw, signature=sign(raw, at=time.time() - 290)) == 202


def test_a_missing_header_is_401() -> None:
    answer = Client().post(url(), data=b"{}", content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_anything_but_json_is_400(kind: str) -> None:
    assert deliver(envelope(), content_type=kind) == 400
    assert not InboundEvent.objects.exists()


def test_a_large_body_is_refused_by_its_length_before_it_is_read() -> None:
    class Trap:
        def read(self, *args: Any) -> bytes:
            raise AssertionError("the body was read")

    request: Any = RequestFactory().post(url(), data=b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(webhooks.MAX_BODY + 1)
    request._stream = Trap()
    assert webhooks.receive(request, "test-path-token").status_code == 413
    request.META["CONTENT_LENGTH"] = "9" * 40
    assert webhooks.receive(request, "test-path-token").status_code == 413


def test_the_largest_allowed_body_is_taken() -> None:
    content = envelope(filler="")
    content["filler"] = "x" * (webhooks.MAX_BODY - len(json.dumps(content)))
    assert deliver(content) == 202


@pytest.mark.parametrize("length", ["", "-1", "abc", "1e3"])
def test_a_body_of_unknown_length_is_400(length: str) -> None:
    request = RequestFactory().post(url(), data=b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = length
    assert webhooks.receive(request, "test-path-token").status_code == 400


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_only_post_is_allowed(method: str) -> None:
    assert getattr(Client(), method)(url()).status_code == 405


def test_another_path_is_not_found_and_never_gone() -> None:
    assert Client().post("/webhooks/oms/wrong/", data=b"{}", content_type="application/json").status_code == 404


def test_no_csrf_token_no_session_no_cookie_is_involved() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert deliver(envelope(), client=strict) == 202
    assert not strict.cookies
    assert not Session.objects.exists()


def test_it_says_503_when_the_database_is_away() -> None:
    def away(execute: Any, sql: str, *rest: Any) -> Any:
        raise DatabaseError("away")

    with connection.execute_wrapper(away):
        assert deliver(envelope()) == 503
    assert deliver(envelope()) == 202


def test_failures_from_one_address_are_slowed_and_true_deliveries_are_not() -> None:
    statuses = [deliver(envelope(), signature="t=1,v1=0") for _ in range(webhooks.FAILURES_A_MINUTE + 5)]
    assert statuses[: webhooks.FAILURES_A_MINUTE] == [401] * webhooks.FAILURES_A_MINUTE
    assert 429 in statuses[webhooks.FAILURES_A_MINUTE :]
    late = Client().post(
        "/webhooks/oms/test-path-token/", b"{}", content_type="application/json", headers={"Webhook-Signature": "x"}
    )
    assert (late.status_code, late["Retry-After"]) == (429, "60")
    assert deliver(envelope()) == 202


def test_two_secrets_are_accepted_while_one_replaces_the_other() -> None:
    other = "whsec_" + "cd" * 32
    WebhookEndpoint.objects.create(oms_id="whk_2", url="https://x.example/", secret=other, active=True)
    one, two = json.dumps(envelope("whd_1")).encode(), json.dumps(envelope("whd_2")).encode()
    assert deliver(None, raw=one) == 202
    assert deliver(None, raw=two, signature=sign(two, secret=other)) == 202
    by = dict(InboundEvent.objects.values_list("event_id", "secret_id"))
    assert by["whd_1"].startswith("settings:")
    assert by["whd_2"] == "whk_2"
    WebhookEndpoint.objects.update(active=False)
    assert deliver(None, raw=two, signature=sign(two, secret=other)) == 401


def test_the_secret_lies_sealed_in_the_database() -> None:
    WebhookEndpoint.objects.create(oms_id="whk_2", url="https://x.example/", secret=SECRET, active=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM oms_webhookendpoint")
        [(stored,)] = cursor.fetchall()
    assert SECRET.encode() not in bytes(stored)
    assert WebhookEndpoint.objects.get().secret == SECRET


@pytest.mark.django_db(transaction=True)
def test_many_copies_at_the_same_moment_are_one_row() -> None:
    raw = json.dumps(envelope()).encode()
    signature = sign(raw)
    statuses: list[int] = []
    together = threading.Barrier(8)

    def send() -> None:
        together.wait()
        statuses.append(deliver(None, raw=raw, signature=signature))
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 7 + [202]
    assert InboundEvent.objects.count() == 1
