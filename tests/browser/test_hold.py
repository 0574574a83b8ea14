"""Journey 3: hold."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.chromium import DESK
from tests.browser.fixtures import Customers, Walkers
from tests.browser.stage import Stage


def test_the_dashboard_says_available_on_the_way_held_and_as_of_when(
    walkers: Walkers, customers: Customers, has_script: bool, bob: str
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="100"))
    steps.price_send(walker, bob, "14.14")  # stays under way until a person settles it
    steps.confirm_send(walker, "14.14")
    walker.waits_for("On its way")
    walker.open("/home/", then="$85.86")
    assert "On the way to you $0.00" in walker.main
    assert "On hold $14.14" in walker.main
    assert "As of" in walker.main


def test_what_is_under_way_comes_first_in_the_activity(
    walkers: Walkers, customers: Customers, has_script: bool, bob: str
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="100"), size=DESK)
    steps.send(walker, bob, "14.14")
    walker.waits_for("On its way")
    steps.send(walker, bob, "1.00")
    walker.waits_for("1.00 USDC arrived")
    walker.open("/activity/", then="Under way")
    said = walker.main.partition("Under way")[2]
    assert said.index("Sending to") < said.index("Today") < said.index("Sent to") < said.index("Received from")
    walker.press("Received", then="Received from")
    assert "Sent to" not in walker.main
    walker.fill("Search your activity", "nothing of that name")
    walker.press("Search", then="Nothing like that")
    walker.press("Show everything", then="Under way")


def test_the_receive_page_shows_the_address_a_picture_of_it_and_the_warning(
    walkers: Walkers, rich: str, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    address = steps.wallet_address(walker)
    assert re.fullmatch(r"0x[0-9a-fA-F]{40}", address)
    assert "Anything else sent to this address is lost or stuck" in walker.main
    qr = walker.page.get_by_role("img", name="Your address as a QR code")
    expect(qr).to_be_visible()
    assert qr.evaluate("(e) => e.naturalWidth") > 50
    if has_script:
        walker.button("Copy your address").click()
        expect(walker.page.get_by_role("button", name="Copied")).to_be_visible()
        walker.open("/send/")
        walker.field("To").press("Control+V")
        expect(walker.field("To")).to_have_value(address)


@pytest.mark.journey
def test_a_deposit_from_outside_appears(walkers: Walkers, customers: Customers, has_script: bool, stage: Stage) -> None:
    walker = walkers(has_script=has_script, email=customers())
    address = steps.wallet_address(walker)
    walker.open("/home/", then="Nothing has moved yet")
    stage.control.deposit(address, "12.345678")
    walker.waits_for("12.345678 USDC")
    assert "Received" in walker.main
    assert "12.345678" in walker.letter("You received")
    walker.press("See all activity", then="Today")
    walker.follow("/transfers/", then="12.345678 USDC arrived")


def test_unknown_is_never_shown_as_zero(walkers: Walkers, has_script: bool, stage: Stage) -> None:
    stage.control.fault("errorBefore", method="GET", path="/balance", status=503)
    walker = walkers(has_script=has_script)
    steps.sign_up(walker)
    steps.send_identity(walker)
    walker.waits_for("You are verified")
    walker.open("/home/")
    walker.waits_for("We cannot reach your balance right now.")
    assert "Available $0" not in walker.main
    assert "Our payment partner does not answer. Your money is where it was; we keep asking." in walker.main
    stage.control.no_faults()
    walker.waits_for("$0.00 0.00 USDC", seconds=90)
