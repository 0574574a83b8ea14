"""Wallets, quotes and sends: where money moves."""

from decimal import Decimal
from typing import Any

import pytest
from eth_utils.address import is_checksum_address

from tests.sandbox.api import OUTSIDE, Api, found, refusal, send_body
from tests.sandbox.receiver import Receiver


def adds_up(resource: dict[str, Any]) -> bool:
    """The arithmetic that is promised for every quote and transaction, exact to the last place."""
    sides = [
        {name: Decimal(side[name]) for name in ("amountGross", "amountNet")}
        | {name: Decimal(value) for name, value in side["feesDeducted"].items()}
        for side in (resource["source"], resource["destination"])
    ]
    lines = all(s["amountGross"] - s["total"] == s["amountNet"] for s in sides)
    fees = all(s["developer"] + s["oms"] + s["gas"] == s["total"] for s in sides)
    rate = Decimal(resource["rates"]["exchangeRate"])
    return lines and fees and sides[0]["amountNet"] * rate == sides[1]["amountGross"]


def test_a_wallet_is_empty_and_has_a_checksummed_address(api: Api) -> None:
    alice = api.person()
    wallet = found(api.get(f"wallets/{alice.wallet}"))
    assert is_checksum_address(wallet["address"])
    assert (wallet["status"], wallet["asset"], wallet["chain"]) == ("active", "usdc", "polygon")
    assert api.balance(alice) == "0.00"
    assert found(api.get(f"customers/{alice.customer}/wallets"))["data"] == [wallet]


