"""Customers and their reviews."""

from typing import Any

import pytest

from tests.sandbox.api import IDENTITY, Api, found, refusal, send_body
from tests.sandbox.receiver import Receiver, wait_until


def statuses(customer: dict[str, Any]) -> set[str]:
    return {endorsement["status"] for endorsement in customer["endorsements"]}


def status_of(api: Api, customer_id: str) -> set[str]:
    return statuses(found(api.get(f"customers/{customer_id}")))


def test_a_new_customer_waits_for_review_and_identity_is_never_shown(api: Api) -> None:
    answer = api.post("customers", IDENTITY)
    assert answer.status_code == 201
    assert statuses(answer.json()) == {"PENDING"}
    assert [e["name"] for e in answer.json()["endorsements"]] == ["basic", "cryptoCustody", "usd"]
    for secret in ("000000000", "1990-05-15", "123 Main St"):
        assert secret not in api.get(f"customers/{answer.json()['id']}").text


def test_with_nobody_at_the_desk_a_review_stays_pending(api: Api) -> None:
    customer = api.customer()
    api.control.advance_clock(3000)
    assert status_of(api, customer) == {"PENDING"}


def test_with_auto_on_a_complete_customer_is_approved_and_the_webhook_is_told(api: Api, receiver: Receiver) -> None:
    api.control.settings(auto=True, kycSeconds=0)
    api.post("webhooks", {"url": receiver.url})
    customer = api.customer()
    receiver.wait_for(3)
    assert status_of(api, customer) == {"ACTIVE"}
    assert receiver.names() == ["customer.endorsement.granted"] * 3
    assert sorted(received.body["sequence"] for received in receiver.received) == [1, 2, 3]


@pytest.mark.parametrize(("last_name", "outcome"), [("Reject", "REJECTED"), ("Moreinfo", "ISSUES")])
def test_magic_names_decide_the_review(api: Api, last_name: str, outcome: str) -> None:
    api.control.settings(auto=True, kycSeconds=0)
    customer = api.customer(lastName=last_name)
    wait_until(lambda: status_of(api, customer) == {outcome})


def test_the_customer_named_slow_waits_for_a_person(api: Api) -> None:
    api.control.settings(auto=True, kycSeconds=0)
    slow, quick = api.customer(lastName="Slow"), api.customer()
    wait_until(lambda: status_of(api, quick) == {"ACTIVE"})
    assert status_of(api, slow) == {"PENDING"}


def test_a_minor_is_rejected(api: Api) -> None:
    api.control.settings(auto=True, kycSeconds=0)
    customer = api.customer(birthDate="2020-01-01")
    wait_until(lambda: status_of(api, customer) == {"REJECTED"})


def test_what_was_asked_for_again_reopens_the_review_once_it_is_sent(api: Api) -> None:
    api.control.settings(auto=True, kycSeconds=0)
    customer = api.customer(lastName="Moreinfo")
    wait_until(lambda: status_of(api, customer) == {"ISSUES"})
    endorsement = found(api.get(f"customers/{customer}"))["endorsements"][0]
    assert endorsement["requirements"]["issues"] == ["residentialAddress"]
    assert endorsement["rejectionReasons"][0]["reason"]
    answer = api.patch(f"customers/{customer}", {"residentialAddress": IDENTITY["residentialAddress"]})
    assert statuses(answer.json()) == {"PENDING"}
    wait_until(lambda: status_of(api, customer) == {"ACTIVE"})


def test_a_person_can_ask_for_one_item_with_a_reason(api: Api) -> None:
    customer = api.customer()
    api.control.decide(customer, "issues", requirement="phone", reason="The number does not answer.")
    endorsement = found(api.get(f"customers/{customer}"))["endorsements"][0]
    assert (endorsement["status"], endorsement["requirements"]["issues"]) == ("ISSUES", ["phone"])
    assert endorsement["rejectionReasons"] == [
        {"developerReason": "sandbox:issues", "reason": "The number does not answer."}
    ]
    assert statuses(api.patch(f"customers/{customer}", {"phone": "+12125550000"}).json()) == {"PENDING"}


def test_a_customer_without_identity_has_it_named_as_missing(api: Api) -> None:
    api.control.settings(auto=True, kycSeconds=0)
    customer = found(api.post("customers", {"type": "individual"}))["id"]
    wait_until(lambda: status_of(api, customer) == {"ISSUES"})
    missing = found(api.get(f"customers/{customer}"))["endorsements"][0]["requirements"]["missing"]
    assert "identifyingInformation" in missing


def test_a_revoked_customer_pays_nothing_any_more(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.decide(alice.customer, "revoke")
    assert status_of(api, alice.customer) == {"REVOKED_ISSUES"}
    assert refusal(api.execute(quote)) == (403, "endorsementRequired")
    assert api.balance(alice) == "100.00"


def test_an_address_change_leaves_an_active_customer_active(api: Api) -> None:
    alice = api.person()
    answer = api.patch(f"customers/{alice.customer}", {"residentialAddress": IDENTITY["residentialAddress"]})
    assert statuses(answer.json()) == {"ACTIVE"}


def test_endorsements_are_only_added_and_bring_basic(api: Api) -> None:
    customer = api.customer(endorsements=["cryptoCustody"])
    answer = api.patch(f"customers/{customer}", {"endorsements": ["usd"]})
    assert [e["name"] for e in answer.json()["endorsements"]] == ["basic", "cryptoCustody", "usd"]


def test_the_agreement_cannot_be_taken_back(api: Api) -> None:
    assert refusal(api.patch(f"customers/{api.customer()}", {"signedAgreement": False})) == (400, "invalidRequest")


def test_a_deleted_customer_is_inactive_and_makes_no_transactions(api: Api) -> None:
    alice = api.rich()
    assert api.delete(f"customers/{alice.customer}").json()["status"] == "inactive"
    answer = api.post("quotes", send_body(alice, "1.00"))
    assert refusal(answer) == (403, "customerInactive")


@pytest.mark.parametrize(
    "wrong", [{"phone": "5551234"}, {"nationality": "USA"}, {"email": "nobody"}, {"birthDate": "1990-02-30"},
              {"type": "business"}, {"firstName": None}, {"endorsements": ["gold"]}],
)  # fmt: skip
def test_malformed_identity_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    assert refusal(api.post("customers", {**IDENTITY, **wrong})) == (400, "invalidRequest")


def test_customers_are_found_by_email_and_external_id(api: Api) -> None:
    api.customer(email="bob@example.com", externalId="bob")
    alice = api.customer(externalId="alice")
    for query in ({"email": "alice@example.com"}, {"externalId": "alice"}):
        assert [c["id"] for c in found(api.get("customers", **query))["data"]] == [alice]
