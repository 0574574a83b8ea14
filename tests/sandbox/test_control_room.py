"""The control room in the browser, pressed as a browser would press it."""

import re

import pytest
import requests

from tests.sandbox.api import Api, found
from tests.sandbox.receiver import Receiver, wait_until
from tests.sandbox.test_cash import order
from tests.sandbox.test_early_access import bank_account, payout_quote

PAGES = ("", "/cashier", "/reviewer", "/chain", "/bank", "/transactions", "/webhooks", "/faults", "/settings")


def see(api: Api, page: str) -> requests.Response:
    return api.session.get(f"{api.control.base_url}/control{page}", timeout=60)


def press(api: Api, action: str, **fields: str) -> str:
    """Send the form and give back the sentence of the page it leads to."""
    answer = api.session.post(f"{api.control.base_url}/control/{action}", data=fields, timeout=60)
    assert answer.status_code == 200
    assert answer.history[0].status_code == 303
    said = re.search(r'<p class="card said[^"]*" role="status">(.*?)</p>', answer.text, re.DOTALL)
    assert said is not None
    return said.group(1)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_empty_and_full_without_a_script(api: Api, page: str, receiver: Receiver) -> None:
    assert see(api, page).status_code == 200
    api.post("webhooks", {"url": receiver.url})
    alice = api.rich()
    order(api, alice)
    api.control.settle(api.send(alice, "10.00")["id"])
    api.control.settle(found(api.execute(payout_quote(api, alice, "25.00")))["id"])
    api.post(f"customers/{alice.customer}/virtual-accounts", {})
    api.control.fault("delay", path="/nowhere$")
    answer = see(api, page)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_cashier_takes_cash_and_says_why_not(api: Api) -> None:
    alice = api.person()
    code = order(api, alice)["depositInstructions"]["code"]
    assert code in see(api, "/cashier").text
    assert press(api, "cashier/pay", code=code, amount="5") == "The least that can be brought is 20.00 USD."
    assert press(api, "cashier/pay", code=code, amount="$80.00") == f"Took $80.00 for {code}."
    assert press(api, "cashier/pay", code=code, amount="80.00") == "This code was used already."
    assert len(api.control.journal()) == 1


def test_a_link_can_fill_the_cashiers_form(api: Api) -> None:
    code = order(api, api.person())["depositInstructions"]["code"]
    page = api.session.get(f"{api.control.base_url}/control/cashier", params={"code": code}, timeout=60).text
    assert f'name="code" value="{code}"' in page
    assert 'name="amount" value="100.00"' in page


def test_the_reviewer_decides(api: Api) -> None:
    customer = api.customer()

    def decide(decision: str) -> str:
        return press(api, "reviewer/decide", customer=customer, decision=decision, requirement="phone")

    assert decide("issues") == "basic, cryptoCustody, usd: ISSUES."
    assert decide("approve") == "basic, cryptoCustody, usd: ACTIVE."
    assert decide("approve") == "That changes nothing."
    assert decide("revoke") == "basic, cryptoCustody, usd: REVOKED_ISSUES."


def test_usdc_arrives_from_outside(api: Api) -> None:
    alice = api.person()
    address = found(api.get(f"wallets/{alice.wallet}"))["address"]
    assert press(api, "chain/deposit", wallet=address, amount="12.5") == f"12.50 USDC arrived at {address}."
    assert api.balance(alice) == "12.50"


def test_a_hash_is_found_on_the_sandboxs_own_chain(api: Api) -> None:
    sent = api.send(api.rich(), "10.00")
    api.control.settle(sent["id"])
    arrived = api.transaction(sent["id"])["destination"]
    page = see(api, f"/explorer/tx/{arrived['txHash']}").text
    assert sent["id"] in page
    assert f"{arrived['amountNet']} USDC" in page
    assert "Nothing." in see(api, "/explorer/tx/0x00").text
    token = api.session.get(f"{api.control.base_url}/control/explorer/token/0xabc", allow_redirects=False, timeout=60)
    assert token.headers["location"] == "https://polygonscan.com/token/0xabc"


