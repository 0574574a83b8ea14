"""The journeys, in the words of `Person`. Each leaves the person on the page where the journey rests."""

import base64
import hmac
import re
import secrets
import time

from tests.browser.person import Person
from tests.browser.stage import CODE_SECONDS
from tests.browser.visitor import Visitor

PASSWORD = "a long walk by the sea"
SECOND_STEP = "Code from your app, or a recovery code"

STEPS = ("Your legal name", "Your date of birth", "Your mobile number", "Where you live")


def new_email(name: str = "person") -> str:
    return f"{name}-{secrets.token_hex(4)}@example.com"


def new_ssn() -> str:
    """A number that can exist and that nobody else in the sandbox has."""
    return f"{secrets.choice(range(100, 600)):03}{secrets.choice(range(10, 99)):02}{secrets.choice(range(1000, 9999))}"


def sign_up(person: Person) -> None:
    """From the first page to the first question about one's identity."""
    person.email = person.email or new_email()
    person.open("/", then="Your cash, as dollars you can send anywhere.")
    person.press("Open an account", then="First your e-mail and a password.")
    person.fill("E-mail", person.email)
    person.fill("Password", PASSWORD)
    person.press("Open my account", then="We sent a code to")
    person.fill("Code", code_in(person.letter("code")))
    person.press("Confirm the code", then="Confirm who you are")


def code_in(letter: str) -> str:
    """The code that a mail carries: two groups of four digits."""
    found = re.search(r"\b(\d{4}-\d{4})\b", letter)
    assert found, letter
    return found[1]


def sign_in(person: Person, email: str = "", password: str = PASSWORD) -> None:
    person.email = email or person.email
    enter_password(person, password)
    second_step(person)


def enter_password(person: Person, password: str = PASSWORD) -> None:
    """The first half of signing in."""
    person.open("/account/login/", then="Sign in")
    person.fill("E-mail", person.email)
    person.fill("Password", password)
    person.press("Sign in")


def second_step(person: Person, then: str = "") -> None:
    """After the password, where they have an app."""
    if person.offers(SECOND_STEP):
        person.fill(SECOND_STEP, code_of(person))
        person.press("Confirm the code", then=then)


def code_of(person: Person) -> str:
    """What the person's authenticator app shows, which the demo shows in the browser."""
    phone = Visitor(person.stage)
    phone.open(f"/demo/codes/?to={person.email}", then="Demo codes")
    found = re.search(r"\b(\d{6})\b", phone.main)
    assert found, phone.main
    return found[1]


def protect(person: Person) -> None:
    """Set up an authenticator app, and go home."""
    set_up_app(person)
    person.press("I have kept them", then="Available")


def set_up_app(person: Person) -> None:
    """Up to the recovery codes."""
    person.open("/account/security/protect/", then="Protect your account")
    person.press("Use an authenticator app", then="Set up an authenticator app")
    key = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", person.main)
    assert key, person.main
    person.fill("Code from the app", totp(key[0].replace(" ", "")))
    person.press("Turn it on", then="Your recovery codes")


def pause_link(person: Person) -> str:
    """From the mail about the newest sign-in: one press there, and nothing leaves the wallet."""
    found = re.search(r"http://localhost:\d+/account/freeze/\S+", person.letter("New sign-in to your account"))
    assert found
    return found[0]


