"""While no letter can leave, what a person changes about their account stands, and they are told as soon as one can."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests import letters
from tests.builders import PASSWORD, make_user, signed_in
from tests.notifications.test_telling import BROKEN
from tests.second_factors import give_app, give_passkey, post_proved
from walletapp.accounts import factors
from walletapp.accounts.models import User
from walletapp.notifications.models import Notice

pytestmark = pytest.mark.django_db
type Back = Callable[[], str]
NEW = "another long walk by the sea"


@pytest.fixture
def user() -> User:
    return make_user("alice")


@pytest.fixture
def browser(user: User) -> Client:
    """Signed in, and what that is told about is off the desk."""
    client = signed_in(user)
    letters.newest()
    mail.outbox.clear()
    return client


@pytest.fixture
def away(browser: Client, settings: Any) -> Back:
    """The mail server hangs up; calling this brings it back, and answers with the subject of what leaves then."""
    working, settings.MAILERS = settings.MAILERS, BROKEN

    def back() -> str:
        assert mail.outbox == []
        settings.MAILERS = working
        Notice.objects.filter(sent_at__isnull=True).update(due_at=timezone.now(), lease_until=None)
        return letters.newest()[0]

    return back


def test_a_password(browser: Client, user: User, away: Back) -> None:
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post("/account/password/change/", form).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert away() == "Your password was changed"


def test_a_passkey_added_and_removed(browser: Client, user: User, away: Back) -> None:
    give_app(user)
    give_passkey(browser)
    row = factors.rows_of(user, factors.PASSKEY).get()
    assert post_proved(browser, user, f"/account/security/webauthn/keys/{row.pk}/remove/", {}).status_code == 302
    assert not factors.has_factor(user, factors.PASSKEY)
    away()
    assert {letter.subject for letter in mail.outbox} == {"A passkey was added", "A passkey was removed"}


@pytest.mark.django_db(transaction=True)
def test_recovery_codes(browser: Client, user: User, away: Back) -> None:
    give_app(user)
    assert post_proved(browser, user, "/account/security/recovery-codes/generate/", {}).status_code == 302
    assert factors.rows_of(user, factors.RECOVERY).exists()
    assert away() == "New recovery codes were made"


def test_another_address_is_told_of_at_the_old_one(browser: Client, user: User, away: Back) -> None:
    old = user.email
    EmailAddress.objects.create(user=user, email="new@example.com", verified=True)
    assert browser.post("/account/email/", {"email": "new@example.com", "action_primary": ""}).status_code == 302
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert away() == "Your e-mail address was changed"
    assert mail.outbox[-1].to == [old]


def test_the_link_that_pauses_is_in_the_letter_and_kept_nowhere(browser: Client, user: User, away: Back) -> None:
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    browser.post("/account/password/change/", form)
    kept = [str(value) for row in Notice.objects.values() for value in row.values()]
    assert [text for text in kept if "freeze" in text] == []
    away()
    letter: Any = mail.outbox[-1]
    for text in (str(letter.body), str(letter.alternatives[0][0])):
        assert text.count("/account/freeze/") == 1


def test_a_code_that_cannot_be_sent_is_said_so_in_the_same_words_for_everybody(user: User, settings: Any) -> None:
    settings.MAILERS = BROKEN
    pages = []
    for email in (user.email, "nobody@example.com"):
        answer = Client().post("/account/password/reset/", {"email": email}, follow=True)
        assert answer.status_code == 200
        pages.append("We could not send the e-mail" in answer.content.decode())
    assert pages == [True, True]
    new = {"email": "new.person@example.com", "password1": NEW}
    answer = Client().post("/account/signup/", new, follow=True)
    assert "We could not send the e-mail" in answer.content.decode()
