"""With scripts, the parts of the journeys that would make a person wait are htmx requests to the same addresses."""

import re

from playwright.sync_api import Response

from tests.browser import steps
from tests.browser.fixtures import Customers, Walkers
from tests.browser.stage import Stage
from tests.browser.test_send import outside_address
from tests.browser.walker import Walker


def plain(path: str) -> str:
    """The address without the ids in it."""
    return re.sub(r"/[0-9a-f]{8}-[0-9a-f-]{27}/|/loc_\w+/", "/*/", path)


def posts(walker: Walker, *, is_htmx: bool) -> list[str]:
    return [plain(it.path) for it in walker.asked if it.method == "POST" and it.is_htmx is is_htmx]


def walk_a_send(walker: Walker) -> None:
    """A price, a new price for it, confirming, and waiting for the end."""
    with walker.short_prices():
        steps.price_send(walker, outside_address(), "2.50")
    if walker.has_script:
        walker.waits_for("This is a new price")
    else:
        walker.waits_for("This price has run out")
        walker.press("Get a new price", then="This is a new price")
    steps.confirm_send(walker, "2.50")
    walker.waits_for("2.50 USDC arrived")


def walk_cash(walker: Walker, stage: Stage) -> None:
    """A price, a code, a new code for it, and the money."""
    code = steps.add_cash(walker, "20")
    stage.control.expire_code(code)
    walker.waits_for("run out. The cashier cannot use it any more.")
    walker.press("Get a new code")
    walker.waits_for("This code is good until")
    stage.control.pay_cash(steps.read_code(walker), "20")
    walker.waits_for("USDC arrived")


def test_quote_requote_confirm_and_status_of_a_send_are_htmx_requests_to_the_same_addresses(
    walkers: Walkers, customers: Customers
) -> None:
    with_script = walkers(email=customers(holding="50"))
    without = walkers(has_script=False, email=customers(holding="50"))
    for walker in (with_script, without):
        walker.asked.clear()
        walk_a_send(walker)
    assert posts(with_script, is_htmx=True) == ["/send/", "/send/", "/review/*/new-price/", "/review/*/"]
    assert posts(with_script, is_htmx=False) == []
    assert posts(without, is_htmx=False) == ["/send/", "/send/", "/review/*/new-price/", "/review/*/"]
    status = [it for it in with_script.asked if plain(it.path) == "/transfers/*/status/"]
    assert status
    assert all(it.is_htmx and it.kind in {"xhr", "fetch"} for it in status)


def test_quote_confirm_new_code_and_status_of_cash_are_htmx_requests_to_the_same_addresses(
    walkers: Walkers, customers: Customers, stage: Stage
) -> None:
    with_script = walkers(email=customers())
    without = walkers(has_script=False, email=customers())
    for walker in (with_script, without):
        walker.asked.clear()
        walk_cash(walker, stage)
    same = ["/add-cash/*/", "/review/*/", "/transfers/*/new-code/"]
    assert posts(with_script, is_htmx=True) == same
    assert posts(with_script, is_htmx=False) == ["/add-cash/"]  # the place, a plain form for everybody
    assert posts(without, is_htmx=False) == ["/add-cash/", *same]
    assert any(plain(it.path) == "/transfers/*/status/" and it.is_htmx for it in with_script.asked)


def test_a_redirect_reaches_htmx_as_a_header_and_the_browser_as_another_address(walkers: Walkers, rich: str) -> None:
    walker = walkers(email=rich)
    answers: list[Response] = []
    walker.page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - it wants a function of ours
    steps.price_send(walker, outside_address(), "2.00")
    priced = [it for it in answers if it.request.method == "POST"][-1]  # the one before asks about the address
    assert priced.status == 200
    assert priced.headers["hx-redirect"] == walker.path
    walker.page.go_back()
    walker.waits_for("To somebody here by e-mail")


def test_the_countdown_runs_by_the_servers_clock(walkers: Walkers, rich: str) -> None:
    """A device whose clock is an hour slow does not get an hour more."""
    walker = walkers(email=rich)
    walker.context.add_init_script("const now = Date.now; Date.now = () => now() - 3600_000;")
    steps.price_send(walker, outside_address(), "2.00")
    walker.waits_for("left")
    found = re.search(r"(\d+):(\d\d) left", walker.main)
    assert found, walker.main
    assert int(found[1]) == 0
