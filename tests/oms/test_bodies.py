"""Request bytes are a pure function of what was asked, and cannot say anything ambiguous."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from walletapp.money import Currency, Money
from walletapp.oms import bodies

TRANSFER = UUID("5f0c2f3e-0000-4000-8000-000000000001")
USDC = Money(25_000_000, Currency.USDC)


def test_the_same_transaction_is_the_same_bytes() -> None:
    expected = (
        b'{"metadata":{"transferId":"5f0c2f3e-0000-4000-8000-000000000001"},"partnerTransactionId":7,"quoteId":"qt_1"}'
    )
    assert bodies.transaction_body("qt_1", TRANSFER, 7) == expected
    assert bodies.transaction_body("qt_1", TRANSFER, 7) == expected


@pytest.mark.parametrize("number", [0, -1, 2**53, 10**30])
def test_a_partner_number_that_a_reader_could_round_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="partner number"):
        bodies.transaction_body("qt_1", TRANSFER, number)


def test_the_largest_exact_partner_number_is_fine() -> None:
    assert json.loads(bodies.transaction_body("qt_1", TRANSFER, 2**53 - 1))["partnerTransactionId"] == 2**53 - 1


@pytest.mark.parametrize("value", [{"a": 0.5}, {"a": [{"b": 1.0}]}, {"a": float("nan")}])
def test_a_float_never_gets_into_a_body(value: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        bodies.frozen(value)


def test_keys_are_sorted_and_text_is_utf_8() -> None:
    assert bodies.frozen({"b": 1, "a": {"d": "é", "c": None}}) == '{"a":{"c":null,"d":"é"},"b":1}'.encode()


def test_a_send_quote_names_wallet_address_and_amount() -> None:
    body = json.loads(
        bodies.send_quote_body(
            customer_id="cst_1", wallet_id="wlt_1", to_address="0xabc", source_amount=USDC, metadata={"a": "b"}
        )
    )
    assert body == {
        "customerId": "cst_1",
        "source": {"walletId": "wlt_1", "asset": "usdc", "network": "polygon", "amount": "25.000000"},
        "destination": {"wallet": {"blockchainAddress": "0xabc"}, "asset": "usdc", "network": "polygon"},
        "metadata": {"a": "b"},
    }


def test_a_bank_quote_names_the_account_and_the_rail() -> None:
    body = json.loads(
        bodies.send_quote_body(
            customer_id="cst_1",
            wallet_id="wlt_1",
            to_external_account="cpUsBank_1",
            destination_asset="usd",
            destination_network="ach",
            destination_amount=Money(5_000, Currency.USD),
        )
    )
    assert body["destination"] == {
        "wallet": {"externalAccount": "cpUsBank_1"},
        "asset": "usd",
        "network": "ach",
        "amount": "50.00",
    }
    assert "amount" not in body["source"]


@pytest.mark.parametrize("targets", [{}, {"to_address": "0xabc", "to_wallet_id": "wlt_2"}])
def test_a_send_has_exactly_one_destination(targets: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one destination"):
        bodies.send_quote_body(customer_id="cst_1", wallet_id="wlt_1", source_amount=USDC, **targets)


def test_an_amount_stands_only_on_a_side_of_its_currency() -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        bodies.cash_quote_body(
            customer_id="cst_1", wallet_id="wlt_1", location_id="loc_1", location_reference="r", source_amount=USDC
        )


def test_an_update_sends_only_what_changes_and_never_takes_the_agreement_back() -> None:
    assert json.loads(bodies.customer_update_body(last_name="Moreau-Lee")) == {"lastName": "Moreau-Lee"}
    assert json.loads(bodies.customer_update_body(signed_agreement=True)) == {"signedAgreement": True}
    assert b"signedAgreement" not in bodies.customer_update_body(birth_date=date(1990, 1, 2))


def test_the_webhook_takes_every_event_unless_told_otherwise() -> None:
    assert bodies.webhook_body("https://x.example/h/") == b'{"events":[],"url":"https://x.example/h/"}'
    assert bodies.webhook_update_body(enabled=False) == b'{"enabled":false}'


def test_early_access_bodies_have_the_intended_shapes() -> None:
    virtual = json.loads(bodies.virtual_account_body(wallet_id="wlt_1", label="Alice"))
    assert virtual["source"] == {"asset": "usd", "network": "usBank"}
    assert virtual["destination"]["wallet"] == {"id": "wlt_1"}
    external = json.loads(
        bodies.external_account_body(
            bank_name="B", account_number="1", routing_number="2", account_type="checking", owner_name="A"
        )
    )
    assert external["bankDetails"]["routingNumber"] == "2"
