"""Faults by rule: each goes wrong exactly as it says, and only as often as it says."""

import subprocess
import sys
import time
from typing import Any

import pytest
import requests

from tests.sandbox.api import KEY, SECRET, Api, found, refusal
from tests.sandbox.receiver import Receiver, wait_until


def test_an_answer_dropped_after_accepting_leaves_the_money_moved(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.fault("dropAfterAccept", method="POST", path="/transactions$", times=1)
    with pytest.raises(requests.ConnectionError):
        api.execute(quote, key="k")
    assert (len(api.control.sends()), api.balance(alice)) == (1, "75.00")
    assert found(api.get(f"quotes/{quote['id']}"))["status"] == "accepted"
    assert api.execute(quote, key="k").status_code == 201
    assert len(api.control.sends()) == 1


def test_a_connection_dropped_before_leaves_nothing(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.fault("dropBefore", path="/transactions$", times=1)
    with pytest.raises(requests.ConnectionError):
        api.execute(quote, key="k")
    assert not api.control.sends()
    assert api.execute(quote, key="k").status_code == 201


@pytest.mark.parametrize(("fault", "executed"), [("errorBefore", 0), ("errorAfter", 1)])
def test_a_5xx_before_executes_nothing_and_one_after_does(api: Api, fault: str, executed: int) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.fault(fault, path="/transactions$", status=502, times=1)
    assert api.execute(quote, key="k").status_code == 502
    assert len(api.control.sends()) == executed
    assert api.execute(quote, key="k").status_code == 201
    assert len(api.control.sends()) == 1


@pytest.mark.parametrize(("fault", "executed"), [("errorBefore", 0), ("errorAfter", 1)])
def test_a_sticky_5xx_is_the_answer_to_its_key_for_ever(api: Api, fault: str, executed: int) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.fault(fault, path="/transactions$", status=500, sticky=True, times=1)
    assert [api.execute(quote, key="k").status_code for _ in range(3)] == [500, 500, 500]
    assert len(api.control.sends()) == executed


def test_a_rule_about_retries_leaves_the_first_call_of_a_key_alone(api: Api) -> None:
    alice = api.rich()
    first, second = api.quote(alice, "25.00"), api.quote(alice, "5.00")
    api.control.fault("errorBefore", path="/transactions$", status=422, again=True)
    assert [api.execute(first, key="k1").status_code for _ in range(2)] == [201, 422]
    assert api.execute(second, key="k2").status_code == 201


def test_429_comes_with_its_retry_after_in_either_form(api: Api) -> None:
    for value in ("7", "Sun, 22 Nov 2026 13:00:00 GMT"):
        api.control.no_faults()
        api.control.fault("errorBefore", path="/customers$", status=429, headers={"Retry-After": value})
        answer = api.get("customers")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, value)


def test_any_status_headers_and_body_can_be_answered(api: Api) -> None:
    moved = {"Location": "http://127.0.0.1:1/"}
    api.control.fault("errorBefore", path="/customers$", status=302, headers=moved, body="<html>")
    answer = api.session.get(f"{api.base_url}/customers", allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.headers["Location"], answer.text) == (302, "http://127.0.0.1:1/", "<html>")


def test_a_delay_is_waited_for(api: Api) -> None:
    api.control.fault("delay", path="/networks$", seconds=0.4, when="after")
    started = time.monotonic()
    assert api.get("networks").ok
    assert time.monotonic() - started >= 0.4


def test_a_dripped_answer_beats_a_read_timeout(api: Api) -> None:
    api.control.fault("drip", path="/auth/token$", seconds=0.1)
    started = time.monotonic()
    body = {"apiKey": KEY, "apiSecret": SECRET}
    answer = api.session.post(f"{api.base_url}/auth/token", json=body, timeout=(5, 1.2))
    assert found(answer)["tokenType"] == "bearer"
    assert time.monotonic() - started > 1.2


def test_an_answer_can_be_mutated_in_any_place(api: Api) -> None:
    alice = api.rich()
    sent = api.send(alice, "25.00")
    change = {"source.amountGross": "1.00", "rates": "none", "nowhere.at.all": 1}
    api.control.fault(
        "mutate", method="GET", path="/transactions/", set=change, remove=["quoteId", "destination.wallet"]
    )
    seen = api.transaction(sent["id"])
    assert (seen["source"]["amountGross"], seen["rates"]) == ("1.00", "none")
    assert "quoteId" not in seen
    assert "wallet" not in seen["destination"]
    api.control.no_faults()
    assert api.transaction(sent["id"]) == sent


def test_tokens_can_be_made_to_run_out_at_any_call(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.fault("expireToken", path="/transactions$", times=1)
    assert refusal(api.execute(quote, key="k")) == (401, "unauthorized")
    api.sign_in()
    assert api.execute(quote, key="k").status_code == 201


def test_a_rule_fires_on_the_nth_match_only(api: Api) -> None:
    api.control.fault("errorBefore", path="/networks$", nth=[2, 4])
    assert [api.get("networks").status_code for _ in range(5)] == [200, 503, 200, 503, 200]
    rule = api.control.get("rules")["data"][0]
    assert (rule["seen"], rule["fired"]) == (5, 2)


def test_a_probability_is_drawn_from_its_seed_and_can_be_replayed(api: Api) -> None:
    def run(seed: int) -> list[int]:
        api.control.no_faults()
        api.control.fault("errorBefore", path="/networks$", probability=0.5, seed=seed)
        return [api.get("networks").status_code for _ in range(12)]

    first = run(1)
    assert set(first) == {200, 503}
    assert run(1) == first
    assert run(2) != first


def test_a_rule_concerns_only_its_method_and_path(api: Api) -> None:
    api.control.fault("errorBefore", method="POST", path="/customers$")
    assert api.get("customers").ok
    assert api.post("customers", {"type": "individual"}).status_code == 503
    assert api.get("networks").ok


@pytest.mark.parametrize("rule", [{"fault": "none"}, {"fault": "delay", "path": "("}, {"fault": "delay", "often": 1}])
def test_a_malformed_rule_is_refused(api: Api, rule: dict[str, Any]) -> None:
    answer = api.session.post(f"{api.control.base_url}/control/api/rules", json=rule, timeout=60)
    assert refusal(answer) == (400, "invalidRequest")


def test_rules_are_removed_one_by_one_or_all(api: Api) -> None:
    first = api.control.fault("errorBefore", path="/networks$")
    api.control.fault("delay", path="/nowhere$")
    api.control.delete(f"rules/{first['id']}")
    assert api.get("networks").ok
    assert api.control.delete("rules") == {"removed": 1}


def test_a_duplicated_webhook_comes_twice_with_one_id(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    api.post("webhooks", {"url": receiver.url})
    api.control.fault("duplicateWebhook", event="depositDetected")
    api.control.deposit(alice.wallet, "1.00")
    receiver.wait_for(2)
    assert len({received.raw for received in receiver.received}) == 1


def test_a_dropped_webhook_never_comes_unless_sent_by_hand(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    api.post("webhooks", {"url": receiver.url})
    api.control.fault("dropWebhook", times=1)
    api.control.deposit(alice.wallet, "1.00")
    api.control.deposit(alice.wallet, "2.00")
    receiver.wait_for(1)
    assert [r.body["data"]["deposit"]["amount"] for r in receiver.received] == ["2.00"]
    dropped = next(d for d in api.control.get("deliveries")["data"] if d["status"] == "dropped")
    api.control.post(f"deliveries/{dropped['id']}/redeliver")
    receiver.wait_for(2)


def test_a_delayed_webhook_comes_late(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    api.post("webhooks", {"url": receiver.url})
    api.control.fault("delayWebhook", seconds=1, times=1)
    started = time.monotonic()
    api.control.deposit(alice.wallet, "1.00")
    receiver.wait_for(1)
    assert time.monotonic() - started >= 0.9


def test_a_reordered_webhook_comes_after_a_later_one(api: Api, receiver: Receiver) -> None:
    alice = api.person()
    api.post("webhooks", {"url": receiver.url})
    api.control.fault("reorderWebhook", seconds=60, times=1)
    api.control.deposit(alice.wallet, "1.00")
    api.control.deposit(alice.wallet, "2.00")
    receiver.wait_for(2)
    assert [received.body["sequence"] for received in receiver.received] == [3, 2]


def test_the_webhook_can_come_before_the_answer(api: Api, receiver: Receiver) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.post("webhooks", {"url": receiver.url})
    api.control.fault("webhookBeforeAnswer", path="/transactions$")
    answer = api.execute(quote)
    assert [received.body["data"]["id"] for received in receiver.received] == [answer.json()["id"]]


def test_the_caller_can_be_killed_right_after_its_order_was_accepted(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    api.control.fault("killCaller", path="/transactions$", times=1)
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER, api.base_url, str(api.session.headers["Authorization"]), quote["id"]]
    )
    assert caller.wait(timeout=60) == -9
    assert len(api.control.sends()) == 1


CALLER = """
import json, os, sys, urllib.request
url, token, quote = sys.argv[1:]
headers = {"Authorization": token, "Idempotency-Key": "k", "Content-Type": "application/json",
           "X-Test-Pid": str(os.getpid())}
body = json.dumps({"quoteId": quote}).encode()
urllib.request.urlopen(urllib.request.Request(url + "/transactions", body, headers), timeout=60)
"""


@pytest.mark.parametrize(
    ("amount", "answer", "status"),
    [
        ("13.13", 201, "failed"),
        ("14.14", 201, "processing"),
        ("15.15", 422, ""),
        ("18.18", 500, "completed"),
        ("19.19", 503, ""),
    ],
)
def test_magic_amounts_of_sends(api: Api, amount: str, answer: int, status: str) -> None:
    api.control.settings(auto=True, settleSeconds=0)
    alice = api.rich()
    quote = api.quote(alice, amount)
    assert api.execute(quote, key="k").status_code == answer
    found_again = found(api.get("transactions"))["data"]
    assert len(found_again) == len(api.control.sends()) == (1 if status else 0)
    if status:
        wait_until(lambda: api.transaction(found_again[0]["id"])["status"] == status)
        assert api.execute(quote, key="k").status_code == 201
    if status in ("failed", ""):
        assert api.balance(alice) == "100.00"


def test_the_magic_amount_that_answers_nothing(api: Api) -> None:
    quote = api.quote(api.rich(), "17.17")
    with pytest.raises(requests.ConnectionError):
        api.execute(quote, key="k")
    assert len(api.control.sends()) == 1
    assert api.execute(quote, key="k").status_code == 201


def test_the_magic_amount_whose_quote_does_not_add_up(api: Api) -> None:
    quote = api.quote(api.rich(), "16.16")
    assert quote["source"]["amountNet"] != quote["destination"]["amountGross"]
