"""Changing how one signs in: with a proof for exactly that change, once, and never because of an earlier one."""

import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.builders import PASSWORD, make_user, signed_in
from tests.passkeys import Passkey
from tests.second_factors import (
    code_of,
    give_app,
    give_key,
    give_passkey,
    options_on,
    post_proved,
    prove_first,
    token_on,
)
from walletapp.accounts import factors, stepping_up
from walletapp.accounts.models import User
from walletapp.accounts.proofs import Proof
from walletapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
EMAIL, CODES = "/account/email/", "/account/security/recovery-codes/"
ADD, APP, PASSWORD_PAGE = (
    "/account/security/webauthn/add/",
    "/account/security/totp/activate/",
    "/account/password/change/",
)
NEW_EMAIL = {"email": "new@example.com", "action_add": "1"}
NEW_PASSWORD = {"oldpassword": PASSWORD, "password1": "another long walk by the sea"}
NEW_PASSWORD["password2"] = NEW_PASSWORD["password1"]
ASKS = "Please check every line"


def page_of(what: str, row: Authenticator) -> str:
    return reverse(f"mfa_{what}_webauthn", args=[row.pk])


def name_of(row: Authenticator) -> str:
    row.refresh_from_db()
    return str(row.wrap().name)


def keys_of(user: User) -> int:
    return int(factors.rows_of(user, factors.PASSKEY).count())


def send_new_passkey(browser: Client, page: Any) -> Any:
    return browser.post(ADD, {"name": "mine", "credential": Passkey().make(options_on(page.content))})


# ----- with the form: the page shows what was typed, and sends it again -----


def test_having_just_signed_in_changes_nothing(browser: Client, user: User) -> None:
    """Whoever takes a session over within minutes of the sign-in, or of another proof, gets no further."""
    row = give_key(user)
    browser.post("/account/reauthenticate/", {"code": code_of(user)})
    before = list(Authenticator.objects.order_by("pk").values("pk", "data"))
    for url, form in {
        EMAIL: NEW_EMAIL,
        f"{EMAIL}?again": {"email": user.email, "action_remove": "1"},
        page_of("edit", row): {"name": "mine"},
        page_of("remove", row): {},
        "/account/security/totp/deactivate/": {},
        f"{CODES}generate/": {},
        PASSWORD_PAGE: NEW_PASSWORD,
        ADD: {"name": "mine", "credential": "{}"},
    }.items():
        page = browser.post(url, form)
        assert ASKS in page.content.decode() or page.status_code == 422, url
    assert list(Authenticator.objects.order_by("pk").values("pk", "data")) == before
    assert mail.outbox == []
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_another_address_is_asked_for_by_name_and_then_gets_its_code(browser: Client, user: User) -> None:
    page = browser.post(EMAIL, NEW_EMAIL).content.decode()
    assert "Change your e-mail address" in page
    assert "new@example.com" in page
    assert user.email in page
    assert post_proved(browser, user, EMAIL, NEW_EMAIL)["Location"] == "/account/confirm-email/"
    assert [letter.to for letter in mail.outbox] == [["new@example.com"]]
    code = re.search(r"\d{4}-\d{4}", str(mail.outbox[0].body))
    assert code
    browser.post("/account/confirm-email/", {"code": code[0]})
    user.refresh_from_db()
    assert user.email == "new@example.com"


def test_a_proof_for_one_address_changes_to_no_other(browser: Client, user: User) -> None:
    asked = browser.post(EMAIL, NEW_EMAIL)
    other = {**NEW_EMAIL, "email": "thief@example.com"}
    answer = browser.post(EMAIL, {**other, "token": token_on(asked.content), "code": code_of(user)})
    assert answer.status_code == 422
    assert "no longer up to date. Nothing was changed." in answer.content.decode()
    assert mail.outbox == []


def test_a_proof_changes_once(browser: Client, user: User) -> None:
    proof = {"token": token_on(browser.post(EMAIL, NEW_EMAIL).content), "code": code_of(user)}
    assert browser.post(EMAIL, {**NEW_EMAIL, **proof}).status_code == 302
    again = browser.post(EMAIL, {**NEW_EMAIL, **proof, "code": code_of(user)})
    assert again.status_code == 422
    assert "used already" in again.content.decode()
    assert len(mail.outbox) == 1


