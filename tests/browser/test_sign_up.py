"""Journey 1: sign up and get verified."""

import pytest

from tests.browser import steps
from tests.browser.fixtures import Customers, Walkers
from tests.browser.room import Room
from tests.browser.stage import Stage
from tests.browser.walker import Walker


@pytest.mark.journey
def test_a_newcomer_signs_up_is_verified_and_has_a_wallet(walker: Walker) -> None:
    steps.sign_up(walker)
    steps.send_identity(walker)
    walker.waits_for("You are verified")
    assert "This is what you can do now." in walker.main
    assert "Hold dollars as USDC in a wallet of your own Approved for you" in walker.main
    assert "We are opening your wallet now" in walker.letter("You are verified")
    steps.await_wallet(walker)
    assert "$0.00" in walker.main


def test_a_wrong_code_opens_nothing(walker: Walker) -> None:
    walker.email = steps.new_email()
    walker.open("/account/signup/")
    walker.fill("E-mail", walker.email)
    walker.fill("Password", steps.PASSWORD)
    walker.press("Open my account", then="We sent a code to")
    code = steps.code_in(walker.letter("code"))
    walker.fill("Code", "0000-0000" if code != "0000-0000" else "1111-1111")
    walker.press("Confirm the code", then="This is not the code we sent last")
    walker.open("/home/", then="Confirm your e-mail")


def test_the_answers_are_kept_when_one_leaves_and_comes_back(walker: Walker) -> None:
    steps.sign_up(walker)
    walker.press("Start with my name", then="Your legal name")
    assert "1 of" in walker.main, "how far it is"
    steps.answer_name(walker, "Quintero")
    steps.answer_birth(walker)
    walker.press("Exit, keep my progress", then="What you entered so far is kept.")
    walker.context.clear_cookies()
    steps.sign_in(walker)
    walker.open("/identity/")
    walker.press("Go on with your mobile number", then="Your mobile number")
    steps.answer_phone(walker)
    steps.answer_address(walker)
    issuer = walker.page.get_by_label("Country that issued the passport")
    assert not issuer.is_visible(), "nothing of a passport is asked for a Social Security number"
    walker.page.locator('[value="passport"]').check()
    assert issuer.is_visible()
    walker.page.locator('[value="ssn"]').check()
    number = steps.new_ssn()
    walker.fill("Number", number)
    walker.press("Save and go on", then="This is what we pass on.")
    assert "Maria Quintero" in walker.main
    assert "120 Broadway" in walker.main
    assert f"ending in {number[-4:]}" in walker.main
    assert number not in walker.page.content(), "the number itself never comes back"


WRONG_ANSWERS = {
    "birth": ("Date of birth", "2015-01-01", "You must be 18 or older"),
    "phone": ("Mobile number", "12", "Enter a phone number"),
    "document": ("Number", "123", "This is not a Social Security number."),
}


def test_every_question_says_why_it_is_asked_and_what_is_wrong_with_an_answer(walker: Walker) -> None:
    steps.sign_up(walker)
    for slug, (label, answer, sentence) in WRONG_ANSWERS.items():
        walker.open(f"/identity/{slug}/")
        walker.fill(label, answer)
        walker.press("Save and go on", then=sentence)
    walker.open("/identity/address/", then="The law asks for the address")
    steps.fill_address(walker)
    walker.fill("Street address", "PO Box 12")
    walker.fill("ZIP code", "1234")
    walker.press("Save and go on", then="A PO box cannot be used.")
    assert "Enter a ZIP code of five digits" in walker.main
    walker.open("/identity/name/", then="It must match your ID")
    walker.press("Save and go on", then="This is still needed.")


def test_in_review_is_a_place_to_rest_until_the_reviewer_approves(walker: Walker, room: Room) -> None:
    steps.sign_up(walker)
    steps.send_identity(walker, "Slow")
    walker.waits_for("In review")
    assert "You can close this page." in walker.main
    walker.open("/home/", then="In review.")
    walker.open("/send/", then="This opens as soon as you are verified.")
    room.decide(walker.email, "Approve")
    walker.open("/identity/")
    walker.waits_for("You are verified")


def test_more_needed_shows_only_the_failing_item_and_takes_it_again(walker: Walker) -> None:
    steps.sign_up(walker)
    steps.send_identity(walker, "Moreinfo")
    walker.waits_for("One more thing")
    assert "Where you live" in walker.main
    assert "Your legal name" not in walker.main
    assert "Your date of birth" not in walker.main
    walker.letter("One more thing")
    walker.press("Enter it again", then="Where you live")
    steps.fill_address(walker)
    walker.fill("Street address", "200 Park Avenue")
    walker.press("Save and go on", then="Check and send")
    walker.press("Send for review")
    walker.waits_for("You are verified")


def test_refused_says_so_and_what_happens_to_any_balance(walker: Walker) -> None:
    steps.sign_up(walker)
    steps.send_identity(walker, "Reject")
    walker.waits_for("We could not verify you")
    assert "Did not happen" in walker.main
    assert "If there is money in your wallet It stays yours." in walker.main
    walker.letter("We could not open a wallet for you")
    walker.open("/home/", then="We cannot open a wallet for you")


def test_an_answer_of_oms_that_was_lost_is_found_out_by_itself(walker: Walker, stage: Stage) -> None:
    steps.sign_up(walker)
    stage.control.fault("dropAfterAccept", method="POST", path="/customers$", times=1)
    steps.send_identity(walker)
    walker.waits_for("You are verified", seconds=60)


@pytest.mark.parametrize("path", ["/home/", "/send/", "/receive/", "/activity/", "/identity/", "/add-cash/"])
def test_a_page_of_a_customer_asks_a_stranger_to_sign_in(walkers: Walkers, path: str) -> None:
    walkers(has_script=False).open(path, then="Sign in")


def test_a_wallet_that_was_stopped_says_that_the_money_is_safe(
    walkers: Walkers, customers: Customers, has_script: bool, room: Room
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="50"))
    room.decide(walker.email, "Revoke")
    walker.open("/home/")
    walker.waits_for("You cannot add or send right now")
    assert "What you hold is safe." in walker.main
