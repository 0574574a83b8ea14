"""Telling people: once each, at least once by e-mail, under one Message-ID, a bounded number of times."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from tests.builders import make_user
from walletapp.accounts.models import User
from walletapp.notifications.delivery import MAX_ATTEMPTS, make_message
from walletapp.notifications.kinds import KINDS
from walletapp.notifications.models import Notice
from walletapp.notifications.tasks import deliver, sweep_notices
from walletapp.notifications.tell import tell

pytestmark = pytest.mark.django_db

MONEY = {
    "amount": "25.00 USDC",
    "other_party": "bob@example.com",
    "when": "May 4, 2026, 10:00 UTC",
    "reason": "Because.",
}
BROKEN = {"default": {"BACKEND": "tests.notifications.broken.Broken"}}
PROMISE = "Nobody from Harbor will ever ask you for a code in a call or a message, phone you, or move your money"


@pytest.fixture
def user() -> User:
    return make_user("alice")


def make_due(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(due_at=timezone.now() - timedelta(seconds=1), lease_until=None)


def test_told_once_it_is_mailed_once(user: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as bells:
        notice = tell(user, "sent", "sent:1", link="/transfers/1/", **MONEY)
    assert len(bells) == 1
    deliver(str(notice.pk))
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert message.subject == "You sent 25.00 USDC to bob@example.com"
    assert "http://localhost:8000/transfers/1/" in message.body
    notice.refresh_from_db()
    assert notice.sent_at is not None
    assert notice.due_at is None


def test_told_twice_it_is_mailed_once(user: User, django_capture_on_commit_callbacks: Any) -> None:
    first = tell(user, "sent", "sent:1", **MONEY)
    with django_capture_on_commit_callbacks() as bells:
        second = tell(user, "sent", "sent:1", **MONEY)
    assert bells == []
    assert first == second
    for _ in range(2):
        deliver(str(first.pk))
    assert len(mail.outbox) == 1


def test_what_did_not_happen_is_not_told(user: User) -> None:
    with transaction.atomic():
        tell(user, "sent", "sent:1", **MONEY)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_an_unknown_kind_is_a_mistake_of_ours(user: User) -> None:
    with pytest.raises(KeyError):
        tell(user, "congratulations", "x:1")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_both_texts_with_everything_in_them(user: User, kind: str) -> None:
    notice = tell(user, kind, f"{kind}:1", link="/here/", name="Alice", **MONEY)
    message = make_message(notice)
    page = str(message.alternatives[0][0])
    for text in (str(message.body), page):
        assert PROMISE in text
        assert "http://localhost:8000/here/" in text
        assert "{{" not in text
        assert "{%" not in text
    assert KINDS[kind].action in page
    if "amount" in KINDS[kind].subject:
        assert "25.00 USDC" in message.subject
        assert "25.00 USDC" in str(message.body)


def test_text_is_not_escaped_and_html_is(user: User) -> None:
    message = make_message(tell(user, "verified", "v:1", name="O'Neil <b>"))
    assert "O'Neil <b>" in str(message.body)
    assert "O&#x27;Neil &lt;b&gt;" in str(message.alternatives[0][0])


def test_a_line_break_cannot_enter_the_subject(user: User) -> None:
    notice = tell(user, "sent", "sent:1", **MONEY | {"other_party": "x\r\nBcc: everybody@example.com"})
    assert "\n" not in notice.subject
    assert "\r" not in notice.subject
    make_message(notice).message()


def test_a_mail_server_that_is_away_is_tried_again_with_the_same_message_id(user: User, settings: Any) -> None:
    notice = tell(user, "sent", "sent:1", **MONEY)
    working, settings.MAILERS = settings.MAILERS, BROKEN
    deliver(str(notice.pk))
    notice.refresh_from_db()
    assert (notice.attempts, notice.last_error, notice.sent_at) == (1, "SMTPServerDisconnected", None)
    assert notice.due_at is not None
    settings.MAILERS = working
    make_due(notice)
    deliver(str(notice.pk))
    assert mail.outbox[0].message()["Message-ID"] == f"<{notice.pk}@localhost>" == notice.message_id


def test_it_is_given_up_after_a_bounded_number_of_attempts(user: User, settings: Any) -> None:
    settings.MAILERS = BROKEN
    notice = tell(user, "sent", "sent:1", **MONEY)
    for _ in range(MAX_ATTEMPTS + 2):
        make_due_if_waiting(notice)
        deliver(str(notice.pk))
    notice.refresh_from_db()
    assert notice.attempts == MAX_ATTEMPTS
    assert notice.given_up_at is not None
    assert notice.due_at is None


def make_due_if_waiting(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, due_at__isnull=False).update(due_at=timezone.now(), lease_until=None)


def test_a_worker_that_died_after_sending_sends_the_same_message_again(user: User) -> None:
    notice = tell(user, "sent", "sent:1", **MONEY)
    held = Notice.claim(notice.pk)
    assert held is not None
    make_message(held).send()
    deliver(str(notice.pk))
    assert len(mail.outbox) == 1
    make_due(notice)
    deliver(str(notice.pk))
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == second


def test_the_sweep_sends_what_is_due_and_nothing_else(user: User) -> None:
    tell(user, "sent", "sent:1", **MONEY)
    deliver(str(tell(user, "sent", "sent:2", **MONEY).pk))
    assert len(mail.outbox) == 1
    sweep_notices()
    assert len(mail.outbox) == 2
    assert list(Notice.due()) == []


def test_a_letter_to_an_address_that_was_left_offers_what_works_there(user: User) -> None:
    """From there no password can be reset any more."""
    here = tell(user, "account_changed", "a:1", what="It changed")
    there = tell(user, "account_changed", "a:2", address="old@example.com", what="It changed")
    assert "/account/password/reset/" in str(make_message(here).body)
    for text in (str(make_message(there).body), str(make_message(there).alternatives[0][0])):
        assert "/account/password/reset/" not in text
        assert "from this address" in text
        assert "/account/freeze/" in text


def test_who_sent_is_told_what_they_paid_and_how_to_stop_it(user: User) -> None:
    notice = tell(user, "sent", "sent:1", **MONEY, paid="25.06 USDC", fee="0.06 USDC")
    for text in (str(make_message(notice).body), str(make_message(notice).alternatives[0][0])):
        assert "You paid 25.06 USDC, 0.06 USDC of it in fees." in text
        assert "/account/freeze/" in text
