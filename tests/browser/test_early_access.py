"""Journey 5: early access."""

from tests.browser import steps
from tests.browser.fixtures import Customers, Walkers
from tests.browser.stage import Stage
from walletapp.demo import logins


def test_interest_in_bank_transfers_is_stored_and_can_be_taken_back(
    walkers: Walkers, customers: Customers, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=customers())
    walker.open("/home/")
    walker.press("Register interest", then="Bank transfers: register interest")
    walker.press("Register my interest", then="This is still needed.")
    walker.tick("Have my pay sent to my wallet")
    walker.tick("$500 to $2,000")
    walker.pick("Which state do you live in?", "New York")
    walker.press("Register my interest")
    assert "You are on the list" not in walker.main, "nobody is on it who did not agree to be written to"
    walker.tick("You may write to me about bank transfers. I can take this back here at any time.")
    walker.press("Register my interest", then="You are on the list")
    walker.open("/bank-transfers/", then="Have my pay sent to my wallet")
    walker.press("Take me off the list", then="You are off the list.")


def test_the_flag_that_staff_toggle_counts_from_the_next_request(
    walkers: Walkers, customers: Customers, stage: Stage
) -> None:
    customer = walkers(has_script=False, email=customers())
    staff = walkers(has_script=False)
    steps.sign_in(staff, logins.STAFF.email, logins.PASSWORD)
    customer.open("/bank-transfers/")
    assert "Early access is open for you" not in customer.main
    for everyone, is_open in (("Yes", True), ("No", False)):
        staff.page.goto("/admin/accounts/flag/")
        staff.page.get_by_role("link", name="bank_funding").click()
        staff.page.get_by_label("Everyone").select_option(label=everyone)
        staff.page.get_by_label("Why").fill("Early access for everybody")
        staff.page.get_by_role("button", name="Save", exact=True).click()
        customer.open("/bank-transfers/")
        assert ("Early access is open for you" in customer.main) is is_open
