"""Journey 6: from the list of interest to money by bank: let in by staff, an account number, a deposit, an account."""

import re

from tests.browser import steps
from tests.browser.chromium import DESK
from tests.browser.fixtures import Customers, Walkers
from tests.browser.person import Person
from tests.browser.room import Room
from tests.browser.walker import Walker
from walletapp.demo import logins

ACCOUNT = "000123456789"


def register_interest(walker: Walker) -> None:
    walker.open("/bank-transfers/add-money/", then="This is not open for you yet")
    walker.press("Register interest", then="Bank transfers: register interest")
    walker.tick("Move money from my bank account into my wallet")
    walker.tick("$500 to $2,000")
    walker.pick("Which state do you live in?", "New York")
    walker.tick("You may write to me about bank transfers. I can take this back here at any time.")
    walker.press("Register my interest", then="You are on the list")


def let_in(staff: Walker, email: str, action: str) -> None:
    """As a member of staff: the list, the person, the action."""
    staff.page.goto(f"/admin/banking/interestentry/?q={email}")
    staff.page.locator("tbody input.action-select").first.check()
    staff.page.get_by_label("Action:").select_option(label=action)
    staff.page.get_by_label("Why").fill("Early access for this person")
    staff.page.get_by_role("button", name="Run").or_(staff.page.get_by_role("button", name="Go")).first.click()
    staff.page.locator(".messagelist .success").wait_for()


def add_account(person: Person, last_name: str = "Quintero", nickname: str = "Rent") -> None:
    person.open("/bank-transfers/accounts/add/", then="A US account in your own name.")
    person.fill("Name on the account", f"Maria {last_name}")
    person.fill("Routing number", "121042882")
    person.fill("Account number", ACCOUNT)
    person.fill("Account number again", ACCOUNT)
    person.fill("Your name for it", nickname)
    person.press("Add this account", then="ends in")
    steps.prove(person)
    person.press("Add this bank account", then="was added")


def test_from_interest_to_money_by_bank_and_an_account(
    walkers: Walkers, customers: Customers, room: Room, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=customers())
    staff = walkers(has_script=has_script, size=DESK)
    steps.sign_in(staff, logins.STAFF.email, logins.PASSWORD)
    walker.allowed.add(403)

    register_interest(walker)
    let_in(staff, walker.email, "Give access: add money by bank, and write to them")
    assert "Sign in" in walker.letter("Open for you")

    walker.open("/bank-transfers/", then="Early access is open for you")
    walker.press("Add money by bank", then="Get your account number")
    walker.press("Get my account number")
    walker.waits_for("Routing number")
    assert "Maria Quintero" in walker.main
    assert "From your own account" in walker.main
    walker.letter("Your own account number is ready")

    number = re.search(r"Account number\s+(\d{12})", walker.main)
    assert number, walker.main
    room.bank_deposit(number[1], "250.00")
    walker.open("/bank-transfers/add-money/")
    walker.waits_for("Added by bank")
    walker.leave_by(walker.page.locator("#main a.row").first.click, "248.75 USDC arrived")
    for figure in ("$250.00", "$1.25", "1 USD = 1 USDC", "Maria Quintero"):
        assert figure in walker.main, figure
    walker.letter("arrived by bank transfer")
    room.bank_deposit(number[1], "90.00", sender="Somebody Else")
    walker.open("/home/")
    walker.waits_for("Did not happen")
    walker.leave_by(walker.page.locator("#holdings a.row").first.click, "The name on the sending account is not yours")

    walker.open("/bank-transfers/accounts/", then="This is not open for you yet")
    let_in(staff, walker.email, "Give access: withdraw by ACH, and write to them")
    add_account(walker)
    walker.waits_for("Rent ····6789")
    walker.waits_for("Ready")
    assert ACCOUNT not in walker.page.content()
    walker.letter("A bank account was added")


def test_an_account_is_looked_at_named_and_removed(walkers: Walkers, customers: Customers, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=customers())
    staff = walkers(has_script=has_script, size=DESK)
    steps.sign_in(staff, logins.STAFF.email, logins.PASSWORD)
    walker.allowed.add(403)
    register_interest(walker)
    let_in(staff, walker.email, "Give access: withdraw by ACH, and write to them")
    walker.open("/bank-transfers/accounts/", then="No account yet")
    add_account(walker)
    walker.waits_for("Ready")
    walker.leave_by(walker.page.locator("#main a.row").first.click, "In the name of")
    walker.fill("Your name for it", "Holidays")
    walker.press("Save the name", then="New name")
    steps.prove(walker)
    walker.press("Rename this bank account", then="Holidays ····6789")
    walker.leave_by(walker.page.locator("#main a.row").first.click, "In the name of")
    walker.press("Remove this account", then="ends in 6789")
    steps.prove(walker)
    walker.press("Remove this bank account", then="No account yet")


def test_money_that_is_missed_is_reported(walkers: Walkers, customers: Customers, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=customers())
    staff = walkers(has_script=has_script, size=DESK)
    steps.sign_in(staff, logins.STAFF.email, logins.PASSWORD)
    walker.allowed.add(403)
    register_interest(walker)
    let_in(staff, walker.email, "Give access: add money by bank, and write to them")
    walker.open("/bank-transfers/add-money/missing/", then="I sent money and cannot see it")
    walker.press("Look for my money", then="This is still needed.")
    walker.fill("How much did you send?", "250")
    walker.fill("On which day?", walker.page.evaluate("() => new Date().toISOString().slice(0, 10)"))
    walker.fill("From which bank?", "Wells Fargo")
    walker.press("Look for my money", then="$250.00 sent on")