def test_a_wrong_code_changes_nothing_and_is_on_record(browser: Client, user: User) -> None:
    asked = browser.post(EMAIL, NEW_EMAIL)
    answer = browser.post(EMAIL, {**NEW_EMAIL, "token": token_on(asked.content), "code": "000000"})
    assert answer.status_code == 422
    assert mail.outbox == []
    assert AuditEvent.objects.get(action="step_up.failed").detail["purpose"] == "email"


def test_a_page_is_good_for_five_minutes(browser: Client, user: User, clock: time_machine.Traveller) -> None:
    asked = browser.post(EMAIL, NEW_EMAIL)
    clock.shift(301)
    answer = browser.post(EMAIL, {**NEW_EMAIL, "token": token_on(asked.content), "code": code_of(user)})
    assert answer.status_code == 422
    assert mail.outbox == []


def test_nobody_proves_for_somebody_else(browser: Client, user: User) -> None:
    bob = make_user("bob")
    give_app(bob)
    theirs = signed_in(bob)
    asked = browser.post(EMAIL, NEW_EMAIL)
    answer = theirs.post(EMAIL, {**NEW_EMAIL, "token": token_on(asked.content), "code": code_of(bob)})
    assert answer.status_code == 422
    assert mail.outbox == []


def test_what_allauth_does_with_addresses_by_other_buttons_is_proved_too(browser: Client, user: User) -> None:
    other = EmailAddress.objects.create(user=user, email="other@example.com", verified=True)
    for action in ("action_send", "action_primary", "action_remove"):
        assert ASKS in browser.post(EMAIL, {"email": other.email, action: "1"}).content.decode()
    assert EmailAddress.objects.filter(pk=other.pk, primary=False).exists()
    post_proved(browser, user, EMAIL, {"email": other.email, "action_remove": "1"})
    assert not EmailAddress.objects.filter(pk=other.pk).exists()


def test_a_passkey_is_renamed_and_removed_by_its_name(browser: Client, user: User) -> None:
    row, kept = give_key(user), give_key(user)
    page = browser.post(page_of("edit", row), {"name": "Phone"}).content.decode()
    assert "Rename this passkey" in page
    assert "Phone" in page
    assert post_proved(browser, user, page_of("edit", row), {"name": "Phone"})["Location"] == "/account/security/"
    assert (name_of(row), name_of(kept)) == ("Phone", "key")
    asked = browser.post(page_of("remove", row))
    assert "Phone" in asked.content.decode()
    proof = {"token": token_on(asked.content), "code": code_of(user)}
    assert browser.post(page_of("remove", kept), proof).status_code == 422, "it was shown another one"
    assert keys_of(user) == 2
    post_proved(browser, user, page_of("remove", row), {})
    assert list(factors.rows_of(user, factors.PASSKEY)) == [kept]


def test_a_passkey_signs_for_the_change_it_was_shown(browser: Client, user: User) -> None:
    passkey = give_passkey(browser)
    asked = browser.post(EMAIL, NEW_EMAIL)
    signed = {"token": token_on(asked.content), "credential": passkey.use(options_on(asked.content))}
    assert browser.post(EMAIL, {**NEW_EMAIL, "email": "thief@example.com", **signed}).status_code == 422
    assert browser.post(EMAIL, {**NEW_EMAIL, **signed}).status_code == 302
    assert [letter.to for letter in mail.outbox] == [["new@example.com"]]


# ----- before the form: a password, a new passkey, a new app -----


def test_a_passkey_is_added_after_a_proof_and_each_wants_its_own(browser: Client, user: User) -> None:
    page = prove_first(browser, ADD)
    assert send_new_passkey(browser, page).status_code == 302
    assert ASKS in browser.get(ADD).content.decode()
    send_new_passkey(browser, page)
    assert keys_of(user) == 1
    assert Proof.objects.get().used_at is not None
    send_new_passkey(browser, prove_first(browser, ADD))
    assert keys_of(user) == 2


def test_of_two_at_once_one_uses_the_proof(browser: Client, user: User) -> None:
    prove_first(browser, ADD)
    row = Proof.objects.get()
    found = [stepping_up.unused(user, row.purpose, row.digest, str(row.nonce)) for _ in range(2)]
    assert [proof.exists() for proof in found] == [True, True]
    assert [stepping_up.use(proof) for proof in found] == [True, False]


