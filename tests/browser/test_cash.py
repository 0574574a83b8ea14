"""Journey 2: put cash in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.chromium import DESK
from tests.browser.fixtures import Customers, Walkers
from tests.browser.room import Room
from tests.browser.stage import Stage
from tests.browser.walker import Walker


@pytest.fixture
def holder(walkers: Walkers, customers: Customers, has_script: bool) -> Walker:
    """A customer with an empty wallet, signed in."""
    return walkers(has_script=has_script, email=customers())


def test_a_store_is_found_by_zip_by_city_and_from_any_zip_by_its_first_digits(
    walkers: Walkers, rich: str, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=rich, size=DESK)
    for place, said in {
        "10001": "stores near New York, NY",
        "Sacramento, CA": "near Sacramento, CA",
        "10299": "near",  # no such ZIP has a name of its own: its first three digits do
    }.items():
        steps.look_for_stores(walker, place, then=said)
    assert re.search(r"\d\.\d mi", walker.main), "how far it is"
    expect(walker.page.get_by_role("img", name="Map of the stores")).to_be_visible()


def test_a_name_that_several_towns_have_is_asked_back(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    steps.look_for_stores(walker, "Springfield", then="There is more than one place with this name.")


def test_a_place_nobody_knows_is_said_so(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    steps.look_for_stores(walker, "Xyzzyville", then="We do not know a place called")


def test_stores_near_me_by_the_browsers_location(walkers: Walkers, rich: str) -> None:
    walker = walkers(email=rich)
    walker.context.grant_permissions(["geolocation"], origin=walker.stage.url)
    walker.open("/add-cash/")
    walker.press("Use my location", then="stores near you")


def test_a_browser_that_keeps_its_location_is_told_what_to_do_instead(walkers: Walkers, rich: str) -> None:
    walker = walkers(email=rich)
    walker.context.clear_permissions()
    walker.open("/add-cash/")
    walker.button("Use my location").click()
    walker.waits_for("Enter a ZIP code or a city instead.")


def test_the_limits_stand_there_before_anything_is_typed(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    steps.choose_store(walker)
    assert "Right now you can bring $20.00 to $500.00" in walker.main
    for amount, sentence in {
        "19.99": "The least a store takes is $20.00.",
        "500.01": "This store takes at most",
    }.items():
        walker.fill("Amount", amount)
        walker.press("See the price", then=sentence)


@pytest.mark.journey
def test_cash_from_the_search_to_the_balance(holder: Walker, room: Room, stage: Stage) -> None:
    steps.choose_store(holder)
    steps.price_cash(holder, "100")
    if stage.funding == "quote":
        assert "You bring $100.00 Fee: Payment partner (OMS) $2.00 You receive 98.00 USDC" in holder.main
        assert "is locked until" in holder.main
    else:  # a forecast from the fee schedule, and called one
        assert "You bring $100.00 About this fee: Payment partner (OMS) $2.00" in holder.main
        assert "You receive about 98.00 USDC" in holder.main
        assert "Nothing is locked" in holder.main
    code = steps.get_code(holder)
    expect(holder.page.get_by_role("img", name="Barcode")).to_be_visible()
    assert "Tell the cashier" in holder.main
    assert "Waiting for you" in holder.main
    room.take_cash(code, "100.00")
    holder.waits_for("98.00 USDC arrived")
    assert "Done" in holder.main
    holder.open("/home/", then="$98.00")
    assert "Cash added" in holder.main
    assert "98.00" in holder.letter("arrived in your wallet")


def test_the_amount_can_be_what_is_wanted_in_the_wallet(holder: Walker, stage: Stage) -> None:
    steps.choose_store(holder)
    steps.price_cash(holder, "98", way=steps.WANT)
    assert "You bring $100.00" in holder.main
    assert f"You receive {'' if stage.funding == 'quote' else 'about '}98.00 USDC" in holder.main


def test_another_amount_than_said_is_paid_at_the_counter(holder: Walker, room: Room) -> None:
    code = steps.add_cash(holder, "100")
    room.take_cash(code, "60.00")
    holder.waits_for("58.60 USDC arrived")
    assert "You said $100.00 and paid $60.00" in holder.main
    holder.open("/home/", then="$58.60")


def test_a_code_that_ran_out_is_replaced_in_one_tap(holder: Walker, stage: Stage) -> None:
    old = steps.add_cash(holder, "50")
    stage.control.expire_code(old)
    holder.waits_for("run out. The cashier cannot use it any more.")
    holder.press("Get a new code")
    holder.waits_for("This code is good until")
    new = steps.read_code(holder)
    assert new != old
    assert "Do not use the old code" in holder.main
    stage.control.pay_cash(new, "50.00")
    holder.waits_for("48.75 USDC arrived")
    holder.open("/home/", then="$48.75")


def test_a_price_that_ran_out_stands_beside_the_new_one_with_the_difference(holder: Walker, stage: Stage) -> None:
    steps.choose_store(holder)
    with holder.short_prices():
        steps.price_cash(holder, "100")
        stage.control.settings(usdToUsdcRate="0.99")
    if holder.has_script:
        holder.waits_for("This is a new price")
    else:
        holder.waits_for("This price has run out")
        holder.press("Get a new price", then="This is a new price")
    assert "You receive 98.00 USDC 97.02 USDC" in holder.main
    assert "$0.98" in holder.main, "the difference"
    stage.control.settings(usdToUsdcRate="1.0")


def test_a_code_the_counter_refuses_costs_nothing(holder: Walker, room: Room) -> None:
    code = steps.add_cash(holder, "33.33")
    room.take_cash(code, "33.33")
    holder.open(holder.path, then="Nothing is charged until you pay at the counter.")


def test_cash_that_was_taken_and_did_not_arrive_is_said_so(holder: Walker, stage: Stage) -> None:
    code = steps.add_cash(holder, "55.55")
    stage.control.pay_cash(code, "55.55")
    holder.waits_for("Keep your receipt")
    assert "The store took your cash" in holder.main


def test_oms_being_away_says_so_and_takes_nothing(holder: Walker, stage: Stage) -> None:
    holder.allowed.add(503)
    steps.choose_store(holder, "60601")
    stage.control.fault("errorBefore", method="POST", path="/quotes", status=503)
    holder.fill("Amount", "100")
    holder.press("See the price", then="Our payment partner cannot be reached")
    stage.control.no_faults()
