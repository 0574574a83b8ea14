"""The address book: saved once, told, renamed, removed, and what is refused."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from tests.builders import wallet_of
from tests.control import Control
from tests.payees.addresses import OUTSIDE, imitating
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.notifications.models import Notice
from walletapp.payees import book
from walletapp.payees.models import Payee
from walletapp.refusals import Refusal
from walletapp.wallet.models import Wallet
from walletapp.web.templatetags.wallet_tags import short_party

pytestmark = pytest.mark.django_db


def kept(user: User) -> list[str]:
    return [payee.nickname for payee in Payee.objects.for_user(user)]


def letter_about(user: User, kind: str) -> str:
    """The one letter of this kind, whose two forms say the same."""
    notice = Notice.objects.get(user=user, kind=kind)
    said, html = (render_to_string(f"email/{kind}.{ending}", notice.context) for ending in ("txt", "html"))
    sentence = said.split("\n\n")[1].strip()
    assert sentence in html
    return sentence


def test_an_address_is_saved_once_and_told(alice: User) -> None:
    first = book.save(alice, OUTSIDE.lower(), "Rent")
    again = book.save(alice, OUTSIDE, "Rent once more")

    assert first.address == OUTSIDE
    assert again.pk == first.pk
    assert kept(alice) == ["Rent"]
    notice = Notice.objects.get(user=alice, kind="payee_saved")
    assert notice.context["whom"] == short_party(OUTSIDE)
    for ending in ("txt", "html"):
        letter = render_to_string(f"email/payee_saved.{ending}", notice.context)
        assert f"Rent ({short_party(OUTSIDE)}) was saved on" in letter
    assert AuditEvent.objects.filter(action="payee.saved", actor=alice).count() == 1


def test_a_customer_here_is_one_entry_by_email_and_by_address(alice: User, bob: User) -> None:
    by_email = book.save(alice, bob.email.upper(), "Bob")
    by_address = book.save(alice, wallet_of(bob).address, "Bobby")

    assert by_email.pk == by_address.pk
    assert by_email.named_by == bob.email


def test_the_database_refuses_a_second_entry_of_an_address_an_email_or_a_name(alice: User) -> None:
    Payee.objects.create(user=alice, nickname="Rent", address=OUTSIDE, email="bob@example.com")
    other = imitating(OUTSIDE, first=0, last=0)
    for twice in (
        {"nickname": "B", "address": OUTSIDE.lower()},
        {"nickname": "B", "address": other, "email": "Bob@example.com"},
        {"nickname": "RENT", "address": other},
        {"nickname": "", "address": other},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payee.objects.create(user=alice, **twice)
    assert kept(alice) == ["Rent"]


def test_another_person_may_save_the_same(alice: User, bob: User) -> None:
    book.save(alice, OUTSIDE, "Rent")
    book.save(bob, OUTSIDE, "Rent")
    assert kept(bob) == ["Rent"]


def test_an_email_that_leads_to_another_wallet_by_now_is_somebody_new(alice: User, bob: User) -> None:
    book.save(alice, bob.email, "Bob")
    Wallet.objects.filter(user=bob).update(address=imitating(OUTSIDE, first=0, last=0))

    with pytest.raises(Refusal, match="has another wallet than when you saved it as Bob"):
        book.save(alice, bob.email, "Bob again")
    assert book.entry_of(alice, wallet_of(bob).address) is None, "what was saved is the old address"


def test_what_cannot_be_paid_cannot_be_saved(alice: User) -> None:
    wrong = {wallet_of(alice).address: "your own wallet", "0x" + "0" * 40: "zero address", "x": "Enter an"}
    for to, why in wrong.items():
        with pytest.raises(Refusal, match=why):
            book.save(alice, to, "Somebody")
    assert kept(alice) == []


def test_an_address_made_like_a_saved_one_is_not_saved(alice: User) -> None:
    book.save(alice, OUTSIDE, "Rent")
    with pytest.raises(Refusal, match="not the address you know"):
        book.save(alice, imitating(OUTSIDE), "Landlord")
    assert kept(alice) == ["Rent"]


def test_a_name_stands_for_one_entry(alice: User, bob: User) -> None:
    book.save(alice, OUTSIDE, "Rent")
    with pytest.raises(Refusal, match="Another entry has this name"):
        book.save(alice, bob.email, "rent")
    saved = book.save(alice, bob.email, "Bob")
    with pytest.raises(Refusal, match="Another entry has this name"):
        book.rename(alice, saved.pk, "RENT")
    assert kept(alice) == ["Bob", "Rent"]


def test_renaming_happens_once_and_only_to_ones_own(alice: User, bob: User) -> None:
    payee = book.save(alice, OUTSIDE, "Rent")
    assert not book.rename(bob, payee.pk, "Mine")
    assert book.rename(alice, payee.pk, "rent")
    assert not book.rename(alice, payee.pk, "rent")
    assert kept(alice) == ["rent"]
    assert AuditEvent.objects.filter(action="payee.renamed").count() == 1
    assert f"Rent ({short_party(OUTSIDE)}) is called rent since" in letter_about(alice, "payee_renamed")
    assert book.rename(alice, payee.pk, "Rent")
    assert Notice.objects.filter(user=alice, kind="payee_renamed").count() == 2, "a name that comes back is told too"


def test_removing_happens_once_and_only_to_ones_own(alice: User, bob: User) -> None:
    payee = book.save(alice, OUTSIDE, "Rent")
    assert not book.remove(bob, payee.pk)
    assert book.remove(alice, payee.pk)
    assert not book.remove(alice, payee.pk)
    assert kept(alice) == []
    assert AuditEvent.objects.filter(action="payee.removed").count() == 1
    assert f"Rent ({short_party(OUTSIDE)}) was removed on" in letter_about(alice, "payee_removed")


def test_what_was_removed_and_saved_again_waits_again(alice: User) -> None:
    first = book.save(alice, OUTSIDE, "Rent")
    Payee.objects.filter(pk=first.pk).update(saved_at=timezone.now() - timedelta(days=3))
    book.remove(alice, first.pk)
    again = book.save(alice, OUTSIDE, "Rent")

    assert again.pk != first.pk
    assert again.is_new


def test_ten_are_saved_in_a_day_and_removing_makes_no_room(sandbox: Control, alice: User) -> None:
    for number in range(book.A_DAY):
        payee = book.save(alice, f"0x{number + 1:x}".ljust(42, "a"), f"Number {number}")
        book.remove(alice, payee.pk)
    with pytest.raises(Refusal, match="You can save 10 in 24 hours"):
        book.save(alice, OUTSIDE, "Rent")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert book.save(alice, OUTSIDE, "Rent").nickname == "Rent"