def test_the_proof_for_one_thing_opens_no_other(browser: Client, user: User) -> None:
    give_key(user)
    prove_first(browser, ADD)
    for url in (PASSWORD_PAGE, CODES):
        RecoveryCodes.activate(user)
        assert ASKS in browser.get(url).content.decode(), url
    assert browser.post(PASSWORD_PAGE, NEW_PASSWORD).status_code in {200, 422}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_what_was_proved_in_one_session_opens_nothing_in_another(browser: Client, user: User) -> None:
    thief = signed_in(user)
    prove_first(browser, ADD)
    assert ASKS in thief.get(ADD).content.decode()
    assert 'data-passkey="create"' in browser.get(ADD).content.decode()


def test_what_was_proved_is_to_be_done_within_five_minutes(
    browser: Client, user: User, clock: time_machine.Traveller
) -> None:
    page = prove_first(browser, ADD)
    clock.shift(301)
    assert ASKS in send_new_passkey(browser, page).content.decode()
    assert keys_of(user) == 0


def test_a_form_that_was_filled_in_wrongly_uses_nothing_up(browser: Client, user: User) -> None:
    prove_first(browser, PASSWORD_PAGE)
    wrong = browser.post(PASSWORD_PAGE, {**NEW_PASSWORD, "oldpassword": "not this"})
    assert "This is not your current password." in wrong.content.decode()
    assert browser.post(PASSWORD_PAGE, NEW_PASSWORD).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD["password1"])


def test_an_app_is_set_up_after_a_proof_and_its_seed_is_not_seen_before(user: User) -> None:
    Authenticator.objects.all().delete()
    browser = signed_in(user)
    passkey = give_passkey(browser)
    asked = browser.get(APP)
    assert ASKS in asked.content.decode()
    assert browser.get("/account/security/totp/qr.svg").status_code == 404
    signed = {"token": token_on(asked.content), "credential": passkey.use(options_on(asked.content))}
    assert browser.post(APP, signed)["Location"] == APP
    seed = re.search(r'data-copy="([A-Z2-7 ]{39})"', browser.get(APP).content.decode())
    assert seed
    assert browser.get("/account/security/totp/qr.svg").status_code == 200
    code = factors.code_at(seed[1].replace(" ", ""), factors.counter_now())
    assert browser.post(APP, {"code": code}).status_code == 302
    assert factors.has_factor(user, factors.APP)
    assert browser.get("/account/security/totp/qr.svg").status_code == 404


def test_sent_twice_the_page_that_asks_leads_to_the_form(browser: Client, user: User) -> None:
    proof = {"token": token_on(browser.get(ADD).content), "code": code_of(user)}
    assert [browser.post(ADD, proof)["Location"] for _ in range(2)] == [ADD, ADD]
    assert Proof.objects.count() == 1


# ----- the policy, and the database -----


@pytest.mark.parametrize("purpose", ["email", "password", "new_factor", "factor", "recovery_codes"])
def test_what_the_policy_leaves_out_wants_a_proof_that_is_minutes_old(
    user: User, settings: Any, clock: time_machine.Traveller, purpose: str
) -> None:
    settings.STEP_UP = {**settings.STEP_UP, purpose: False}
    row, browser = give_key(user), signed_in(user)
    url, form = {
        "email": (EMAIL, NEW_EMAIL),
        "password": (PASSWORD_PAGE, NEW_PASSWORD),
        "new_factor": (ADD, {}),
        "factor": (page_of("edit", row), {"name": "Phone"}),
        "recovery_codes": (f"{CODES}generate/", {}),
    }[purpose]
    assert ASKS not in browser.post(url, form).content.decode()
    clock.shift(301)
    late = browser.post(url, form)
    if purpose == "password":
        assert late["Location"].startswith("/account/login/"), "changed, and signed out by that"
    else:
        assert late["Location"].startswith("/account/reauthenticate/?next=")


def test_the_database_uses_no_proof_that_failed(user: User) -> None:
    row = Proof.objects.create(user=user, purpose="new_factor", subject="x", number=1, digest="x", method="app")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proof.objects.filter(pk=row.pk).update(used_at=timezone.now())
