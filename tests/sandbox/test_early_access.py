"""The rails OMS publishes as intended: virtual accounts, external accounts, deposit addresses, payouts, returns."""

from typing import Any

import pytest
import requests

from tests.sandbox.api import TOKEN, Api, Person, found, refusal
from tests.sandbox.receiver import wait_until
from tests.sandbox.test_money import adds_up

BANK = {"accountNumber": "000123456789", "routingNumber": "021000021", "ownerName": "Alice Smith"}


def bank_account(api: Api, person: Person, **changes: str) -> Any:
    return found(api.post(f"customers/{person.customer}/external-accounts", {"bankDetails": BANK | changes}))


def payout_quote(api: Api, person: Person, amount: str, network: str = "ach", **changes: str) -> Any:
    return found(quoted(api, person, amount, network, bank_account(api, person, **changes)))


def quoted(api: Api, person: Person, amount: str, network: str, account: Any) -> requests.Response:
    return api.post("quotes", {
        "customerId": person.customer,
        "source": {**TOKEN, "walletId": person.wallet, "amount": amount},
        "destination": {"asset": "usd", "network": network, "wallet": {"externalAccount": account["id"]}},
    })  # fmt: skip


def control(api: Api, path: str, **body: str) -> requests.Response:
    return api.session.post(f"{api.control.base_url}/control/api/{path}", json=body, timeout=60)


def test_dollars_arriving_at_a_virtual_account_become_usdc(api: Api) -> None:
    alice = api.person()
    account = found(api.post(f"customers/{alice.customer}/virtual-accounts", {"accountholderName": "customer"}))
    assert account["bankDetails"]["ownerName"] == "Alice Smith"
    deposit = {"rail": "ach_in", "amount": {"value": "100.00"}}
    simulated = found(api.post(f"virtual-accounts/{account['id']}/simulate", deposit))
    transaction = api.transaction(simulated["transactionId"])
    assert adds_up(transaction)
    assert (transaction["type"], transaction["virtualAccountId"]) == ("fiatToCrypto", account["id"])
    api.control.settle(transaction["id"])
    assert api.balance(alice) == "99.50"


def test_a_virtual_account_needs_the_usd_endorsement(api: Api) -> None:
    bob = api.person(endorsements=["cryptoCustody"])
    assert refusal(api.post(f"customers/{bob.customer}/virtual-accounts", {})) == (403, "endorsementRequired")


def test_an_external_account_shows_only_the_end_of_its_number(api: Api) -> None:
    alice = api.person()
    account = bank_account(api, alice)
    assert (account["id"][:9], account["bankDetails"]["accountNumber"]) == ("cpUsBank_", "****6789")
    assert account["status"] == "verified"
    assert found(api.get(f"external-accounts/{account['id']}")) == account
    assert found(api.get(f"customers/{alice.customer}/external-accounts"))["data"] == [account]


@pytest.mark.parametrize("wrong", [{"routingNumber": "021000022"}, {"accountNumber": "12a4"}, {"accountType": "gold"}])
def test_malformed_bank_details_are_refused(api: Api, wrong: dict[str, str]) -> None:
    url = f"customers/{api.person().customer}/external-accounts"
    assert refusal(api.post(url, {"bankDetails": BANK | wrong})) == (400, "invalidRequest")


def test_an_account_in_another_name_is_declined_and_takes_no_payout(api: Api) -> None:
    alice = api.rich()
    assert bank_account(api, alice, ownerName="SMITH, Alice M.")["status"] == "verified"
    account = bank_account(api, alice, ownerName="Mallory Jones")
    assert (account["status"], account["declineReason"]) == ("declined", "nameMismatch")
    assert refusal(quoted(api, alice, "25.00", "ach", account)) == (422, "accountNotVerified")


def test_an_account_waits_for_the_bank_until_a_person_answers_for_it(api: Api) -> None:
    alice = api.rich()
    account = bank_account(api, alice, accountNumber="55550001")
    assert account["status"] == "pending"
    assert refusal(quoted(api, alice, "25.00", "ach", account)) == (422, "accountNotVerified")
    url = f"external-accounts/{account['id']}/decision"
    assert found(control(api, url, decision="verify"))["status"] == "verified"
    assert refusal(control(api, url, decision="verify")) == (409, "alreadyDecided")
    assert quoted(api, alice, "25.00", "ach", account).status_code == 201


@pytest.mark.parametrize(("network", "arrives"), [("ach", "24.87"), ("wire", "10.12")])
def test_a_payout_arrives_in_whole_cents_and_adds_up(api: Api, network: str, arrives: str) -> None:
    alice = api.rich()
    quote = payout_quote(api, alice, "25.123456", network)
    assert adds_up(quote)
    assert quote["destination"]["amountNet"] == arrives
    sent = found(api.execute(quote))
    assert (sent["type"], sent["destination"]["externalAccountId"][:9]) == ("cryptoToFiat", "cpUsBank_")
    assert api.control.settle(sent["id"])["status"] == "completed"
    assert api.balance(alice) == "74.876544"


