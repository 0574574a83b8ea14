"""One key, one result."""

import threading

import requests

from tests.sandbox.api import Api, found, refusal


def test_the_same_key_and_body_give_the_first_answer_again(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    first, second = api.execute(quote, key="once"), api.execute(quote, key="once")
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert api.balance(alice) == "75.00"
    assert len(api.control.sends()) == 1


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    alice = api.rich()
    assert api.execute(api.quote(alice, "25.00"), key="once").ok
    assert refusal(api.execute(api.quote(alice, "30.00"), key="once")) == (422, "idempotencyKeyReused")
    assert len(api.control.sends()) == 1


def test_a_post_without_a_key_is_refused(api: Api) -> None:
    answer = api.session.post(f"{api.base_url}/customers", json={"type": "individual"}, timeout=60)
    assert refusal(answer) == (400, "idempotencyKeyRequired")


def test_the_same_key_in_flight_is_a_conflict(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.fault("delay", path="/transactions$", seconds=1.5, times=1)
    answers: list[requests.Response] = []
    slow = threading.Thread(target=lambda: answers.append(api.execute(quote, key="once")))
    slow.start()
    while not api.control.get("rules")["data"][0]["fired"]:
        pass
    assert refusal(api.execute(quote, key="once")) == (409, "idempotencyKeyInFlight")
    slow.join()
    assert answers[0].status_code == 201
    assert api.execute(quote, key="once").content == answers[0].content


def test_a_key_is_forgotten_after_its_time(api: Api) -> None:
    api.control.settings(idempotencySeconds=60)
    first = found(api.post("customers", {"type": "individual"}, key="k"))
    api.control.advance_clock(61)
    assert found(api.post("customers", {"type": "individual"}, key="k"))["id"] != first["id"]


def test_without_keys_the_quote_alone_still_lets_nothing_run_twice(api: Api) -> None:
    api.control.settings(idempotencySeconds=0)
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    assert api.execute(quote, key="k").status_code == 201
    assert refusal(api.execute(quote, key="k")) == (409, "quoteAlreadyAccepted")
    assert len(api.control.sends()) == 1


def test_without_the_quote_lock_the_key_alone_still_lets_nothing_run_twice(api: Api) -> None:
    api.control.settings(quoteSingleUse=False)
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    assert api.execute(quote, key="k").content == api.execute(quote, key="k").content
    assert len(api.control.sends()) == 1


def test_with_both_locks_off_it_does_run_twice(api: Api) -> None:
    """The control: what the two locks are for."""
    api.control.settings(quoteSingleUse=False, idempotencySeconds=0)
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    assert api.execute(quote, key="k").ok
    assert api.execute(quote, key="k").ok
    assert len(api.control.sends()) == 2


def test_a_refusal_that_executed_nothing_may_be_tried_again(api: Api) -> None:
    customer = api.customer()
    body = {"asset": "usdc", "chain": "polygon"}
    assert refusal(api.post(f"customers/{customer}/wallets", body, key="k")) == (403, "endorsementRequired")
    api.control.approve(customer)
    assert api.post(f"customers/{customer}/wallets", body, key="k").status_code == 201
