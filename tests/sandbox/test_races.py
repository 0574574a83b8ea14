"""Many callers at the same moment: exactly one wins, and no cent is made or lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.sandbox.api import Api, found
from tests.sandbox.test_cash import order, pay


def all_at_once(times: int, call: Callable[[int], requests.Response]) -> Counter[int]:
    with ThreadPoolExecutor(times) as pool:
        return Counter(answer.status_code for answer in pool.map(call, range(times)))


def test_one_quote_executed_by_ten_callers_runs_once(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    assert all_at_once(10, lambda _: api.execute(quote)) == {201: 1, 409: 9}
    assert (len(api.control.sends()), api.balance(alice)) == (1, "75.00")


def test_one_key_used_by_ten_callers_runs_once(api: Api) -> None:
    alice = api.rich()
    quote = api.quote(alice, "25.00")
    answers = all_at_once(10, lambda _: api.execute(quote, key="k"))
    assert set(answers) <= {201, 409}
    assert api.execute(quote, key="k").status_code == 201
    assert (len(api.control.sends()), api.balance(alice)) == (1, "75.00")


def test_the_whole_balance_sent_ten_times_is_sent_once(api: Api) -> None:
    alice = api.rich()
    quotes = [api.quote(alice, "100.00") for _ in range(10)]
    assert all_at_once(10, lambda number: api.execute(quotes[number])) == {201: 1, 422: 9}
    assert api.balance(alice) == "0.00"


def test_a_code_paid_at_ten_tills_is_paid_once(api: Api) -> None:
    cash = order(api, api.person())
    code = cash["depositInstructions"]["code"]
    assert all_at_once(10, lambda _: pay(api, code, "100.00")) == {200: 1, 409: 9}
    assert len(api.control.journal()) == 1


def test_a_code_refreshed_while_it_is_paid_is_either_paid_or_worthless(api: Api) -> None:
    for _ in range(5):
        cash = order(api, api.person())
        code = cash["depositInstructions"]["code"]

        def race(number: int, cash_in: str = cash["cashInId"], code: str = code) -> requests.Response:
            return pay(api, code, "100.00") if number else api.post(f"cash-ins/{cash_in}/refresh")

        answers = all_at_once(2, race)
        cash_in = found(api.get(f"cash-ins/{cash['cashInId']}"))
        assert (answers, cash_in["status"]) in (({200: 1, 409: 1}, "processing"), ({200: 1, 404: 1}, "pending"))