def test_a_returned_payout_is_a_new_movement_that_names_the_first(api: Api) -> None:
    alice = api.rich()
    sent = found(api.execute(payout_quote(api, alice, "25.00")))
    url = f"{api.control.base_url}/control/api/transactions/{sent['id']}/return"
    assert refusal(api.session.post(url, json={}, timeout=60)) == (409, "notReturnable")
    done = api.control.settle(sent["id"])
    returned = found(api.session.post(url, json={"reason": "R03"}, timeout=60))
    assert returned["metadata"] == {"reverses": sent["id"], "returnReason": "R03"}
    assert (returned["type"], returned["source"]["amountGross"]) == ("fiatToCrypto", "24.75")
    assert refusal(api.session.post(url, json={}, timeout=60)) == (409, "alreadyReturned")
    api.control.settle(returned["id"])
    assert api.balance(alice) == "99.75"
    assert api.transaction(sent["id"]) == done


def plays_by_itself(api: Api) -> None:
    api.control.settings(auto=True, achSeconds=0, wireSeconds=0, settleSeconds=300, returnSeconds=0)


@pytest.mark.parametrize(("ends", "reason"), [("0002", "R02 account closed"), ("0003", "R03 no account")])
def test_some_accounts_send_a_payout_back_by_themselves(api: Api, ends: str, reason: str) -> None:
    alice = api.rich()
    quote = payout_quote(api, alice, "25.00", accountNumber=f"5555{ends}")
    plays_by_itself(api)
    found(api.execute(quote))
    wait_until(lambda: api.balance(alice) == "99.75")
    back = found(api.get(f"customers/{alice.customer}/transactions"))["data"][0]
    assert back["metadata"]["returnReason"].startswith(reason)
    assert back["status"] == "completed"


def test_a_bank_that_does_not_take_a_payout_fails_it(api: Api) -> None:
    alice = api.rich()
    quote = payout_quote(api, alice, "25.00", "wire", accountNumber="55550009")
    plays_by_itself(api)
    sent = found(api.execute(quote))["id"]
    wait_until(lambda: api.transaction(sent)["status"] == "failed")
    assert api.transaction(sent)["error"]["code"] == "bankRejected"
    assert api.balance(alice) == "100.00"


def test_either_rail_takes_its_own_time(api: Api) -> None:
    alice = api.rich()
    ach, wire = payout_quote(api, alice, "20.00"), payout_quote(api, alice, "20.00", "wire")
    api.control.settings(auto=True, achSeconds=300, wireSeconds=0)
    slow, fast = found(api.execute(ach))["id"], found(api.execute(wire))["id"]
    wait_until(lambda: api.transaction(fast)["status"] == "completed")
    assert api.transaction(slow)["status"] == "processing"


@pytest.mark.parametrize(
    ("sender", "ends", "balance"), [("Alice Smith", "completed", "99.50"), ("Bob", "failed", "0.00")]
)
def test_dollars_from_another_name_go_back(api: Api, sender: str, ends: str, balance: str) -> None:
    alice = api.person()
    account = found(api.post(f"customers/{alice.customer}/virtual-accounts", {}))
    plays_by_itself(api)
    deposit = {"rail": "wire_in", "amount": {"value": "100.00"}, "senderName": sender}
    made = found(api.post(f"virtual-accounts/{account['id']}/simulate", deposit))["transactionId"]
    wait_until(lambda: api.transaction(made)["status"] == ends)
    assert api.transaction(made)["source"]["bankDetails"] == {"ownerName": sender}
    assert api.balance(alice) == balance


def test_usdc_at_a_deposit_address_is_passed_on(api: Api) -> None:
    alice = api.person()
    address = found(api.post(f"customers/{alice.customer}/deposit-addresses", {}))
    simulated = found(api.post(f"deposit-addresses/{address['id']}/simulate", {"amount": {"value": "5.00"}}))
    assert (simulated["network"], simulated["status"]) == ("ETHEREUM", "submitted")
    transaction = found(api.get(f"customers/{alice.customer}/transactions"))["data"][0]
    assert (transaction["depositAddressId"], transaction["type"]) == (address["id"], "cryptoToCrypto")
    api.control.settle(transaction["id"])
    assert api.balance(alice) == "5.00"


def test_the_networks_name_the_token_of_polygon(api: Api) -> None:
    networks = found(api.get("networks"))["data"]
    polygon = next(n for n in networks if (n["asset"], n["network"]) == ("usdc", "polygon"))
    assert (polygon["decimals"], polygon["contractAddress"]) == (6, "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359")
