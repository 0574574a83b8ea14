"""What was accepted survives kill -9."""

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
import requests

from tests.sandbox.api import Api, found
from tests.sandbox.conftest import Own
from tests.sandbox.receiver import Receiver, wait_until


@pytest.mark.slow
def test_balances_history_and_promised_answers_survive_kill_9(own_sandbox: Callable[..., Own]) -> None:
    own = own_sandbox("--no-auto")
    api = Api(own.control)
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    first = api.execute(quote, key="k")
    own.control.settings(hideMatchFields=["metadata"])
    own.control.advance_clock(120)
    own.kill()
    own.start()
    assert api.balance(alice) == "75.00"
    assert api.execute(quote, key="k").content == first.content
    assert [row["transactionId"] for row in own.control.sends()] == [first.json()["id"]]
    assert own.control.get("settings")["hideMatchFields"] == ["metadata"]
    assert found(api.get("customers"))["data"][0]["id"] == alice.customer
    own.control.settle(first.json()["id"])


@pytest.mark.slow
def test_killed_by_its_own_rule_right_after_accepting_it_has_the_order_when_it_is_back(
    own_sandbox: Callable[..., Own],
) -> None:
    own = own_sandbox("--no-auto")
    api = Api(own.control)
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    own.control.fault("killSandbox", path="/transactions$", times=1)
    try:
        api.execute(quote, key="k")
    except requests.ConnectionError:
        own.close()
    own.start()
    assert api.balance(alice) == "75.00"
    assert api.execute(quote, key="k").status_code == 201
    assert len(own.control.sends()) == 1


@pytest.mark.slow
def test_killed_under_load_it_has_exactly_what_it_answered(own_sandbox: Callable[..., Own]) -> None:
    own = own_sandbox("--no-auto")
    api = Api(own.control)
    alice = api.rich("1000.00")
    quotes = [api.quote(alice, "1.00") for _ in range(150)]
    answered: list[str] = []

    def send_all() -> None:
        for number, quote in enumerate(quotes):
            try:
                answered.append(api.execute(quote, key=f"k{number}").json()["id"])
            except requests.ConnectionError:
                return

    sending = threading.Thread(target=send_all)
    sending.start()
    wait_until(lambda: len(answered) >= 20)
    own.kill()
    sending.join()
    own.start()
    executed = [row["transactionId"] for row in own.control.sends()]
    # The one in flight when it died may have been accepted without being answered; nothing else may differ.
    assert executed[: len(answered)] == answered
    assert len(executed) - len(answered) in (0, 1)
    assert api.balance(alice) == f"{1000 - len(executed)}.00"


@pytest.mark.slow
def test_deliveries_that_were_waiting_go_out_after_a_restart(
    own_sandbox: Callable[..., Own], receiver: Receiver
) -> None:
    own = own_sandbox("--no-auto")
    api = Api(own.control)
    alice = api.person()
    api.post("webhooks", {"url": receiver.url})
    own.control.fault("delayWebhook", seconds=3)
    own.control.deposit(alice.wallet, "1.00")
    own.kill()
    assert not receiver.received
    own.start()
    receiver.wait_for(1)


@pytest.mark.slow
def test_it_says_where_it_listens_and_stops_at_once_when_told(own_sandbox: Callable[..., Own]) -> None:
    own = own_sandbox()
    where = f"http://127.0.0.1:{own.port}"
    assert own.said == f"OMS sandbox on {where}/v0.9, control room on {where}/control\n"
    own.control.get("health")
    own.process.terminate()
    assert own.process.wait(timeout=3) is not None


@pytest.mark.slow
def test_two_sandboxes_never_share_a_file(own_sandbox: Callable[..., Own]) -> None:
    own = own_sandbox()
    command = [sys.executable, "-m", "walletapp.sandbox", "--port", "0", "--data", str(own.data)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert "Another sandbox is using" in refused.stderr