def test_transactions_are_completed_and_failed(api: Api) -> None:
    alice = api.rich()
    first, second = api.send(alice, "10.00")["id"], api.send(alice, "10.00")["id"]
    assert press(api, "transactions/settle", transaction=first, outcome="completed") == f"{first}: completed."
    assert press(api, "transactions/settle", transaction=second, outcome="failed") == f"{second}: failed."
    assert press(api, "transactions/settle", transaction=second, outcome="failed").endswith("that is final.")
    assert api.balance(alice) == "90.00"


def test_the_bank_brings_dollars_and_returns_payouts(api: Api) -> None:
    alice = api.rich()
    account = found(api.post(f"customers/{alice.customer}/virtual-accounts", {}))["id"]
    assert press(api, "bank/deposit", account=account, amount="100.00", rail="ach_in") == "$100.00 arrived by ach."
    assert press(api, "bank/deposit", account=account, amount="1", sender="Bob") == "$1.00 arrived by ach."
    sent = found(api.execute(payout_quote(api, alice, "25.00")))["id"]
    assert press(api, "bank/return", transaction=sent) == "Only a completed bank payout can be returned."
    assert press(api, "bank/settle", transaction=sent, outcome="completed") == f"{sent}: completed."
    assert press(api, "bank/return", transaction=sent).startswith("Returned as txn_")


def test_the_bank_says_whose_an_account_is(api: Api) -> None:
    alice = api.rich()
    api.post(f"customers/{alice.customer}/virtual-accounts", {})
    customer = found(api.get(f"customers/{alice.customer}"))
    assert f"{customer['firstName']} {customer['lastName']}, {customer['email']}" in see(api, "/bank").text


def test_the_bank_answers_for_an_account(api: Api) -> None:
    account = bank_account(api, api.person())["id"]
    assert press(api, "bank/decide", account=account, decision="decline") == f"{account} is declined."
    assert press(api, "bank/decide", account=account, decision="verify") == f"{account} is verified."


def test_a_delivery_is_sent_again(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    webhook = found(api.post("webhooks", {"url": receiver.url}))["id"]
    api.control.deposit(alice.wallet, "1.00")
    receiver.wait_for(1)
    wait_until(lambda: api.control.get("deliveries")["data"][0]["status"] == "delivered")
    delivery = api.control.get("deliveries")["data"][0]["id"]
    assert press(api, "webhooks/redeliver", delivery=delivery) == f"{delivery} goes out again."
    receiver.wait_for(2)
    assert press(api, "webhooks/switch", webhook=webhook) == f"{webhook} is paused."


def test_rules_settings_and_clock_have_their_forms(api: Api) -> None:
    assert press(api, "faults/add", fault="delay", path="/x$", more='{"times": 1}') == "Rule 1 is on."
    assert press(api, "faults/add", fault="delay", more="{").startswith("Not a rule")
    assert press(api, "faults/clear") == "1 rules removed."
    assert press(api, "settings/change", name="quoteSeconds", value="5") == "quoteSeconds is now 5."
    assert press(api, "settings/change", name="nothing", value="5").startswith("Not a value for nothing")
    assert press(api, "settings/clock", minutes="5") == "5 minutes have passed."


def test_another_sites_form_is_refused(api: Api) -> None:
    url = f"{api.control.base_url}/control/faults/clear"
    answer = api.session.post(url, headers={"Origin": "https://evil.example"}, timeout=60)
    assert answer.status_code == 403
    own = api.session.post(url, headers={"Origin": api.control.base_url}, timeout=60)
    assert own.status_code == 200


def test_what_a_customer_is_called_is_never_read_as_markup(api: Api) -> None:
    api.customer(firstName="<b>Mallory</b>")
    assert "<b>Mallory" not in see(api, "/reviewer").text
