"""Only sending to saved addresses: on at once, off after the wait, and asked again when a send is confirmed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from tests.builders import usdc, wallet_of
from tests.control import Control
from tests.payees.addresses import OUTSIDE
from tests.transfers.steps import confirm, confirmed, drafted
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.notifications.models import Notice
from walletapp.payees import book, only_saved
from walletapp.payees.models import OnlySaved, Payee
from walletapp.payees.only_saved import NotSaved, SavedTooRecently

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def saved_long_ago(user: User, to: str = OUTSIDE) -> Payee:
    payee = book.save(user, to, "Rent")
    Payee.objects.filter(pk=payee.pk).update(saved_at=timezone.now() - 25 * HOUR)
    return payee


def test_switched_on_a_send_to_anybody_else_is_refused_at_once(alice: User) -> None:
    assert only_saved.turn_on(alice)
    assert not only_saved.turn_on(alice)
    with pytest.raises(NotSaved, match="24 hours later"):
        drafted(alice, amount=usdc("5"))
    assert AuditEvent.objects.filter(action="only_saved.on").count() == 1


def test_a_draft_from_before_is_refused_when_it_is_confirmed(alice: User) -> None:
    draft = drafted(alice, amount=usdc("5"))
    only_saved.turn_on(alice)
    with pytest.raises(NotSaved):
        confirm(draft)
    assert wallet_of(alice).held == usdc("0")


def test_what_was_saved_long_ago_can_be_paid_by_email_and_by_address(alice: User, bob: User) -> None:
    saved_long_ago(alice, bob.email)
    only_saved.turn_on(alice)
    for to in (bob.email, wallet_of(bob).address):
        assert confirmed(alice, to=to, amount=usdc("5")).amount == usdc("5")


def test_a_new_entry_waits_to_the_minute(sandbox: Control, alice: User) -> None:
    only_saved.turn_on(alice)
    payee = book.save(alice, OUTSIDE, "Rent")
    with (
        time_machine.travel(payee.usable_from - timedelta(minutes=1), tick=False),
        pytest.raises(SavedTooRecently, match="Rent was saved a short while ago"),
    ):
        drafted(alice, amount=usdc("5"))
    with time_machine.travel(payee.usable_from, tick=False):
        only_saved.require_allowed(alice, OUTSIDE)


def test_an_entry_that_is_removed_cannot_be_paid_any_more(alice: User) -> None:
    payee = saved_long_ago(alice)
    only_saved.turn_on(alice)
    draft = drafted(alice, amount=usdc("5"))
    book.remove(alice, payee.pk)
    with pytest.raises(NotSaved):
        confirm(draft)


def test_switching_off_waits_to_the_minute_and_is_told(alice: User) -> None:
    only_saved.turn_on(alice)
    assert only_saved.turn_off(alice)
    assert not only_saved.turn_off(alice), "asked twice, it waits no shorter and no longer"
    ends_at = OnlySaved.objects.get(user=alice).ends_at
    assert ends_at is not None
    with time_machine.travel(ends_at - timedelta(minutes=1), tick=False), pytest.raises(NotSaved):
        only_saved.require_allowed(alice, OUTSIDE)
    with time_machine.travel(ends_at, tick=False):
        only_saved.require_allowed(alice, OUTSIDE)
        assert only_saved.standing(alice) is None
    assert Notice.objects.filter(user=alice, kind="only_saved_off").count() == 1


def test_the_wait_is_the_one_of_the_settings(alice: User, settings: object) -> None:
    setattr(settings, "ONLY_SAVED_OFF_HOURS", 48)  # noqa: B010 - pytest-django's fixture has no such type
    only_saved.turn_on(alice)
    only_saved.turn_off(alice)
    with time_machine.travel(timezone.now() + 47 * HOUR), pytest.raises(NotSaved):
        only_saved.require_allowed(alice, OUTSIDE)


def test_keeping_it_on_takes_the_switching_off_back(alice: User) -> None:
    only_saved.turn_on(alice)
    since = OnlySaved.objects.get(user=alice).since
    only_saved.turn_off(alice)
    assert only_saved.turn_on(alice)
    with time_machine.travel(timezone.now() + 30 * HOUR), pytest.raises(NotSaved):
        only_saved.require_allowed(alice, OUTSIDE)
    assert OnlySaved.objects.get(user=alice).since == since


def test_it_can_be_switched_on_again_after_it_ended(alice: User) -> None:
    only_saved.turn_on(alice)
    only_saved.turn_off(alice)
    with time_machine.travel(timezone.now() + 25 * HOUR):
        assert not only_saved.turn_off(alice)
        assert only_saved.turn_on(alice)
        with pytest.raises(NotSaved):
            only_saved.require_allowed(alice, OUTSIDE)


def test_it_is_about_its_owner_alone_and_off_to_begin_with(alice: User, bob: User) -> None:
    only_saved.turn_on(bob)
    only_saved.require_allowed(alice, OUTSIDE)
    assert not only_saved.turn_off(alice)
    assert only_saved.standing(bob) is not None


def test_the_database_refuses_an_end_before_the_beginning(alice: User) -> None:
    with pytest.raises(IntegrityError):
        OnlySaved.objects.create(user=alice, ends_at=timezone.now() - HOUR)
