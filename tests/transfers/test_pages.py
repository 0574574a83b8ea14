"""The pages of a send, by form posts alone: what a browser without JavaScript does."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.utils import timezone
from pytest_django import Settings

from tests.builders import PASSWORD, make_user, signed_in, usdc, wallet_of
from tests.control import Control
from tests.second_factors import proof_on
from tests.transfers.bank_steps import make_account, open_payouts
from tests.transfers.steps import OUTSIDE, confirmed, drafted, work
from walletapp.accounts import pausing
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import State
from walletapp.wallet.models import Wallet

pytestmark = pytest.mark.django_db


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found, page[:2000]
    return found[1]


def test_from_the_form_to_the_status_page(alice: User) -> None:
    browser = signed_in(alice)
    answer = browser.post("/send/", {"to": OUTSIDE, "amount": "25", "side": "source", "at_exchange": "no"})
    review = browser.get(answer["Location"])
    page = review.content.decode()

    assert "on Polygon" in page
    assert "First time you send here" in page
    assert OUTSIDE in re.sub(r"<[^>]+>", "", page)
    answer = browser.post(answer["Location"], proof_on(review.content, alice))
    assert answer.status_code == 302
    status = browser.get(answer["Location"]).content.decode()
    assert "In progress" in status
    assert wallet_of(alice).held == usdc("25")


def test_a_price_is_given_so_often_a_minute(alice: User, settings: Settings) -> None:
    settings.QUOTES_A_MINUTE = 2
    browser, form = signed_in(alice), {"to": OUTSIDE, "amount": "1", "side": "source", "at_exchange": "no"}
    with time_machine.travel(timezone.now().replace(second=20), tick=False):
        answers = [browser.post("/send/", form) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [302, 302, 429]
        assert answers[-1]["Retry-After"] == "40"
        assert "You asked for many prices" in answers[-1].content.decode()
        assert Transfer.objects.filter(user=alice, state=State.QUOTED).count() == 2
    with time_machine.travel(timezone.now().replace(second=20) + timedelta(minutes=1), tick=False):
        assert browser.post("/send/", form).status_code == 302


def test_without_the_cache_a_price_is_given_all_the_same(alice: User, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.wallet.caches.Away"}}
    assert drafted(alice, amount=usdc("1")).quotes.count() == 1


def test_what_was_typed_when_the_sign_in_had_ended_is_there_again_for_the_same_person(alice: User, bob: User) -> None:
    browser = signed_in(alice)
    browser.get("/send/")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        answer = browser.post("/send/", {"to": OUTSIDE, "amount": "12.34", "side": "source"})
        assert answer["Location"] == "/account/login/?next=%2Fsend%2F"
        browser.force_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert "12.34" not in browser.get("/send/").content.decode()
        browser.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert "12.34" not in browser.get("/send/").content.decode(), "somebody else was in between"
        sign_in_again = signed_in(alice)
        sign_in_again.get("/send/")
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        sign_in_again.post("/send/", {"to": OUTSIDE, "amount": "12.34", "side": "source"})
        sign_in_again.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = sign_in_again.get("/send/").content.decode()
        assert 'value="12.34"' in page
        assert f'value="{OUTSIDE}"' in page
        assert "12.34" not in sign_in_again.get("/send/").content.decode(), "once"
    assert not Transfer.objects.filter(kind="send").exists()


def test_a_wrong_form_keeps_what_was_typed_and_says_what_is_wrong(alice: User) -> None:
    page = signed_in(alice).post("/send/", {"to": "0x12", "amount": "1,5", "side": "source"}).content.decode()

    assert 'value="0x12"' in page
    assert "Use a point for cents: 1.5" in page


def test_changing_a_draft_keeps_whom_and_how_much(alice: User, bob: User) -> None:
    browser, draft = signed_in(alice), drafted(alice, amount=usdc("25"), side="destination")
    review = browser.get(f"/review/{draft.pk}/").content.decode()
    assert f'href="/send/?again={draft.pk}"' in review
    page = browser.get(f"/send/?again={draft.pk}").content.decode()

    assert f'value="{OUTSIDE}"' in page
    assert 'value="25.00"' in page
    assert re.search(r'value="destination"[^>]*checked', page)
    everything = drafted(alice, amount=None)
    assert re.search(r'name="everything"[^>]*checked', browser.get(f"/send/?again={everything.pk}").content.decode())
    foreign = signed_in(bob).get(f"/send/?again={draft.pk}").content.decode()
    assert OUTSIDE not in foreign


@pytest.mark.parametrize("path", ["/send/", "/withdraw/"])
def test_while_nothing_leaves_the_pages_say_so_instead_of_a_form_that_can_only_fail(alice: User, path: str) -> None:
    browser = signed_in(alice)
    open_payouts(alice)
    make_account(alice)
    assert b'name="amount"' in browser.get(path).content
    hold = pausing.hold(alice, Hold.Cause.PASSWORD_RESET)
    page = browser.get(path).content.decode()

    assert "Nothing leaves your wallet now" in page
    assert "Your password was reset." in page
    assert hold.began_at.isoformat(timespec="seconds") in page
    assert hold.ends_at
    assert hold.ends_at.isoformat(timespec="seconds") in page
    assert 'href="/account/security/"' in page[page.index("<main") :]
    assert 'name="amount"' not in page
    assert "See the price" not in page


def test_ones_own_pause_says_until_when_and_the_security_page_sends_nobody_to_itself(alice: User) -> None:
    browser = signed_in(alice)
    Hold.objects.create(user=alice, cause=Hold.Cause.OWN)
    page = browser.get("/send/").content.decode()
    assert "You paused sending from your wallet." in page
    assert "until you end it" in page
    assert "End the pause on your security page" in page
    security = browser.get("/account/security/").content.decode()
    assert "You paused sending from your wallet. Your money is safe." in security
    assert "on the security page" not in security


def test_a_frozen_wallet_shows_no_form(alice: User) -> None:
    Wallet.objects.filter(user=alice).update(frozen_reason="looked at")
    page = signed_in(alice).get("/send/").content.decode()
    assert "Nothing leaves your wallet now" in page
    assert "looked at" not in page
    assert 'name="amount"' not in page


def test_another_digest_than_the_stored_one_confirms_nothing(alice: User) -> None:
    browser, draft = signed_in(alice), drafted(alice, amount=usdc("25"))
    answer = browser.post(f"/review/{draft.pk}/", {"digest": "0" * 64})

    assert answer.status_code == 422
    assert "no longer up to date" in answer.content.decode()
    assert wallet_of(alice).held == usdc("0")


def test_without_a_second_factor_an_old_sign_in_is_asked_for_the_password(
    sandbox: Control, alice: User, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    Authenticator.objects.filter(user=alice).delete()
    browser = signed_in(alice)
    sandbox.settings(quoteSeconds=3600)
    draft = drafted(alice, amount=usdc("25"))
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        page = browser.get(f"/review/{draft.pk}/").content
        assert b'name="password"' in page
        shown = dict(re.findall(r'name="(digest|token)" value="([^"]+)"', page.decode()))
        without = browser.post(f"/review/{draft.pk}/", shown)
        assert "enter your password" in without.content.decode()
        wrong = browser.post(f"/review/{draft.pk}/", {**shown, "password": "wrong"})
        assert wrong.status_code == 422
        assert Transfer.objects.get(pk=draft.pk).state == State.QUOTED
        right = browser.post(f"/review/{draft.pk}/", {**shown, "password": PASSWORD})
        assert right.status_code == 302

    assert wallet_of(alice).held == usdc("25")


def test_an_expired_price_stands_beside_the_new_one_and_wants_a_fresh_press(sandbox: Control, alice: User) -> None:
    browser = signed_in(alice)
    draft = drafted(alice, amount=usdc("25"))
    page = browser.get(f"/review/{draft.pk}/").content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        sandbox.advance_clock(90)
        answer = browser.post(f"/review/{draft.pk}/", {"digest": digest_on(page)})
        said = answer.content.decode()

    assert answer.status_code == 422
    assert "price ran out" in said
    assert "Difference" in said
    assert draft.quotes.count() == 2
    assert Transfer.objects.get(pk=draft.pk).state == State.QUOTED


def test_a_decided_transfer_answers_with_its_result_and_not_with_an_expired_price(alice: User) -> None:
    browser, transfer = signed_in(alice), confirmed(alice, amount=usdc("25"))
    answer = browser.post(f"/review/{transfer.pk}/", {"digest": "0" * 64})

    assert answer["Location"] == f"/transfers/{transfer.pk}/"


def test_the_live_part_answers_204_until_something_changes(sandbox: Control, alice: User) -> None:
    browser, transfer = signed_in(alice), work(confirmed(alice, amount=usdc("25")))
    page = browser.get(f"/transfers/{transfer.pk}/").content.decode()
    url = re.search(r'hx-get="([^"]+)"', page)
    assert url
    assert browser.get(url[1]).status_code == 204
    sandbox.settle(str(transfer.oms_id))
    work(transfer)
    changed = browser.get(url[1])

    assert changed.status_code == 200
    assert "Done" in changed.content.decode()
    assert "hx-get" not in changed.content.decode()


def test_somebody_elses_transfer_does_not_exist(alice: User, bob: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    browser = signed_in(bob)
    for page in (f"/transfers/{transfer.pk}/", f"/transfers/{transfer.pk}/status/", f"/review/{transfer.pk}/"):
        assert browser.get(page).status_code == 404
    for page in (f"/transfers/{transfer.pk}/cancel/", f"/transfers/{transfer.pk}/check/"):
        assert browser.post(page).status_code == 404


def test_charlie_who_is_not_verified_is_led_to_identity(db: None) -> None:
    answer = signed_in(make_user("charlie")).get("/send/")

    assert answer["Location"].startswith("/identity/")


def test_oms_being_away_says_so_and_moves_nothing(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", method="POST", path="/quotes$", status=503)
    answer = signed_in(alice).post("/send/", {"to": OUTSIDE, "amount": "25", "side": "source", "at_exchange": "no"})

    assert answer.status_code == 503
    assert not Transfer.objects.filter(user=alice, kind="send").exists()


def test_an_address_does_not_tell_whose_it_is(alice: User, bob: User) -> None:
    browser = signed_in(alice)
    answer = browser.post("/send/", {"to": wallet_of(bob).address, "amount": "5", "side": "source"})
    page = browser.get(answer["Location"]).content.decode()

    assert bob.email not in page


def test_a_new_price_that_is_not_to_be_had_is_a_sentence_and_not_an_error(sandbox: Control, alice: User) -> None:
    browser, draft = signed_in(alice), drafted(alice, amount=None)
    confirmed(alice, amount=usdc("100"))
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        sandbox.advance_clock(90)
        for answer in (
            browser.post(f"/review/{draft.pk}/new-price/"),
            browser.post(f"/review/{draft.pk}/", {"digest": "0" * 64}),
        ):
            assert answer.status_code == 422
            assert "nothing available to send" in answer.content.decode()


def test_a_person_whose_endorsement_was_taken_back_still_sees_where_their_money_is(alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    alice.customer.endorsements.update(status="REVOKED_ISSUES")
    browser = signed_in(alice)

    assert browser.get(f"/transfers/{transfer.pk}/").status_code == 200
    assert browser.post(f"/transfers/{transfer.pk}/cancel/").status_code == 302
    assert wallet_of(alice).available == usdc("100")


def test_a_limit_is_named_before_the_price(alice: User) -> None:
    Wallet.objects.filter(user=alice).update(available_minor=9_000_000_000)
    page = (
        signed_in(alice)
        .post("/send/", {"to": OUTSIDE, "amount": "6000", "side": "source", "at_exchange": "no"})
        .content.decode()
    )

    assert "5,000.00" in page
