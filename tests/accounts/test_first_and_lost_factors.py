"""The first factor of somebody who has none, another for whoever lost theirs, and the recovery codes for that."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests import letters
from tests.accounts.test_sign_in_changes import ADD, APP, ASKS, CODES, EMAIL, NEW_EMAIL, keys_of, send_new_passkey
from tests.builders import PASSWORD, make_user, signed_in
from tests.second_factors import code_of, give_app, give_key, post_proved, prove_first, token_on
from walletapp.accounts import pausing
from walletapp.accounts.models import User
from walletapp.accounts.proofs import WRONG_CODES, Proof

pytestmark = pytest.mark.django_db


def test_the_first_factor_wants_the_password_typed_lately_and_the_second_the_first(
    clock: time_machine.Traveller,
) -> None:
    user = make_user("alice", date_joined=timezone.now() - timedelta(hours=1))
    browser = signed_in(user)
    clock.shift(301)
    asked = browser.get(ADD)
    assert 'name="password"' in asked.content.decode()
    assert browser.post(ADD, {"token": token_on(asked.content), "password": "wrong"}).status_code == 422
    assert browser.post(ADD, {"token": token_on(asked.content), "password": PASSWORD})["Location"] == ADD
    give_app(user)  # meanwhile, elsewhere
    assert 'data-passkey="create"' not in browser.get(ADD).content.decode(), "the password proves nothing any more"
    Authenticator.objects.all().delete()
    assert send_new_passkey(browser, browser.get(ADD)).status_code == 302
    assert ASKS in browser.get(ADD).content.decode()


def test_a_newcomer_gets_the_first_factor_unasked_and_nothing_else() -> None:
    user = make_user("alice")
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for url in (ADD, APP):
        assert ASKS not in browser.get(url).content.decode()
    assert ASKS in browser.post(EMAIL, NEW_EMAIL).content.decode()
    User.objects.update(date_joined=timezone.now() - timedelta(seconds=901))
    assert ASKS in browser.get(ADD).content.decode()


@pytest.mark.parametrize("has_app", [True, False], ids=["the app is lost", "the passkey is lost"])
def test_a_recovery_code_gets_one_new_factor_and_keeps_the_money(user: User, has_app: bool) -> None:
    if not has_app:
        Authenticator.objects.all().delete()
        give_key(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    asked = browser.get(ADD)
    assert "recovery code" in asked.content.decode().lower()
    assert browser.post(ADD, {"token": token_on(asked.content), "code": "0123456789"}).status_code == 422
    assert browser.post(ADD, {"token": token_on(asked.content), "code": codes[0]})["Location"] == ADD
    assert letters.newest()[0] == "A recovery code was used"
    with pytest.raises(pausing.OutgoingPaused, match="A recovery code was used"):
        pausing.require_not_paused(user)
    assert Proof.objects.get(succeeded=True).method == Proof.Method.RECOVERY
    before = keys_of(user)
    assert send_new_passkey(browser, browser.get(ADD)).status_code == 302
    assert keys_of(user) == before + 1
    again = browser.get(ADD)
    assert browser.post(ADD, {"token": token_on(again.content), "code": codes[0]}).status_code == 422, "once"


def test_a_recovery_code_changes_nothing_else(browser: Client, user: User) -> None:
    codes = RecoveryCodes.activate(user).get_unused_codes()
    asked = browser.post(EMAIL, NEW_EMAIL)
    assert "recovery code" not in asked.content.decode().lower()
    answer = browser.post(EMAIL, {**NEW_EMAIL, "token": token_on(asked.content), "code": codes[0]})
    assert answer.status_code == 422
    assert mail.outbox == []
    assert len(RecoveryCodes.activate(user).get_unused_codes()) == len(codes)


def test_wrong_recovery_codes_count_with_the_codes_of_the_app(browser: Client, user: User) -> None:
    codes = RecoveryCodes.activate(user).get_unused_codes()
    for number in range(WRONG_CODES):
        asked = browser.get(ADD)
        code = "0000000000" if number % 2 else "000000"
        assert browser.post(ADD, {"token": token_on(asked.content), "code": code}).status_code == 422
    asked = browser.get(ADD)
    for code in (codes[0], code_of(user)):
        answer = browser.post(ADD, {"token": token_on(asked.content), "code": code})
        assert "Too many wrong codes" in answer.content.decode()
    assert keys_of(user) == 0


# ----- recovery codes -----


def test_codes_that_nobody_has_seen_are_shown_for_a_proof_and_once(browser: Client, user: User) -> None:
    codes = RecoveryCodes.activate(user).get_unused_codes()
    shown = re.compile(r">(\d{5}) (\d{5})<")
    assert not shown.search(browser.get(CODES).content.decode())
    assert not shown.search(browser.get(f"{CODES}download/", follow=True).content.decode())
    page = prove_first(browser, CODES).content.decode()
    assert ["".join(code) for code in shown.findall(page)] == codes
    again = browser.get(CODES).content.decode()
    assert "10 of 10 are left" in again, "how many there are wants no proof"
    assert not shown.search(again)


def test_who_made_codes_sees_them_and_another_session_does_not(browser: Client, user: User) -> None:
    thief = signed_in(user)
    assert post_proved(browser, user, f"{CODES}generate/", {})["Location"] == CODES
    assert ASKS in thief.get(CODES).content.decode()
    assert len(re.findall(r">\d{5} \d{5}<", browser.get(CODES).content.decode())) == 10
