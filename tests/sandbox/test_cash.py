"""Cash: quoted and unquoted, at the counter, limits, codes."""

from typing import Any

import pytest
import requests

from tests.sandbox.api import SACRAMENTO, Api, Person, cash_of, found, refusal
from tests.sandbox.receiver import Receiver, wait_until
from tests.sandbox.test_money import adds_up


def order(api: Api, person: Person, amount: str = "100.00", **more: Any) -> Any:
    """A quoted cash-in that was accepted: the transaction with its code."""
    return found(api.execute(found(api.cash_quote(person, amount, **more)), metadata={"transferId": "t"}))


def pay(api: Api, code: str, amount: str) -> requests.Response:
    url = f"{api.control.base_url}/control/api/cash/pay"
    return api.session.post(url, json={"code": code, "amount": amount}, timeout=60)


def test_a_cash_quote_carries_rate_fees_and_what_arrives(api: Api) -> None:
    alice = api.person()
    quote = found(api.cash_quote(alice, "100.00"))
    assert adds_up(quote)
    assert (quote["type"], quote["source"]["network"], quote["rates"]["pair"]) == ("fiatToCrypto", "cash", "usd/usdc")
    assert (quote["source"]["feesDeducted"]["oms"], quote["destination"]["amountNet"]) == ("2.00", "98.00")


def test_what_is_wanted_can_be_fixed_instead(api: Api) -> None:
    quote = found(api.cash_quote(api.person(), "98.00", fixed="destination"))
    assert adds_up(quote)
    assert (quote["source"]["amountGross"], quote["destination"]["amountNet"]) == ("100.00", "98.00")


def test_another_rate_still_adds_up_and_never_delivers_less_than_wanted(api: Api) -> None:
    api.control.settings(usdToUsdcRate="0.9985")
    alice = api.person()
    assert adds_up(found(api.cash_quote(alice, "77.77")))
    wanted = found(api.cash_quote(alice, "98.00", fixed="destination"))
    assert adds_up(wanted)
    assert wanted["destination"]["amountNet"] == "98.002775"


def test_executing_gives_a_code_and_no_money_yet(api: Api) -> None:
    alice = api.person()
    cash = order(api, alice)
    instructions = cash["depositInstructions"]
    assert set(instructions) == {"code", "expiresAt", "locationName", "locationAddress", "barcode"}
    assert (cash["status"], cash["subStatus"], api.balance(alice)) == ("processing", "awaitingCash", "0.00")
    cash_in = found(api.get(f"cash-ins/{cash['cashInId']}"))
    assert (cash_in["status"], cash_in["transactionId"]) == ("pending", cash["id"])
    assert cash_in["depositInstructions"] == instructions
    assert not api.control.journal()


def test_cash_paid_is_delivered_once_settled(api: Api) -> None:
    alice = api.person()
    cash = order(api, alice)
    paid = api.control.pay_cash(cash["depositInstructions"]["code"].lower(), "100.00")
    assert paid["cashIn"]["status"] == "processing"
    assert (paid["transactionId"], api.balance(alice)) == (cash["id"], "0.00")
    done = api.control.settle(cash["id"])
    assert (done["status"], api.balance(alice)) == ("completed", "98.00")
    assert found(api.get(f"cash-ins/{cash['cashInId']}"))["status"] == "completed"
    assert [row["kind"] for row in api.control.journal()] == ["cashIn"]


def test_cash_is_taken_once_for_a_code(api: Api) -> None:
    alice = api.person()
    code = order(api, alice)["depositInstructions"]["code"]
    assert pay(api, code, "100.00").ok
    assert refusal(pay(api, code, "100.00")) == (409, "codeUsed")
    assert len(api.control.journal()) == 1


def test_another_amount_is_repriced_at_the_locked_rate(api: Api) -> None:
    alice = api.person()
    cash = order(api, alice)
    api.control.settings(usdToUsdcRate="0.5")
    api.control.pay_cash(cash["depositInstructions"]["barcode"], "80.00")
    now = api.transaction(cash["id"])
    assert adds_up(now)
    assert (now["source"]["amountGross"], now["destination"]["amountNet"]) == ("80.00", "78.30")
    assert (now["rates"]["exchangeRate"], now["subStatus"]) == ("1.0", "cashReceived")
    api.control.settle(cash["id"])
    assert api.balance(alice) == "78.30"


