"""Journey 4, the careful side of it: the address book, look-alike addresses, saved addresses only, own limits."""

import secrets

import pytest

from tests.browser import steps
from tests.browser.fixtures import Customers, Walkers
from tests.browser.walker import Walker
from tests.payees.addresses import imitating
from walletapp.web.templatetags.wallet_tags import short_party

AT_EXCHANGE = "Yes, it is a deposit address at an exchange"
LOOKED = "I looked at the exchange's deposit page: it says USDC on Polygon for this address"


def unspaced(walker: Walker) -> str:
    """What is on the page, so that an address in groups reads as it is."""
    return "".join(walker.main.split()).lower()


def fill_in(walker: Walker, to: str, amount: str) -> None:
    walker.open("/send/")
    walker.fill("To", to)
    walker.fill("Amount", amount)


def confirm_twice(walker: Walker, press: str, title: str, then: str) -> None:
    """The form, and then the page that says what will happen and asks who it is."""
    walker.press(press, then="Please check every line")
    steps.prove(walker)
    walker.press(title, then=then)


@pytest.mark.journey
def test_a_payee_is_saved_after_a_send_and_chosen_for_the_next_and_nobody_slips_in_beside_them(
    walkers: Walkers, customers: Customers, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="60"))
    address = f"0x{secrets.token_hex(20)}"
    steps.send(walker, address, "5.00")
    walker.waits_for("5.00 USDC arrived")
    walker.press("Save to my address book", then="Nothing is sent by this.")
    walker.fill("Name", "Rent")
    confirm_twice(walker, "Save to my address book", "Save to your address book", then="Rent is in your address book.")
    letter = walker.letter("Saved to your address book: Rent").lower()
    assert f"rent ({short_party(address)}) was saved" in letter

    walker.open("/send/")
    walker.press("Rent", then="To somebody here by e-mail")
    walker.fill("Amount", "4")
    walker.press("See the price", then="You have sent here once before, on")
    assert "To Rent" in walker.main
    steps.confirm_send(walker, "4.00", then="Send")

    fake = imitating(address)
    fill_in(walker, fake, "4")
    walker.press("See the price", then="This only looks like an address you know")
    assert address in unspaced(walker)
    assert fake in unspaced(walker)
    assert "ask the person for their address again" in walker.main

    walker.open("/payees/")
    walker.follow("/payees/", then="Rent")
    walker.open("/payees/add/")
    walker.fill("E-mail or address", fake)
    walker.fill("Name", "Landlord")
    walker.press("Save to my address book", then="You saved it as Rent")


def test_a_first_send_to_an_exchange_wants_a_look_at_its_network(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    fill_in(walker, f"0x{secrets.token_hex(20)}", "3")
    walker.press("See the price", then="Is this address at an exchange?")
    walker.tick(AT_EXCHANGE)
    walker.press("See the price", then="it must say USDC and Polygon")
    walker.tick(LOOKED)
    walker.press("See the price", then="At an exchange that takes USDC on Polygon there, as you checked")


def test_saved_addresses_only_is_on_at_once_and_off_after_a_wait(
    walkers: Walkers, customers: Customers, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="20"))
    walker.open("/payees/", then="Nobody yet")
    walker.press("Only send to saved addresses", then="It is off.")
    walker.press("Only send to saved addresses", then="It is on since")
    fill_in(walker, f"0x{secrets.token_hex(20)}", "3")
    walker.press("See the price", then="this one is not saved. Nothing was sent.")
    walker.open("/payees/only-saved/")
    again = "Send to others than saved addresses again"
    confirm_twice(walker, "Switch it off in 24 hours", again, then="It is on until")
    walker.press("Keep it on", then="It is on since")


def test_a_lower_limit_counts_at_once_and_a_higher_one_waits(
    walkers: Walkers, customers: Customers, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="50"))
    walker.open("/limits/", then="At most 5,000.00 USDC at once")
    walker.fill("At most at once", "10")
    walker.fill("At most in 24 hours", "20")
    walker.press("Save my limits", then="At most 10.00 USDC at once; 20.00 USDC of 20.00 USDC left in 24 hours.")
    steps.price_send(walker, f"0x{secrets.token_hex(20)}", "11", then="You can send at most 10.00 USDC at once.")
    walker.open("/limits/")
    walker.fill("At most at once", "15")
    raised = "at most 15.00 USDC at once and 20.00 USDC in 24 hours."
    confirm_twice(walker, "Save my limits", "Raise your sending limits", then=raised)
    walker.press("Take the raise back", then="At most 10.00 USDC at once")
    assert "Take the raise back" not in walker.main
