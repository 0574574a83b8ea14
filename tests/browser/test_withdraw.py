"""Journey 5: withdrawing to a bank account, sent back by one bank and taken by another."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser import steps
from tests.browser.fixtures import Customers, Walkers
from tests.browser.stage import Stage
from tests.browser.walker import Walker

RAILS = ("bank_payouts_ach", "bank_payouts_wire")
LET_IN = """
from walletapp.accounts.models import Flag, User
for name in {rails}:
    Flag.objects.get(name=name).users.add(User.objects.get(email="{email}"))
"""


@pytest.fixture
def insider(stage: Stage, customers: Customers) -> str:
    """Somebody with 100.00 USDC and early access to both rails, by flag per user."""
    email = customers(holding="100")
    stage.manage("shell", "-c", LET_IN.format(rails=RAILS, email=email))
    return email


def add_account(walker: Walker, number: str, name: str) -> None:
    """From the list of accounts to one more that its bank has answered for. The number decides what that bank does."""
    walker.press("Add a bank account", then="A US account in your own name.")
    walker.fill("Routing number", "021000021")
    walker.fill("Account number", number)
    walker.fill("Account number again", number)
    walker.fill("Your name for it", name)
    walker.press("Add this account", then="ends in")
    steps.prove(walker)
    walker.press("Add this bank account")
    walker.waits_for("Ready")


def choose(walker: Walker, *cards: str) -> None:
    """The account and the rail: cards, each with more on it than its name."""
    for card in cards:
        walker.page.locator("label.choice-card", has_text=card).click()


def confirm(walker: Walker, button: str) -> str:
    """Press the one button of the review page; the address of the status page, once the bank was paid."""
    steps.prove(walker)
    walker.press(button)
    walker.waits_for("was paid out")
    return walker.path


@pytest.mark.journey
def test_by_ach_that_comes_back_and_then_by_wire_to_the_right_account(
    walkers: Walkers, insider: str, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=insider)
    walker.open("/home/")
    walker.press("Withdraw", then="No bank account to pay yet")
    walker.press("Your bank accounts", then="No account yet")
    add_account(walker, "55550003", "Rent")

    walker.open("/withdraw/", then="By ACH right now: $1.00 to $500.00 at once.")
    choose(walker, "Rent ····0003", "ACH, about $0.25")
    walker.fill("Amount", "30")
    walker.press("See the price", then="Review")
    assert "You pay 30.25 USDC Fee: Payment partner (OMS) 0.25 USDC Your bank gets $30.00" in walker.main
    assert "Left in your wallet afterwards: 69.75 USDC" in walker.main
    status = confirm(walker, "Withdraw $30.00 by ACH")
    assert walker.executed() == ["30.25"]
    assert "Rent ····0003" in walker.letter("30.00 USD was paid to")

    assert "The bank could not find this account." in walker.letter("came back to you")
    walker.open("/home/", then="$99.75")
    walker.open(status, then="Your bank sent this back")
    assert "Done" in walker.main, "what was done stays done"
    walker.press("See where the money is", then="30.00 USDC came back")
    returned = walker.path
    walker.press("Fix the account", then="Rent ····0003")
    add_account(walker, "55556789", "Savings")

    walker.open(returned)
    walker.press("Withdraw again", then="To a US bank account in your own name.")
    assert "Rent" not in walker.main, "money would only come back from there again"
    choose(walker, "Savings ····6789", "Wire, about $15.00")
    walker.press("See the price", then="Review")
    assert "You pay 30.00 USDC" in walker.main
    confirm(walker, "Withdraw $15.00 by wire")
    assert walker.executed() == ["30.00"]
    walker.open("/activity/?kind=withdrawn", then="Came back")
    walker.open("/home/", then="$69.75")


def test_a_bank_that_does_not_take_it_leaves_the_money_here(walkers: Walkers, insider: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=insider)
    walker.open("/bank-transfers/accounts/")
    add_account(walker, "55550009", "Rent")
    walker.open("/withdraw/")
    walker.fill("Amount", "9000")
    walker.press("See the price", then="Not enough available: you have 100.00 USDC.")
    walker.tick("Withdraw everything I have available (Max)")
    walker.press("See the price", then="Left in your wallet afterwards: 0.00 USDC")
    steps.prove(walker)
    walker.press("Withdraw $99.75 by ACH")
    walker.waits_for("Did not happen")
    assert "The bank did not take the payment." in walker.main
    walker.open("/home/", then="$100.00")


def _never(_: Route) -> None:
    """An answer that does not come."""


def test_a_press_counts_while_the_name_of_the_bank_is_still_looked_up(walkers: Walkers, insider: str) -> None:
    walker = walkers(email=insider)
    walker.open("/bank-transfers/accounts/add/")
    walker.fill("Account number", "55556789")
    walker.fill("Account number again", "55556789")
    walker.field("Routing number").fill("021000021")
    walker.field("Routing number").blur()
    expect(walker.field("Bank")).to_have_value(re.compile("Chase"))
    walker.page.route("**/accounts/bank/**", _never)
    with walker.page.expect_request("**/accounts/bank/**"):
        walker.field("Routing number").fill("121042882")
        walker.field("Routing number").blur()
    walker.press("Add this account", then="ends in")
    steps.prove(walker)
    walker.press("Add this bank account")
    walker.waits_for("Ready")


def test_without_access_the_address_is_refused(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    walker.open("/home/")
    assert not walker.offers("Withdraw")
    walker.allowed.add(403)
    walker.open("/withdraw/")
    assert "Amount" not in walker.main
