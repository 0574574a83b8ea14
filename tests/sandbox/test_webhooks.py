"""Webhooks: registered, signed, retried, at least once."""

import hashlib
import hmac
import time
from typing import Any

import pytest

from tests.sandbox.api import Api, found, refusal
from tests.sandbox.receiver import Received, Receiver, wait_until


def register(api: Api, receiver: Receiver, **more: Any) -> Any:
    return found(api.post("webhooks", {"url": receiver.url, **more}))


def deliveries(api: Api) -> list[Any]:
    return list(api.control.get("deliveries")["data"])


def signed_right(received: Received, key: bytes) -> bool:
    """Checked from the decision's words, not with the sandbox's code."""
    at, _, digest = received.signature.partition(",v1=")
    expected = hmac.new(key, at.removeprefix("t=").encode() + b"." + received.raw, hashlib.sha256).hexdigest()
    return digest == expected and abs(int(at.removeprefix("t=")) - time.time()) < 60


def test_the_secret_is_told_once(api: Api, receiver: Receiver) -> None:
    webhook = register(api, receiver)
    assert webhook["secret"].startswith("whsec_")
    assert len(webhook["secret"]) == 70
    for answer in (
        api.get("webhooks"),
        api.get(f"webhooks/{webhook['id']}"),
        api.patch(f"webhooks/{webhook['id']}", {}),
    ):
        assert answer.ok
        assert "secret" not in answer.text


@pytest.mark.parametrize(
    "url", ["http://example.com/", "ftp://localhost/", "https://", "//localhost", "http://[", "https://a b/"]
)
def test_only_https_or_this_machine_can_be_registered(api: Api, url: str) -> None:
    assert refusal(api.post("webhooks", {"url": url})) == (400, "invalidRequest")
    assert api.post("webhooks", {"url": "https://example.com/hook"}).status_code == 201


def test_a_delivery_is_signed_and_carries_the_whole_resource(api: Api, receiver: Receiver) -> None:
    webhook = register(api, receiver)
    sent = api.send(api.rich(), "25.00")
    wait_until(lambda: "transaction.cryptoToCrypto.processing" in receiver.names())
    last = next(r for r in receiver.received if r.body["data"]["id"] == sent["id"])
    assert signed_right(last, webhook["secret"].encode())
    assert not signed_right(last, b"another secret")
    assert last.body["data"] == sent
    assert set(last.body) == {"id", "event", "eventId", "createdAt", "occurredAt", "sequence", "data"}
    assert last.body["id"].startswith("whd_")


def test_the_key_can_be_the_decoded_hex_part(api: Api, receiver: Receiver) -> None:
    api.control.settings(signatureKey="hex")
    webhook = register(api, receiver)
    api.control.approve(api.customer())
    key = bytes.fromhex(webhook["secret"].removeprefix("whsec_"))
    assert signed_right(receiver.wait_for(1)[0], key)


def test_the_signature_has_the_real_time_even_when_the_sandbox_lives_in_the_future(
    api: Api, receiver: Receiver
) -> None:
    webhook = register(api, receiver)
    customer = api.customer()
    api.control.advance_clock(86_400)
    api.control.approve(customer)
    assert signed_right(receiver.wait_for(1)[0], webhook["secret"].encode())


@pytest.mark.parametrize(
    ("style", "name"),
    [("prefixed", "transaction.cryptoToCrypto.processing"), ("short", "cryptoToCrypto.processing"),
     ("bare", "transaction.processing"), ("statusChanged", "transaction.statusChanged")],
)  # fmt: skip
def test_event_names_come_in_every_documented_spelling(api: Api, receiver: Receiver, style: str, name: str) -> None:
    api.control.settings(eventNames=style)
    alice = api.rich()
    register(api, receiver)
    api.send(alice, "25.00")
    receiver.wait_for(1)
    assert receiver.names() == [name]
    assert ("eventType" in receiver.received[0].body) == (style == "statusChanged")


def test_a_webhook_gets_only_the_events_it_asked_for(api: Api, receiver: Receiver) -> None:
    register(api, receiver, events=["transaction.*", "wallet.depositDetected"])
    alice = api.rich()
    api.send(alice, "25.00")
    receiver.wait_for(2)
    assert set(receiver.names()) == {"wallet.depositDetected", "transaction.cryptoToCrypto.processing"}


def test_a_refused_delivery_is_repeated_with_the_same_id_and_body(api: Api, receiver: Receiver) -> None:
    api.control.settings(webhookBackoff=[0.05, 0.05, 0.05])
    alice = api.person()
    register(api, receiver)
    receiver.answers = [500, 302]
    api.control.deposit(alice.wallet, "1.00")
    receiver.wait_for(3)
    assert len({received.raw for received in receiver.received}) == 1
    wait_until(lambda: deliveries(api)[0]["status"] == "delivered")
    assert [attempt["status"] for attempt in deliveries(api)[0]["attempts"]] == [500, 302, 200]


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_by_hand(api: Api, receiver: Receiver) -> None:
    api.control.settings(webhookBackoff=[0.05])
    alice = api.person()
    register(api, receiver)
    receiver.answers = [500, 500]
    api.control.deposit(alice.wallet, "1.00")
    wait_until(lambda: deliveries(api)[0]["status"] == "failed")
    api.control.post(f"deliveries/{deliveries(api)[0]['id']}/redeliver")
    receiver.wait_for(3)
    wait_until(lambda: deliveries(api)[0]["status"] == "delivered")


def test_an_endpoint_that_is_too_slow_counts_as_failed(api: Api, receiver: Receiver) -> None:
    api.control.settings(webhookTimeoutSeconds=0.2, webhookBackoff=[60])
    alice = api.person()
    register(api, receiver)
    receiver.delay = 1
    api.control.deposit(alice.wallet, "1.00")
    wait_until(lambda: deliveries(api)[0]["attempts"])
    assert deliveries(api)[0]["status"] == "pending"
    assert deliveries(api)[0]["attempts"][0]["error"] == "no answer within 0.2 s"


def test_410_disables_the_webhook(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    webhook = register(api, receiver)
    receiver.answers = [410]
    api.control.deposit(alice.wallet, "1.00")
    wait_until(lambda: not found(api.get(f"webhooks/{webhook['id']}"))["enabled"])
    api.control.deposit(alice.wallet, "1.00")
    assert found(api.get(f"webhooks/{webhook['id']}"))["status"] == "disabled"
    assert len(deliveries(api)) == 1


def test_a_paused_or_deleted_webhook_gets_nothing(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    paused, deleted = register(api, receiver), register(api, receiver)
    api.patch(f"webhooks/{paused['id']}", {"enabled": False})
    assert api.delete(f"webhooks/{deleted['id']}").status_code == 204
    api.control.deposit(alice.wallet, "1.00")
    assert deliveries(api) == []


def test_a_compliance_review_is_told_to_nobody_but_a_compliance_webhook(api: Api, receiver: Receiver) -> None:
    alice = api.rich()
    ordinary, compliance = register(api, receiver), register(api, receiver)
    assert api.control.post(f"webhooks/{compliance['id']}/compliance")["complianceOnly"]
    sent = api.send(alice, "25.00")
    seen = api.control.post(f"transactions/{sent['id']}/review")
    assert seen == api.transaction(sent["id"]) == sent
    wait_until(lambda: all(delivery["status"] == "delivered" for delivery in deliveries(api)))
    told = {delivery["webhookId"]: delivery["event"] for delivery in deliveries(api)}
    assert told == {
        compliance["id"]: "transaction.cryptoToCrypto.underReview",
        ordinary["id"]: "transaction.cryptoToCrypto.processing",
    }
