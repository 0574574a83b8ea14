"""Signing in and confirming with a passkey, a code, or a recovery code, as people do it at a screen."""

import re
from datetime import UTC, datetime, timedelta

from tests.browser import steps
from tests.browser.chromium import has_phone
from tests.browser.fixtures import Customers, Walkers
from tests.browser.test_send import outside_address
from walletapp.moments import written


def test_an_account_is_opened_and_opened_again_with_a_passkey(walkers: Walkers) -> None:
    walker = walkers()
    has_phone(walker.page)
    walker.email = steps.new_email("passkey")
    walker.open("/account/signup/")
    walker.press("open it with a passkey", then="Open an account with a passkey")
    walker.fill("E-mail", walker.email)
    walker.press("Open my account", then="We sent a code to")
    walker.fill("Code", steps.code_in(walker.letter("code")))
    walker.press("Confirm the code", then="Make your passkey")
    walker.press("Make my passkey", then="Your recovery codes")
    assert len(re.findall(r"\b\d{5} \d{5}\b", walker.main)) == 10
    walker.press("I have kept them", then="Confirm who you are")
    walker.context.clear_cookies()
    walker.open("/account/login/", then="Sign in")
    walker.press("Sign in with a passkey", then="Confirm who you are")


def test_a_passkey_confirms_a_send_with_one_press(walkers: Walkers, customers: Customers) -> None:
    walker = walkers(email=customers(holding="100"))
    has_phone(walker.page)
    walker.open("/account/security/", then="Signed in now")
    walker.press("Add a passkey", then="Please check every line")
    steps.add_passkey(walker)
    steps.price_send(walker, outside_address(), "60.00")
    assert "You have not sent here before." in walker.main
    walker.press("Send 60.00 USDC on Polygon")
    walker.waits_for("60.00 USDC arrived")
    assert len(walker.executed()) == 1


def test_a_code_does_where_the_passkey_is_not_at_hand(walkers: Walkers, customers: Customers) -> None:
    walker = walkers(email=customers(holding="50"))
    has_phone(walker.page)
    walker.open("/account/security/webauthn/add/", then="Please check every line")
    steps.add_passkey(walker)
    elsewhere = walkers(has_script=False)
    steps.sign_in(elsewhere, walker.email)
    steps.price_send(elsewhere, outside_address(), "5.00")
    elsewhere.page.get_by_text("Use a code from your app instead").click()
    steps.confirm_send(elsewhere, "5.00")
    elsewhere.waits_for("5.00 USDC arrived")


def test_a_recovery_code_lets_in_who_lost_the_phone(walkers: Walkers, customers: Customers, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=customers())
    walker.open("/account/security/recovery-codes/generate/", then="New recovery codes")
    walker.press("Show me new codes", then="Please check every line")
    steps.prove(walker)
    walker.press("Make new recovery codes", then="Your recovery codes")
    code = re.search(r"\b\d{5} \d{5}\b", walker.main)
    assert code
    other = walkers(has_script=has_script)
    other.email = walker.email
    other.open("/account/login/", then="Sign in")
    other.fill("E-mail", walker.email)
    other.fill("Password", steps.PASSWORD)
    other.press("Sign in", then="One more step")
    other.fill(steps.SECOND_STEP, code[0])
    other.press("Confirm the code", then="Available")
    other.open("/send/", then="Nothing leaves your wallet now")
    assert "A recovery code was used." in other.main
    other.open("/account/security/", then="Nothing leaves your wallet now")
    letter = other.letter("A recovery code was used")
    assert "Codes that still work: 9." in letter
    a_day_later = [written(datetime.now(UTC) + timedelta(hours=24, minutes=-ago)) for ago in range(15)]
    until = [moment for moment in a_day_later if f"nothing leaves your wallet before {moment}" in letter]
    assert until, letter
    assert f"nothing leaves your wallet before {until[0]}" in other.main


def test_one_press_on_the_link_in_a_letter_pauses_and_only_its_owner_ends_it(
    walkers: Walkers, customers: Customers, has_script: bool
) -> None:
    email = customers(holding="20")
    walker = walkers(has_script=has_script, email=email)
    link = steps.pause_link(walker)
    somebody = walkers(has_script=has_script)
    somebody.open(link, then="Pause your wallet?")
    somebody.press("Pause my wallet now", then="Nothing can leave your wallet now")
    walker.open("/home/", then="Sign in")
    steps.sign_in(walker)
    walker.open("/send/", then="You paused sending from your wallet.")
    walker.open("/account/security/", then="Nothing leaves your wallet now")
    walker.press("End the pause", then="Please check every line")
    steps.prove(walker)
    walker.press("End the pause", then="The pause is over.")
    steps.send(walker, outside_address(), "5.00")
    walker.waits_for("5.00 USDC arrived")


def test_a_file_of_ones_data_arrives_and_the_page_says_so(
    walkers: Walkers, customers: Customers, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="20"))
    walker.open("/your-data/", then="Download the file")
    walker.press("Download the file", then="Please check every line")
    steps.prove(walker)
    with walker.page.expect_download() as arrived:
        walker.press("Download your data", then="Your file was downloaded")
    assert arrived.value.suggested_filename == "statement-all.pdf"