def test_a_cash_in_without_a_quote_makes_its_transaction_when_paid(api: Api, receiver: Receiver) -> None:
    api.post("webhooks", {"url": receiver.url})
    alice = api.person()
    answer = api.cash_in(alice, "60.00")
    assert answer.status_code == 201
    cash_in = answer.json()
    assert adds_up(cash_in)
    assert (cash_in["status"], cash_in["transactionId"]) == ("pending", None)
    assert cash_in["source"]["indicatedAmount"] == "60.00"
    paid = api.control.pay_cash(cash_in["depositInstructions"]["code"], "80.00")
    transaction = api.transaction(paid["transactionId"])
    assert (transaction["cashInId"], transaction["status"]) == (cash_in["id"], "processing")
    api.control.settle(paid["transactionId"])
    assert api.balance(alice) == "78.30"
    told = {"cashIn.created", "cashIn.completed", "transaction.fiatToCrypto.completed"}
    wait_until(lambda: told <= set(receiver.names()))


def test_a_code_runs_out_and_a_fresh_one_works_while_the_old_one_does_not(api: Api) -> None:
    alice = api.person()
    cash = order(api, alice)
    old = cash["depositInstructions"]["code"]
    api.control.settings(codeSeconds=600, tokenSeconds=86_400)
    api.control.advance_clock(3601)
    api.sign_in()
    wait_until(lambda: found(api.get(f"cash-ins/{cash['cashInId']}"))["status"] == "expired")
    assert refusal(pay(api, old, "100.00")) == (409, "codeExpired")
    assert api.transaction(cash["id"])["status"] == "processing"
    fresh = found(api.post(f"cash-ins/{cash['cashInId']}/refresh"))["depositInstructions"]["code"]
    assert api.transaction(cash["id"])["depositInstructions"]["code"] == fresh != old
    assert refusal(pay(api, old, "100.00")) == (404, "notFound")
    assert pay(api, fresh, "100.00").ok


def test_a_paid_cash_in_gets_no_new_code(api: Api) -> None:
    cash = order(api, api.person())
    api.control.pay_cash(cash["depositInstructions"]["code"], "100.00")
    assert refusal(api.post(f"cash-ins/{cash['cashInId']}/refresh")) == (409, "cashInNotRefreshable")


def test_cash_nobody_brings_fails_after_a_day(api: Api) -> None:
    cash = order(api, api.person())
    api.control.expire_code(cash["depositInstructions"]["code"])
    assert api.transaction(cash["id"])["status"] == "processing"
    api.control.settings(tokenSeconds=1_000_000)
    api.sign_in()
    api.control.advance_clock(86_401)
    wait_until(lambda: api.transaction(cash["id"])["status"] == "failed")
    assert api.transaction(cash["id"])["error"]["code"] == "cashNotReceived"
    assert refusal(api.post(f"cash-ins/{cash['cashInId']}/refresh")) == (409, "cashInNotRefreshable")


def test_cash_that_was_not_brought_cannot_be_completed(api: Api) -> None:
    cash = order(api, api.person())
    url = f"{api.control.base_url}/control/api/transactions/{cash['id']}/settle"
    assert refusal(api.session.post(url, json={"outcome": "completed"}, timeout=60)) == (409, "cashNotReceived")


@pytest.mark.parametrize(
    ("chain", "amount", "code"),
    [
        ("Circle K", "19.99", "amountBelowMinimum"),
        ("Circle K", "500.01", "amountAboveMaximum"),
        ("Walmart", "1000.01", "amountAboveMaximum"),
    ],
)
def test_amounts_outside_the_limits_of_one_deposit_are_refused(api: Api, chain: str, amount: str, code: str) -> None:
    alice = api.person()
    assert refusal(api.cash_quote(alice, amount, chain=chain)) == (422, code)
    assert refusal(api.cash_in(alice, amount, chain=chain)) == (422, code)


@pytest.mark.parametrize(("chain", "amount"), [("Circle K", "20.00"), ("Circle K", "500.00"), ("Walmart", "1000.00")])
def test_amounts_on_the_limits_are_taken(api: Api, chain: str, amount: str) -> None:
    assert api.cash_quote(api.person(), amount, chain=chain).ok


def test_the_fourth_deposit_of_a_day_is_refused_and_possible_the_next_day(api: Api) -> None:
    alice = api.person()
    for _ in range(3):
        api.control.pay_cash(order(api, alice, "20.00")["depositInstructions"]["code"], "20.00")
    assert refusal(api.cash_quote(alice, "20.00")) == (422, "dailyLimitExceeded")
    api.control.advance_clock(86_401)
    api.sign_in()
    assert api.cash_quote(alice, "20.00").ok