def test_money_from_outside_is_seen_in_the_balance_and_told(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    api.post("webhooks", {"url": receiver.url})
    sent = api.control.deposit(alice.wallet, "12.345678", fromAddress=OUTSIDE)
    assert api.balance(alice) == "12.345678"
    event = receiver.wait_for(1)[0].body
    assert event["event"] == "wallet.depositDetected"
    assert event["data"]["object"] == "wallet"
    assert event["data"]["deposit"] == {
        "amount": "12.345678", "asset": "usdc", "network": "polygon", "txHash": sent["txHash"], "fromAddress": OUTSIDE,
    }  # fmt: skip
    assert found(api.get(f"accounts/{alice.wallet}/transactions"))["data"] == []
    assert found(api.get(f"customers/{alice.customer}/balance"))["estimatedBalance"] == "12.34"


def test_a_quote_locks_a_price_that_adds_up_on_either_side(api: Api) -> None:
    alice = api.rich()
    given = api.quote(alice, "100.00")
    assert adds_up(given)
    assert (given["source"]["amountNet"], given["source"]["feesDeducted"]["oms"]) == ("99.49", "0.50")
    wanted = api.quote(alice, "99.49", fixed="destination")
    assert adds_up(wanted)
    assert (wanted["source"]["amountGross"], wanted["destination"]["amountNet"]) == ("100.00", "99.49")
    assert (given["fixedAmountSide"], wanted["fixedAmountSide"]) == ("source", "destination")


@pytest.mark.parametrize(
    ("amount", "fee"), [("1.00", "0.05"), ("10.00", "0.05"), ("25.123456", "0.125618"), ("5000.00", "5.00")]
)
def test_the_fee_of_a_send_has_a_least_and_a_most(api: Api, amount: str, fee: str) -> None:
    assert api.quote(api.person(), amount)["source"]["feesDeducted"]["oms"] == fee


def test_sponsored_gas_is_no_part_of_the_fees(api: Api) -> None:
    alice = api.person()
    quote = found(api.post("quotes", {**send_body(alice, "100.00"), "sponsorGas": True}))
    assert adds_up(quote)
    assert (quote["source"]["feesDeducted"]["gas"], quote["sponsorGasCost"]) == ("0.00", "0")


def test_a_send_debits_at_once_and_delivers_on_completion(api: Api) -> None:
    alice, bob = api.rich(), api.person()
    sent = api.send(alice, "25.00", {"id": bob.wallet}, metadata={"transferId": "t-1"}, partnerTransactionId=2**53 - 1)
    assert adds_up(sent)
    assert (sent["status"], api.balance(alice), api.balance(bob)) == ("processing", "75.00", "0.00")
    assert (sent["metadata"], sent["partnerTransactionId"]) == ({"transferId": "t-1"}, 2**53 - 1)
    assert (sent["senderCustomerId"], sent["recipientCustomerId"]) == (alice.customer, bob.customer)
    assert "completedAt" not in sent
    done = api.control.settle(sent["id"])
    assert (done["status"], api.balance(alice), api.balance(bob)) == ("completed", "75.00", "25.00")
    assert len(done["destination"]["txHash"]) == 66
    assert api.control.sends() == [{
        "number": 2, "kind": "send", "transactionId": sent["id"], "quoteId": sent["quoteId"],
        "partnerTransactionId": 2**53 - 1, "metadata": {"transferId": "t-1"}, "amount": "25.00", "asset": "usdc",
        "at": sent["createdAt"],
    }]  # fmt: skip


def test_a_settled_send_cannot_settle_again(api: Api) -> None:
    alice, bob = api.rich(), api.person()
    sent = api.send(alice, "25.00", {"id": bob.wallet})
    api.control.settle(sent["id"])
    for outcome in ("completed", "failed"):
        again = api.session.post(
            f"{api.control.base_url}/control/api/transactions/{sent['id']}/settle",
            json={"outcome": outcome},
            timeout=60,
        )
        assert refusal(again) == (409, "alreadyFinal")
    assert (api.balance(alice), api.balance(bob)) == ("75.00", "25.00")


def test_a_failed_send_gives_the_money_back_fees_included(api: Api) -> None:
    alice = api.rich()
    sent = api.send(alice, "25.00")
    assert api.balance(alice) == "75.00"
    failed = api.control.settle(sent["id"], "failed", code="chainDown", message="The chain is down.")
    assert (failed["status"], api.balance(alice)) == ("failed", "100.00")
    assert (failed["error"]["code"], failed["error"]["message"]) == ("chainDown", "The chain is down.")


def test_more_than_the_balance_is_refused_at_execution_and_the_quote_stays_open(api: Api) -> None:
    alice = api.rich("10.00")
    quote = api.quote(alice, "10.000001")
    assert refusal(api.execute(quote)) == (422, "insufficientFunds")
    assert api.balance(alice) == "10.00"
    assert found(api.get(f"quotes/{quote['id']}"))["status"] == "open"
    assert not api.control.sends()


def test_the_whole_balance_can_be_sent_to_the_last_micro_usdc(api: Api) -> None:
    alice = api.rich("10.000001")
    api.send(alice, "10.000001")
    assert api.balance(alice) == "0.00"


def test_a_quote_is_executed_once(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    assert api.execute(quote).status_code == 201
    assert refusal(api.execute(quote)) == (409, "quoteAlreadyAccepted")
    assert found(api.get(f"quotes/{quote['id']}"))["status"] == "accepted"
    assert len(api.control.sends()) == 1


def test_an_expired_quote_cannot_be_executed(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.advance_clock(61)
    assert found(api.get(f"quotes/{quote['id']}"))["status"] == "expired"
    assert refusal(api.execute(quote)) == (422, "quoteExpired")
    assert api.balance(alice) == "100.00"


def test_an_accepted_quote_stays_accepted_when_its_time_is_over(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.execute(quote)
    api.control.advance_clock(61)
    assert found(api.get(f"quotes/{quote['id']}"))["status"] == "accepted"


def test_a_send_to_an_outside_address_that_is_a_wallet_here_arrives_as_a_deposit(api: Api) -> None:
    alice, bob = api.rich(), api.person()
    address = found(api.get(f"wallets/{bob.wallet}"))["address"]
    sent = api.send(alice, "25.00", {"blockchainAddress": address})
    assert "recipientCustomerId" not in sent
    api.control.settle(sent["id"])
    assert api.balance(bob) == sent["destination"]["amountNet"]


@pytest.mark.parametrize(
    "address", ["0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x123", "not an address", OUTSIDE + "00"]
)
def test_an_address_with_a_wrong_checksum_or_form_is_refused(api: Api, address: str) -> None:
    answer = api.post("quotes", send_body(api.person(), "1.00", {"blockchainAddress": address}))
    assert refusal(answer) == (400, "invalidAddress")


def test_nothing_is_sent_to_oneself_or_to_nobody(api: Api) -> None:
    alice = api.person()
    own = found(api.get(f"wallets/{alice.wallet}"))["address"]
    for address in (own, "0x" + "0" * 40):
        answer = api.post("quotes", send_body(alice, "1.00", {"blockchainAddress": address}))
        assert refusal(answer) == (422, "destinationNotAllowed")
    assert refusal(api.post("quotes", send_body(alice, "1.00", {"id": alice.wallet}))) == (422, "sameWallet")


def test_another_customers_wallet_cannot_be_the_source(api: Api) -> None:
    alice, bob = api.rich(), api.person()
    body = send_body(alice, "1.00") | {"customerId": bob.customer}
    assert refusal(api.post("quotes", body)) == (403, "walletNotOwned")


@pytest.mark.parametrize("amount", ["1.0000001", "-1", "0", "0.00", "1e3", "1,000", " 1", "\uff11", "", "1.", "9" * 30])
def test_amounts_that_are_not_exact_positive_decimals_are_refused(api: Api, amount: str) -> None:
    assert refusal(api.post("quotes", send_body(api.person(), amount))) == (400, "invalidAmount")


@pytest.mark.parametrize(("amount", "code"), [("0.05", "amountTooSmall"), ("1000000.01", "amountTooLarge")])
def test_amounts_beyond_sense_are_refused(api: Api, amount: str, code: str) -> None:
    assert refusal(api.post("quotes", send_body(api.person(), amount))) == (422, code)


def test_exactly_one_side_carries_the_amount(api: Api) -> None:
    body = send_body(api.person(), "1.00")
    body["destination"]["amount"] = "1.00"
    assert refusal(api.post("quotes", body)) == (400, "invalidRequest")
    del body["destination"]["amount"], body["source"]["amount"]
    assert refusal(api.post("quotes", body)) == (400, "invalidRequest")


def test_the_fields_to_match_by_can_be_hidden(api: Api) -> None:
    alice = api.rich()
    api.control.settings(hideMatchFields=True)
    sent = api.send(alice, "25.00", metadata={"transferId": "t"}, partnerTransactionId=7)
    assert not {"quoteId", "metadata", "partnerTransactionId"} & set(sent)
    api.control.settings(hideMatchFields=["metadata"])
    seen = api.transaction(sent["id"])
    assert "metadata" not in seen
    assert seen["partnerTransactionId"] == 7


def test_balances_are_the_sum_of_their_postings(api: Api) -> None:
    alice, bob = api.rich(), api.person()
    for outcome in ("completed", "failed"):
        api.control.settle(api.send(alice, "10.00", {"id": bob.wallet})["id"], outcome)
    for person in (alice, bob):
        postings = [Decimal(p["amount"]) for p in api.control.get("postings")["data"] if p["walletId"] == person.wallet]
        assert sum(postings) == Decimal(api.balance(person))