def totp(secret: str, seconds: int = CODE_SECONDS) -> str:
    """RFC 6238, as any authenticator app has it."""
    digest = hmac.digest(base64.b32decode(secret), int(time.time() // seconds).to_bytes(8), "sha1")
    number = int.from_bytes(digest[digest[-1] & 15 :][:4]) & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def answer_name(person: Person, last_name: str) -> None:
    person.fill("First name", "Maria")
    person.fill("Last name", last_name)
    person.press("Save and go on", then="Your date of birth")


def answer_birth(person: Person) -> None:
    person.fill("Date of birth", "1990-04-27")
    person.press("Save and go on", then="Your mobile number")


def answer_phone(person: Person) -> None:
    person.fill("Mobile number", "(212) 555-0123")
    person.press("Save and go on", then="Where you live")


def fill_address(person: Person) -> None:
    person.fill("Street address", "120 Broadway")
    person.fill("City", "New York")
    person.pick("State", "New York")
    person.fill("ZIP code", "10271")


def answer_address(person: Person) -> None:
    fill_address(person)
    person.press("Save and go on", then="Your nationality and an ID number")


def answer_document(person: Person) -> None:
    person.fill("Number", new_ssn())
    person.press("Save and go on", then="This is what we pass on.")


def send_identity(person: Person, last_name: str = "Quintero") -> None:
    """All questions, the agreement, and off to review."""
    person.press("Start with my name", then="Your legal name")
    answer_name(person, last_name)
    answer_birth(person)
    answer_phone(person)
    answer_address(person)
    answer_document(person)
    person.tick("What I entered is true, and I agree to the Harbor and Open Money Stack terms.")
    person.press("Send for review")


def become_customer(person: Person) -> None:
    """Sign up, be verified by the sandbox's reviewer, and have a wallet."""
    sign_up(person)
    send_identity(person)
    person.waits_for("You are verified")
    await_wallet(person)
    protect(person)


def await_wallet(person: Person) -> None:
    person.open("/home/")
    person.waits_for("On the way to you")


def wallet_address(person: Person) -> str:
    """From the receive page, as it is read there."""
    person.open("/receive/", then="USDC on Polygon only")
    found = re.search(r"0x(?:\s?[0-9a-fA-F]){40}", person.main)
    assert found, person.main
    return re.sub(r"\s", "", found[0])


def hold_money(person: Person, amount: str) -> None:
    """USDC arrives from outside, and stands on the dashboard."""
    person.stage.control.deposit(wallet_address(person), amount)
    person.open("/home/")
    person.waits_for(dollars(amount))


def dollars(amount: str) -> str:
    whole, _, places = amount.partition(".")
    return f"${int(whole):,}.{places or '00'}"


IN_A_WALLET = "No, it is in a wallet app or on a hardware wallet"


def price_send(
    person: Person, to: str, amount: str, *, side: str = "They get exactly this", then: str = "Review"
) -> None:
    """Fill in the form of a send, answer what a first send to an address is asked, and get its price."""
    person.open("/send/", then="To somebody here by e-mail")
    person.fill("To", to)
    person.fill("Amount", amount)
    person.tick(side)
    ask_price(person, then)


def ask_price(person: Person, then: str = "Review") -> None:
    """Send the form as it is filled in, and answer what a first send to an address is asked."""
    person.press("See the price")
    if person.offers(IN_A_WALLET):
        person.tick(IN_A_WALLET)
        person.press("See the price")
    assert then in person.main, person.main


def prove(person: Person) -> None:
    """Where the page asks who it is."""
    if person.offers("Code from your app"):
        person.fill("Code from your app", code_of(person))


def add_passkey(person: Person) -> None:
    """From the page that asks who it is, which wants a code, to the list of passkeys."""
    prove(person)
    person.press("Add a passkey", then="Make my passkey")
    person.press("Make my passkey", then="My passkey")


def confirm_send(person: Person, amount: str, then: str = "") -> None:
    """Press the one button of the review page."""
    prove(person)
    person.press(f"Send {amount} USDC on Polygon", then=then)


def send(person: Person, to: str, amount: str) -> None:
    """A whole send, up to its status page."""
    price_send(person, to, amount)
    confirm_send(person, amount)


def look_for_stores(person: Person, place: str = "10001", then: str = "stores near") -> None:
    """By a ZIP code or city."""
    person.open("/add-cash/", then="Bring cash to a store near you.")
    person.fill("ZIP code or city", place)
    person.press("Find stores", then=then)


def choose_store(person: Person, place: str = "10001") -> None:
    """Look for stores, and take the nearest."""
    look_for_stores(person, place)
    person.follow("/add-cash/loc", then="How much?")


BRING = "I bring this much cash"
WANT = "I want this much in my wallet"


def price_cash(person: Person, amount: str, way: str = BRING, then: str = "Review") -> None:
    person.fill("Amount", amount)
    person.tick(way)
    person.press("See the price", then=then)


def get_code(person: Person) -> str:
    """Confirm the cash-in; the code as it is read on its page."""
    prove(person)
    person.press("Get my cash code")
    person.waits_for("This code is good until")
    return read_code(person)


def read_code(person: Person) -> str:
    found = re.search(r"until you pay at the counter\. (.+?) This code is good until", person.main)
    assert found, person.main
    return re.sub(r"\s", "", found[1])


def add_cash(person: Person, amount: str) -> str:
    """From the search for a store to a code in hand; answers with the code."""
    choose_store(person)
    price_cash(person, amount)
    return get_code(person)
