"""The rails OMS publishes as intended: virtual accounts, external accounts, deposit addresses, payouts, returns."""

from typing import Any

import pytest

from tests.sandbox.api import TOKEN, Api, Person, found, refusal
from tests.sandbox.test_money import adds_up

BANK = {"accountNumber": "000123456789", "routingNumber": "021000021", "accountHolderName": "Alice Smith"}


def payout_quote(api: Api, person: Person, amount: str, network: str = "ach") -> Any:
    account = found(api.post(f"customers/{person.customer}/external-accounts", BANK))
    return found(api.post("quotes", {
        "customerId": person.customer,
        "source": {**TOKEN, "walletId": person.wallet, "amount": amount},
        "destination": {"asset": "usd", "network": network, "wallet": {"externalAccount": account["id"]}},
    }))  # fmt: skip


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
    account = found(api.post(f"customers/{alice.customer}/external-accounts", BANK))
    assert (account["id"][:9], account["bankDetails"]["accountNumber"]) == ("cpUsBank_", "****6789")
    assert found(api.get(f"external-accounts/{account['id']}")) == account
    assert found(api.get(f"customers/{alice.customer}/external-accounts"))["data"] == [account]


@pytest.mark.parametrize("wrong", [{"routingNumber": "021000022"}, {"accountNumber": "12a4"}, {"network": "sepa"}])
def test_malformed_bank_details_are_refused(api: Api, wrong: dict[str, str]) -> None:
    alice = api.person()
    assert refusal(api.post(f"customers/{alice.customer}/external-accounts", BANK | wrong)) == (400, "invalidRequest")


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
    assert refusal(api.session.post(url, json={}, timeout=10)) == (409, "notReturnable")
    done = api.control.settle(sent["id"])
    returned = found(api.session.post(url, json={"reason": "R03"}, timeout=10))
    assert returned["metadata"] == {"reverses": sent["id"], "returnReason": "R03"}
    assert (returned["type"], returned["source"]["amountGross"]) == ("fiatToCrypto", "24.75")
    assert refusal(api.session.post(url, json={}, timeout=10)) == (409, "alreadyReturned")
    api.control.settle(returned["id"])
    assert api.balance(alice) == "99.75"
    assert api.transaction(sent["id"]) == done


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
