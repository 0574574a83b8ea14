"""Journey 4: send."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.fixtures import Customers, Walkers
from tests.browser.stage import Stage
from tests.browser.walker import Walker


def outside_address() -> str:
    """Some address on Polygon, in small letters, which carry no checksum."""
    return f"0x{secrets.token_hex(20)}"


@pytest.mark.journey
def test_to_a_customer_by_email_from_form_to_done(
    walkers: Walkers, customers: Customers, has_script: bool, stage: Stage
) -> None:
    recipient = customers()
    walker = walkers(has_script=has_script, email=customers(holding="100"))
    steps.price_send(walker, recipient, "21.10")
    assert recipient in walker.main
    assert "First time you send here." in walker.main
    assert "You pay 21.10 USDC Fee: Payment partner (OMS) no fee They get 21.10 USDC" in walker.main
    assert "Left in your wallet afterwards: 78.90 USDC" in walker.main
    steps.confirm_send(walker, "21.10", then="Send")
    walker.waits_for("21.10 USDC arrived")
    assert "Done" in walker.main
    assert walker.executed() == ["21.10"]
    assert "21.10" in walker.letter("You sent")

    walker.open("/home/", then="$78.90")
    other = walkers(has_script=has_script, email=recipient)
    other.open("/home/")
    other.waits_for("$21.10")
    assert "21.10" in other.letter("You received")


@pytest.mark.journey
def test_to_an_external_address_with_its_hash_and_a_link_to_the_explorer(
    walkers: Walkers, rich: str, has_script: bool, stage: Stage
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    steps.price_send(walker, outside_address(), "10.00")
    assert walker.offers("Send 10.00 USDC on Polygon"), "the network stands in the button"
    assert "You pay 10.060302 USDC" in walker.main
    assert "Fee: Payment partner (OMS) 0.050302 USDC Fee: Polygon network 0.01 USDC They get 10.00 USDC" in walker.main
    steps.confirm_send(walker, "10.00")
    walker.waits_for("10.00 USDC arrived")
    explorer = walker.page.locator("a[href*='/explorer/tx/0x']")
    expect(explorer).to_be_visible()
    expect(explorer).to_have_attribute("rel", "noreferrer noopener")
    assert walker.executed() == ["10.060302"]


REFUSED_RECIPIENTS = {
    "a wrong character": ("0x52908400098527886E0F7030069857D2E4169eE7", "its built-in check does not match"),
    "the zero address": (f"0x{'0' * 40}", "This is the zero address."),
    "the contract of USDC": ("0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", "the address of the USDC token itself"),
    "Solana": ("4Nd1mYvX6zVyT3B1qkQd7WjE5gW3xQxXo2tqLkGkqZbR", "This looks like a Solana address."),
    "Bitcoin": ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "This looks like a Bitcoin address."),
    "Tron": ("TQ5Cmm9HwQJ3Jr9bVqQm1XkVgHJPCy9xyz", "This looks like a Tron address."),
    "too short": ("0x5290840009852788", "this one has 16 after 0x"),
    "a name": ("maria.eth", "We do not look names up."),
    "nothing at all": ("", "Enter whom to send to"),
    "half an e-mail": ("maria@", "This is not a complete e-mail address."),
    "a stranger's e-mail": ("nobody-here@example.org", "Nobody with a wallet here can be reached"),
}


def test_a_recipient_that_would_lose_the_money_is_refused_with_the_reason(
    walkers: Walkers, rich: str, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    own_address = steps.wallet_address(walker)
    own = {"own address": (own_address, "This is your own wallet."), "own e-mail": (walker.email, "This is your own")}
    for what, (to, sentence) in {**REFUSED_RECIPIENTS, **own}.items():
        walker.open("/send/")
        walker.fill("To", to)
        walker.fill("Amount", "5")
        walker.press("See the price")
        assert sentence in walker.main, f"{what}: {walker.main}"
        assert walker.path == "/send/"


def test_max_is_a_flag_and_leaves_nothing(walkers: Walkers, customers: Customers, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="40"))
    walker.open("/send/")
    walker.fill("To", outside_address())
    walker.tick("Send everything I have available (Max)")
    steps.ask_price(walker)
    assert "You pay 40.00 USDC" in walker.main
    assert "Left in your wallet afterwards: 0.00 USDC" in walker.main
    steps.confirm_send(walker, "39.79")
    walker.waits_for("arrived")
    walker.open("/home/", then="$0.00")


def test_either_side_can_be_fixed(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    to = outside_address()
    steps.price_send(walker, to, "20", side="I pay exactly this, fees included")
    assert "You pay 20.00 USDC" in walker.main
    assert "They get 19.89 USDC" in walker.main
    steps.price_send(walker, to, "20", side="They get exactly this")
    assert "They get 20.00 USDC" in walker.main


def test_the_number_of_earlier_sends_is_shown(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    to = outside_address()
    for said in (
        "First time you send here.",
        "You have sent here once before, on",
        "You have sent here 2 times before",
    ):
        steps.price_send(walker, to, "2.00")
        assert said in walker.main
        steps.confirm_send(walker, "2.00")
        walker.waits_for("arrived")


def test_more_than_there_is_has_its_own_sentence(walkers: Walkers, customers: Customers, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="10"))
    steps.price_send(walker, outside_address(), "25", then="Not enough available: you have 10.00 USDC.")


def test_more_than_a_limit_allows_has_its_own_sentence(
    walkers: Walkers, customers: Customers, has_script: bool
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="6000"))
    walker.open("/send/", then="At most 5,000.00 USDC at once")
    steps.price_send(
        walker, outside_address(), "5500", then="You can send at most 5,000.00 USDC at once. Nothing was sent."
    )
    expect(walker.field("Amount")).to_have_value("5500")


def test_an_amount_that_is_none_is_refused(walkers: Walkers, rich: str, has_script: bool) -> None:
    walker = walkers(has_script=has_script, email=rich)
    for amount in ("0", "-5", "1.1234567", "1,5", "ten", ""):
        walker.open("/send/")
        walker.fill("To", outside_address())
        walker.fill("Amount", amount)
        walker.press("See the price")
        expect(walker.field("Amount")).to_have_attribute("aria-invalid", "true")


def test_a_price_that_ran_out_wants_a_fresh_press_beside_the_new_one(
    walkers: Walkers, rich: str, has_script: bool, stage: Stage
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    with walker.short_prices():
        steps.price_send(walker, outside_address(), "3.03")
    if has_script:
        walker.waits_for("This is a new price")  # the page asks by itself
        expect(walker.page.locator("[data-focus]")).to_be_focused()
    else:
        walker.waits_for("This price has run out")
        walker.press("Get a new price", then="This is a new price")
    assert "The one before ran out. Nothing was sent." in walker.main
    assert "Before Now Difference" in walker.main
    assert walker.executed() == []
    steps.confirm_send(walker, "3.03")
    walker.waits_for("3.03 USDC arrived")


def test_a_press_after_the_price_ran_out_sends_nothing_and_shows_both_prices(
    walkers: Walkers, rich: str, stage: Stage
) -> None:
    walker = walkers(has_script=False, email=rich)
    with walker.short_prices():
        steps.price_send(walker, outside_address(), "4.04")
    second_tab = Walker(stage, walker.context, has_script=False, email=walker.email)
    second_tab.open(walker.path)
    second_tab.waits_for("This price has run out")
    steps.confirm_send(walker, "4.04", then="The price ran out before you confirmed. Nothing was sent.")
    assert "This is a new price" in walker.main
    assert walker.executed() == []
    assert not second_tab.finish()


def test_without_a_code_or_with_a_wrong_one_nothing_is_sent(
    walkers: Walkers, customers: Customers, has_script: bool, stage: Stage
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="50"))
    steps.price_send(walker, outside_address(), "5.05")
    walker.press("Send 5.05 USDC on Polygon", then="Please enter a code from your app")
    walker.fill("Code from your app", "000000")
    walker.press("Send 5.05 USDC on Polygon", then="That code did not work. Nothing was sent.")
    assert walker.executed() == []
    steps.confirm_send(walker, "5.05")
    walker.waits_for("5.05 USDC arrived")


def test_a_second_press_sends_nothing_more(
    walkers: Walkers, rich: str, has_script: bool, stage: Stage, bob: str
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    steps.price_send(walker, bob, "6.06")
    review = walker.page.url
    steps.prove(walker)
    walker.leave_by(lambda: walker.button("Send 6.06 USDC on Polygon").dblclick())
    walker.waits_for("6.06 USDC arrived")
    status = walker.path
    walker.open(review, then="6.06 USDC arrived")
    assert walker.path == status, "the review page of a confirmed send leads to its status"
    assert walker.executed() == ["6.06"]


def test_an_answer_that_was_lost_is_found_out_and_sent_once(
    walkers: Walkers, rich: str, has_script: bool, stage: Stage, bob: str
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    steps.price_send(walker, bob, "17.17")
    steps.confirm_send(walker, "17.17")
    walker.waits_for("17.17 USDC arrived", seconds=60)
    assert walker.executed() == ["17.17"]


def test_oms_being_away_at_the_price_has_its_own_sentence(
    walkers: Walkers, rich: str, has_script: bool, stage: Stage
) -> None:
    walker = walkers(has_script=has_script, email=rich)
    walker.allowed.add(503)
    stage.control.fault("errorBefore", method="POST", path="/quotes", status=503)
    steps.price_send(walker, outside_address(), "5", then="Our payment partner cannot be reached")
    assert "Nothing was sent, and your money is where it was." in walker.main
    stage.control.no_faults()
    walker.press("Try this page again", then="To somebody here by e-mail")


def test_oms_refusing_says_where_the_money_is(
    walkers: Walkers, customers: Customers, has_script: bool, stage: Stage, bob: str
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="50"))
    steps.price_send(walker, bob, "15.15")
    steps.confirm_send(walker, "15.15")
    walker.waits_for("Did not happen")
    assert "All of it is in your available balance." in walker.main
    assert walker.executed() == []
    assert "15.15" in walker.letter("did not happen")
    walker.open("/home/", then="$50.00")


def test_a_send_that_fails_on_the_way_comes_back(
    walkers: Walkers, customers: Customers, has_script: bool, stage: Stage, bob: str
) -> None:
    walker = walkers(has_script=has_script, email=customers(holding="50"))
    steps.price_send(walker, bob, "13.13")
    steps.confirm_send(walker, "13.13")
    walker.waits_for("Did not happen")
    assert "All of it is in your available balance." in walker.main
    walker.open("/home/", then="$50.00")


def test_the_status_page_updates_itself_without_being_loaded_again(
    walkers: Walkers, rich: str, stage: Stage, bob: str
) -> None:
    walker = walkers(email=rich)
    steps.price_send(walker, bob, "14.14")
    steps.confirm_send(walker, "14.14", then="Send")
    walker.waits_for("On its way")
    walker.page.evaluate("() => { window.wasHere = true; }")
    stage.control.settle(walker.executed("transactionId")[0])
    walker.waits_for("14.14 USDC arrived")
    assert walker.page.evaluate("() => window.wasHere === true")
    assert walker.page.locator("#status[hx-trigger]").count() == 0, "a finished page asks no more"