def test_the_daily_amount_is_held_to_the_cent_at_the_counter_too(api: Api) -> None:
    alice = api.person()
    second = order(api, alice, "500.00", chain="Walmart")["depositInstructions"]["code"]
    api.control.pay_cash(order(api, alice, "1000.00", chain="Walmart")["depositInstructions"]["code"], "1000.00")
    assert refusal(pay(api, second, "500.01")) == (422, "dailyLimitExceeded")
    assert pay(api, second, "500.00").ok


def test_codes_that_nobody_paid_do_not_count(api: Api) -> None:
    alice = api.person()
    for _ in range(4):
        order(api, alice, "500.00")
    assert api.cash_quote(alice, "500.00").ok


def test_the_counter_of_the_documented_simulation_authorises_then_commits_once(api: Api) -> None:
    alice = api.person()
    cash_in = found(api.cash_in(alice, "60.00"))
    barcode = cash_in["depositInstructions"]["barcode"]
    asked = found(api.post("cash-ins/simulate/barcode-auth", {"accountNumber": barcode, "amount": "60.00"}))
    assert asked["responseCode"] == "00"
    commit = {
        "accountNumber": barcode, "accountReferenceNumber": "r", "amount": "60.00",
        "originalConfirmationId": asked["confirmationId"], "customerId": alice.customer,
    }  # fmt: skip
    assert found(api.post("cash-ins/simulate/auth-commit", commit))["authorizedAmount"] == "60.00"
    assert found(api.post("cash-ins/simulate/auth-commit", commit))["responseCode"] == "05"
    assert found(api.get(f"cash-ins/{cash_in['id']}"))["status"] == "processing"
    assert len(api.control.journal()) == 1


def test_the_nearest_stores_come_first_with_address_hours_and_distance(api: Api) -> None:
    stores = found(api.get("cash-locations", **SACRAMENTO, limit=5))["data"]
    assert len(stores) == 5
    assert [store["distance"] for store in stores] == sorted(store["distance"] for store in stores)
    assert {store["city"] for store in stores} == {"Sacramento"}
    assert all(store["zipCode"].startswith("95") and store["hours"] and store["state"] == "CA" for store in stores)


def test_far_from_every_store_the_list_is_empty(api: Api) -> None:
    assert found(api.get("cash-locations", provider="greendot", latitude=0, longitude=0))["data"] == []
    assert len(found(api.get("cash-locations", **SACRAMENTO, radius=3000, limit=100))["data"]) == 100


def test_a_store_and_its_reference_belong_together(api: Api) -> None:
    alice = api.person()
    here, there = found(api.get("cash-locations", **SACRAMENTO, limit=2))["data"]
    mixed = {"locationId": here["id"], "locationReference": there["locationReference"]}
    body = {"customerId": alice.customer, "cash": mixed, "destination": {"wallet": {"id": alice.wallet}}}
    assert refusal(api.post("cash-ins", body)) == (400, "invalidRequest")


def test_the_older_names_of_the_guides_are_understood(api: Api) -> None:
    alice = api.person()
    cash = {f"cashL{name[1:]}": value for name, value in cash_of(api.store()).items()}
    body = {"customerId": alice.customer, "cash": cash, "destination": {"wallet": {"wallet": alice.wallet}}}
    assert api.post("cash-ins", body).status_code == 201


def test_with_auto_pay_the_cash_comes_by_itself(api: Api) -> None:
    api.control.settings(auto=True, autoPaySeconds=0.1, settleSeconds=0)
    alice = api.person()
    order(api, alice, "44.44")
    wait_until(lambda: api.balance(alice) != "0.00")
    assert api.control.journal()[0]["amount"] == "39.44"


def test_cash_whose_conversion_fails_is_told_as_failed(api: Api) -> None:
    api.control.settings(auto=True, settleSeconds=0)
    alice = api.person()
    cash = order(api, alice, "55.55")
    api.control.pay_cash(cash["depositInstructions"]["code"], "55.55")
    wait_until(lambda: api.transaction(cash["id"])["status"] == "failed")
    cash_in = found(api.get(f"cash-ins/{cash['cashInId']}"))
    assert (cash_in["status"], cash_in["subStatus"]) == ("failed", "provider_order_failed")
    assert api.balance(alice) == "0.00"


def test_the_counter_refuses_the_magic_amount(api: Api) -> None:
    cash = order(api, api.person(), "33.33")
    assert refusal(pay(api, cash["depositInstructions"]["code"], "33.33")) == (422, "counterRefused")
