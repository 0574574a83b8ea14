"""What is shown is what is confirmed: a passkey or a code for exactly one review page, once."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.builders import PASSWORD, make_customer, signed_in, usdc, wallet_of
from tests.control import Control
from tests.passkeys import PRESENT, Passkey
from tests.second_factors import code_of, give_passkey, options_on
from tests.transfers.steps import OUTSIDE, confirmed, drafted, finished, work
from walletapp.accounts import pausing
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.accounts.proofs import Proof
from walletapp.accounts.stepping_up import StepUpRequired
from walletapp.audit.models import AuditEvent
from walletapp.transfers import confirming
from walletapp.transfers.models import Authorization, Transfer
from walletapp.transfers.quoting import price
from walletapp.transfers.states import State

pytestmark = pytest.mark.django_db


class Review:
    """A review page that somebody has open."""

    def __init__(self, browser: Client, draft: Transfer) -> None:
        self.browser, self.draft, self.url = browser, draft, f"/review/{draft.pk}/"
        self.page = browser.get(self.url).content
        self.fields = dict(re.findall(r'name="(digest|token)" value="([^"]+)"', self.page.decode()))

    def press(self, **proof: str) -> Any:
        return self.browser.post(self.url, {**self.fields, **proof})

    @property
    def state(self) -> str:
        return Transfer.objects.get(pk=self.draft.pk).state


@pytest.fixture
def browser(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def passkey(browser: Client) -> Passkey:
    return give_passkey(browser)


def review(browser: Client, alice: User, amount: str = "25", to: str = OUTSIDE) -> Review:
    return Review(browser, drafted(alice, to, usdc(amount)))


def test_a_first_send_wants_a_code_and_takes_it_once(browser: Client, alice: User) -> None:
    page = review(browser, alice)
    assert b"You have not sent here before." in page.page
    assert "enter a code from your app" in page.press().content.decode()
    assert page.state == State.QUOTED
    assert Proof.objects.count() == 0, "nothing given is no try"
    code = code_of(alice)
    assert page.press(code=code).status_code == 302
    assert wallet_of(alice).held == usdc("25")
    assert Authorization.objects.get().method == "app"
    other = review(browser, alice, "10")
    assert "did not work" in other.press(code=code).content.decode()
    assert other.state == State.QUOTED


def test_a_wrong_code_is_said_at_its_field_and_not_on_top(browser: Client, alice: User) -> None:
    page = review(browser, alice)
    for given, says in (({"code": "000000"}, "That code did not work"), ({}, "Please enter a code from your app")):
        said = page.press(**given).content.decode()
        error = re.search(r'id="id_code_error">(.*?)</div>', said, re.DOTALL)
        assert error, said
        assert says in error[1]
        assert said.count(says) == 1
        assert 'role="alert"' not in said[said.index("<main") : said.index("</main>")]
        control = re.findall(r'<input[^>]*name="code"[^>]*>', said)[0]
        assert 'aria-invalid="true"' in control
        assert "id_code_error" in control


def test_what_was_never_proved_or_was_used_already_confirms_nothing(alice: User) -> None:
    for draft in (drafted(alice, amount=usdc("5")), drafted(alice, amount=usdc("6"))):
        quote = draft.quotes.get()
        digest = confirming.review_digest(draft, quote)
        if quote.you_pay == usdc("6"):
            confirming.authorize(draft, digest, "app")
            Authorization.objects.update(used_at=timezone.now())
        with pytest.raises(StepUpRequired):
            confirming.confirm(draft.pk, user_id=alice.pk, digest=digest)
        draft.refresh_from_db()
        assert draft.state == State.QUOTED
    assert wallet_of(alice).held == usdc("0")


def test_with_a_second_factor_the_password_confirms_nothing(browser: Client, alice: User) -> None:
    page = review(browser, alice)
    assert b'name="password"' not in page.page
    assert page.press(password=PASSWORD).status_code == 422
    assert page.state == State.QUOTED


def test_a_passkey_confirms_what_its_page_shows(browser: Client, alice: User, passkey: Passkey) -> None:
    page = review(browser, alice)
    assert page.press(credential=passkey.use(options_on(page.page))).status_code == 302
    assert Authorization.objects.get().method == "passkey"
    events = AuditEvent.objects.filter(action="step_up.done", detail__purpose="transfer")
    assert [event.detail["subject"] for event in events] == [str(page.draft.pk)]


def test_what_was_signed_for_one_page_confirms_no_other(browser: Client, alice: User, passkey: Passkey) -> None:
    shown, other = review(browser, alice, "10"), review(browser, alice, "90")
    signed = passkey.use(options_on(shown.page))
    assert other.press(credential=signed).status_code == 422, "the other page's own token"
    assert other.press(credential=signed, token=shown.fields["token"]).status_code == 422
    assert other.press(credential=signed, token=shown.fields["token"], digest=shown.fields["digest"]).status_code == 422
    assert (shown.state, other.state) == (State.QUOTED, State.QUOTED)


def test_a_new_price_voids_what_was_signed(browser: Client, alice: User, passkey: Passkey) -> None:
    page = review(browser, alice)
    signed = passkey.use(options_on(page.page))
    price(page.draft)
    assert "no longer up to date" in page.press(credential=signed).content.decode()
    newer = Review(browser, page.draft)
    assert newer.press(credential=signed).status_code == 422
    assert newer.state == State.QUOTED


def test_a_passkey_that_did_not_ask_who_holds_it_confirms_nothing(
    browser: Client, alice: User, passkey: Passkey
) -> None:
    page = review(browser, alice)
    assert page.press(credential=passkey.use(options_on(page.page), flags=PRESENT)).status_code == 422
    assert page.press(credential=Passkey(id=passkey.id).use(options_on(page.page))).status_code == 422
    for nonsense in ("{}", "[]", "null", "not json", '{"id": 1}', '{"response": {}}'):
        assert page.press(credential=nonsense).status_code in {302, 422}
    assert page.state in {State.QUOTED, State.CANCELED}


def test_a_page_is_good_for_five_minutes(browser: Client, alice: User, sandbox: Control) -> None:
    sandbox.settings(quoteSeconds=3600)
    page = review(browser, alice)
    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        assert "no longer up to date" in page.press(code=code_of(alice)).content.decode()
        assert Proof.objects.count() == 0
        assert Review(browser, page.draft).press(code=code_of(alice)).status_code == 302


def test_after_five_wrong_tries_the_transfer_is_over(browser: Client, alice: User) -> None:
    page = review(browser, alice)
    for _ in range(5):
        assert page.press(code="000000").status_code == 422
    assert page.press(code=code_of(alice)).status_code == 302
    assert page.state == State.CANCELED
    assert wallet_of(alice).held == usdc("0")
    assert "tried five times" in browser.get(f"/transfers/{page.draft.pk}/").content.decode()
    assert AuditEvent.objects.filter(action="step_up.failed").count() == 5


def test_wrong_codes_count_together_whatever_they_are_for(browser: Client, alice: User) -> None:
    for page in (review(browser, alice, "10"), review(browser, alice, "20")):
        for _ in range(5):
            page.press(code="000000")
    other = review(browser, alice, "30")
    assert "Too many wrong codes" in other.press(code=code_of(alice)).content.decode()
    assert other.state == State.QUOTED
    Proof.objects.update(at=timezone.now() - timedelta(hours=1))
    assert other.press(code=code_of(alice)).status_code == 302


def test_somebody_with_a_passkey_goes_on_after_too_many_wrong_codes(
    browser: Client, alice: User, passkey: Passkey
) -> None:
    for page in (review(browser, alice, "10"), review(browser, alice, "20")):
        for _ in range(5):
            page.press(code="000000")
    other = review(browser, alice, "30")
    assert other.press(credential=passkey.use(options_on(other.page))).status_code == 302


def test_the_database_itself_allows_five_tries(alice: User) -> None:
    row = {"user": alice, "purpose": "transfer", "subject": "x", "digest": "0" * 64, "method": "app"}
    Proof.objects.create(**row, number=5)
    for number in (0, 5, 6):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proof.objects.create(**row, number=number)


def test_a_small_send_to_somebody_known_is_one_press(browser: Client, alice: User, sandbox: Control) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    page = review(browser, alice, "10")
    assert b'name="token"' not in page.page
    assert page.press().status_code == 302
    large = review(browser, alice, "60")
    assert b"It is a larger amount." in large.page
    assert large.press().status_code == 422


def test_many_sends_in_an_hour_are_confirmed_again(browser: Client, alice: User, sandbox: Control) -> None:
    for _ in range(3):
        finished(sandbox, confirmed(alice, amount=usdc("2")))
    page = review(browser, alice, "2")
    assert b"several times within an hour" in page.page
    assert page.press().status_code == 422
    with time_machine.travel(timezone.now() + timedelta(seconds=3601)):
        assert b'name="token"' not in signed_in(alice).get(page.url).content


def test_the_page_of_one_person_is_of_no_use_to_another(browser: Client, alice: User, sandbox: Control) -> None:
    page, bob = review(browser, alice), make_customer(sandbox, "bob")
    stranger = signed_in(bob)
    answer = stranger.post(page.url, {**page.fields, "code": code_of(bob)})
    assert answer.status_code == 404
    assert page.state == State.QUOTED


def test_nothing_is_sent_while_it_is_paused_not_even_what_was_confirmed(browser: Client, alice: User) -> None:
    page, waiting = review(browser, alice), confirmed(alice, amount=usdc("5"))
    proof = {"code": code_of(alice)}
    Hold.objects.create(user=alice, cause="recovery_code", ends_at=timezone.now() + timedelta(hours=24))
    assert "A recovery code was used." in page.press(**proof).content.decode()
    assert page.state == State.QUOTED
    assert work(waiting).state == State.READY
    with pytest.raises(pausing.OutgoingPaused):
        drafted(alice, amount=usdc("1"))
    with pytest.raises(pausing.OutgoingPaused):
        confirmed(alice, amount=usdc("1"))
