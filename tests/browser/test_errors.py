"""Pages for when something is wrong: each says what happened, what it means for the money, and what to do."""

import secrets
import uuid

from tests.browser import steps
from tests.browser.fixtures import Customers, Walkers
from tests.browser.stage import Stage
from tests.browser.walker import Walker


def test_an_address_without_a_page(walkers: Walkers, has_script: bool, rich: str) -> None:
    for walker in (walkers(has_script=has_script), walkers(has_script=has_script, email=rich)):
        walker.allowed.add(404)
        walker.open("/no/such/page/", then="There is no page here")
        walker.press("Go to the start")


def test_somebody_elses_transfer_is_not_there(walkers: Walkers, customers: Customers, rich: str, bob: str) -> None:
    owner = walkers(has_script=False, email=rich)
    steps.price_send(owner, bob, "1.00")
    stranger = walkers(has_script=False, email=customers())
    stranger.allowed.add(404)
    stranger.open(owner.path, then="There is no page here")
    stranger.open(f"/transfers/{uuid.uuid4()}/", then="There is no page here")


def test_the_staff_pages_are_not_for_customers(walkers: Walkers, has_script: bool, rich: str) -> None:
    walker = walkers(has_script=has_script, email=rich)
    walker.allowed.add(403)
    walker.open("/admin/", then="This page is not yours to open")


def test_a_page_that_was_open_for_too_long(walkers: Walkers, has_script: bool, rich: str) -> None:
    walker = walkers(has_script=has_script, email=rich)
    walker.allowed.add(403)
    walker.open("/send/")
    walker.fill("To", "0x" + secrets.token_hex(20))
    walker.fill("Amount", "1")
    walker.context.clear_cookies(name="csrftoken")
    walker.press("See the price", then="This page was open for too long")
    assert "nothing was sent" in walker.main


def test_too_many_wrong_passwords(walkers: Walkers) -> None:
    """Once only: a whole address may make ten mistakes a minute, and all tests share one."""
    walker = walkers(has_script=False)
    email = steps.new_email("nobody")
    for _ in range(6):
        steps.sign_in(walker, email, "not the password")
    assert walker.path == "/account/login/"
    assert "Too many wrong passwords." in walker.main


def test_a_session_that_ended_asks_to_sign_in_and_comes_back(
    walkers: Walkers, has_script: bool, rich: str, bob: str
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    steps.price_send(walker, bob, "14.14")
    steps.confirm_send(walker, "14.14")
    walker.waits_for("On its way")
    status = walker.path
    walker.context.clear_cookies(name="sessionid")
    if has_script:
        walker.page.wait_for_url("**/account/login/**")  # the part that updates itself finds out
        walker.look()
    else:
        walker.open(status, then="Sign in")
    walker.fill("E-mail", rich)
    walker.fill("Password", steps.PASSWORD)
    walker.press("Sign in")
    steps.second_step(walker, then="On its way")
    assert walker.path == status


def test_when_nothing_of_ours_answers_the_page_says_so(walkers: Walkers, rich: str) -> None:
    walker = walkers(email=rich)
    walker.open("/send/")
    walker.fill("To", "somebody@example.com")
    walker.fill("Amount", "1")
    walker.context.set_offline(True)
    walker.button("See the price").click()
    walker.page.get_by_text("If you were sending money, look at Activity before you press again.").wait_for()
    walker.context.set_offline(False)
    walker.problems = [it for it in walker.problems if "ERR_INTERNET_DISCONNECTED" not in it and "htmx" not in it]
    walker.press("See the price", then="Nobody with a wallet here can be reached")


def test_every_page_that_needs_no_sign_in(walkers: Walkers, has_script: bool) -> None:
    walker: Walker = walkers(has_script=has_script)
    for path, then in {
        "/": "Your cash, as dollars you can send anywhere.",
        "/how-we-contact-you/": "We never",
        "/terms/": "It cannot be taken back",
        "/account/login/": "Sign in",
        "/account/signup/": "Open an account",
        "/account/password/reset/": "Reset your password",
        "/demo/mail/": "Demo mail",
    }.items():
        walker.open(path, then=then)


def test_every_page_of_the_account(walkers: Walkers, customers: Customers, has_script: bool, stage: Stage) -> None:
    walker = walkers(has_script=has_script, email=customers())
    walker.open("/account/security/recovery-codes/", then="Please check every line")
    steps.prove(walker)
    walker.press("Show your recovery codes", then="We show them this once")
    for path, then in {
        "/account/email/": "E-mail address",
        "/account/password/change/": "Change your password",
        "/account/security/": "Signed in now",
        "/account/security/webauthn/add/": "Add a passkey",
        "/account/security/recovery-codes/": "They were shown once",
        "/account/security/recovery-codes/generate/": "New recovery codes",
        "/account/security/totp/deactivate/": "Remove the authenticator app?",
        "/account/reauthenticate/": "Confirm it is you",
        "/account/logout/": "Sign out?",
        "/identity/": "You are verified",
    }.items():
        walker.open(path, then=then)
    new = "another long walk by the sea"
    walker.open("/account/password/change/", then="Please check every line")
    steps.prove(walker)
    walker.press("Change your password", then="Current password")
    walker.fill("Current password", steps.PASSWORD)
    walker.fill("New password", new)
    walker.fill("New password, once more", new)
    walker.press("Change my password", then="Sign in")
    steps.sign_in(walker, password=new)
    walker.open("/home/", then="Available")


def test_a_forgotten_password_is_replaced_with_a_code(walkers: Walkers, customers: Customers, has_script: bool) -> None:
    walker = walkers(has_script=has_script)
    walker.email = customers()
    walker.open("/account/login/")
    walker.press("Forgot your password?", then="Reset your password")
    walker.fill("E-mail", walker.email)
    walker.press("Send me a code", then="We sent a code to")
    walker.fill("Code", steps.code_in(walker.letter("password")))
    walker.press("Confirm the code", then="Choose a new password")
    walker.fill("New password", "yet another walk by the sea")
    walker.fill("New password, once more", "yet another walk by the sea")
    walker.press("Save the new password", then="Your password is changed")
    steps.sign_in(walker, password="yet another walk by the sea")
    walker.open("/home/", then="Available")
