"""The question of a first send to an address outside, and what the pages make of its answer."""

import re

import pytest
from django.db import IntegrityError, transaction

from tests.builders import signed_in, usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import OUTSIDE, confirmed, finished
from walletapp.accounts.models import User
from walletapp.transfers import confirming, sending
from walletapp.transfers.exchange_question import NotAnswered
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind
from walletapp.transfers.wording import tell_about

pytestmark = pytest.mark.django_db

QUESTION = "Is this address at an exchange?"
FORM = {"to": OUTSIDE, "amount": "5", "side": "source"}


def plain(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_a_first_send_outside_is_asked_and_nothing_exists_before_the_answer(alice: User) -> None:
    for answer in ("", "perhaps"):
        with pytest.raises(NotAnswered):
            sending.start(alice, to=OUTSIDE, amount=usdc("5"), side="source", at_exchange=answer)
    assert not Transfer.objects.filter(user=alice, kind=Kind.SEND).exists()


def test_a_customer_here_is_not_an_exchange_by_email_or_by_address(alice: User, bob: User) -> None:
    for to in (bob.email, wallet_of(bob).address):
        draft = sending.start(alice, to=to, amount=usdc("5"), side="source", at_exchange="yes")
        assert draft.at_exchange == ""


def test_a_second_send_is_not_asked(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    assert sending.start(alice, to=OUTSIDE, amount=usdc("5"), side="source").at_exchange == ""


def test_a_send_under_way_or_undone_is_no_first_one(sandbox: Control, alice: User) -> None:
    confirmed(alice, amount=usdc("5"))
    with pytest.raises(NotAnswered):
        sending.start(alice, to=OUTSIDE, amount=usdc("5"), side="source")


def test_an_exchange_wants_a_look_at_its_network(alice: User) -> None:
    def ask(*, network_checked: bool) -> Transfer:
        terms = {"to": OUTSIDE, "side": "source", "at_exchange": "yes"}
        return sending.start(alice, amount=usdc("5"), network_checked=network_checked, **terms)

    with pytest.raises(NotAnswered, match="must say USDC and Polygon"):
        ask(network_checked=False)
    assert ask(network_checked=True).at_exchange == "yes"


def test_the_pages_from_the_question_to_the_review(alice: User) -> None:
    browser = signed_in(alice)
    assert QUESTION not in plain(browser.get("/send/").content)
    asked = plain(browser.post("/send/", FORM).content)
    assert QUESTION in asked
    assert "deposit page" not in asked, "a warning comes with the choice"
    looked = plain(browser.post("/send/", {**FORM, "at_exchange": "yes"}).content)
    assert "it must say USDC and Polygon" in looked
    review = browser.post("/send/", {**FORM, "at_exchange": "yes", "network_checked": "on"}, follow=True)
    assert "At an exchange that takes USDC on Polygon there, as you checked" in plain(review.content)


def test_an_answer_is_about_the_address_it_was_asked_for(alice: User) -> None:
    browser = signed_in(alice)
    page = browser.post("/send/", {**FORM, "at_exchange": "yes"}).content.decode()
    assert f'name="asked_about" value="{OUTSIDE}"' in page
    answered = {**FORM, "at_exchange": "no", "asked_about": OUTSIDE}
    other = browser.post("/send/", {**answered, "to": "0x" + "ab" * 20})
    assert "You have not sent to this address before." in plain(other.content)
    assert "checked" not in other.content.decode().partition(QUESTION)[2].partition("</fieldset>")[0]
    assert browser.post("/send/", answered).status_code == 302


def test_whoever_does_not_know_is_warned_on_the_review_page(alice: User) -> None:
    review = signed_in(alice).post("/send/", {**FORM, "at_exchange": "unknown"}, follow=True)
    assert "Ask whoever gave you the address" in plain(review.content)


def test_the_answer_is_part_of_what_is_signed_and_stays_what_it_was(alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("5"))
    quote = transfer.quote
    assert quote is not None
    digest = confirming.review_digest(transfer, quote)
    transfer.at_exchange = "yes"
    assert confirming.review_digest(transfer, quote) != digest
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(at_exchange="yes")


@pytest.mark.parametrize(
    ("answer", "more"),
    [("no", ""), ("yes", "An exchange still has to show it"), ("unknown", "An exchange still has to show it")],
)
def test_of_money_that_was_sent_only_what_is_known_is_said(
    sandbox: Control, alice: User, answer: str, more: str
) -> None:
    sent = finished(sandbox, confirmed(alice, amount=usdc("1")))
    sent.at_exchange = answer
    telling = tell_about(sent)
    assert "It is at this address on Polygon." in str(telling)
    assert (more in str(telling)) if more else ("exchange" not in str(telling))
