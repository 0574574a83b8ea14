"""Closing an account: once, only when nothing is left to do, and then nobody gets in."""

from typing import Any

import pytest
from django.conf import settings as current
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.builders import PASSWORD, make_customer, make_user, signed_in, usdc, wallet_of
from tests.control import Control
from tests.privacy.people import empty, make_sender
from tests.second_factors import code_of, give_app, token_on
from tests.transfers.steps import OUTSIDE, confirm, confirmed, drafted, finished
from walletapp.accounts.models import Onboarding, User
from walletapp.accounts.onboarding import freeze, save_step
from walletapp.audit.models import AuditEvent
from walletapp.moments import written_day
from walletapp.notifications.delivery import make_message
from walletapp.notifications.models import Notice
from walletapp.payees.recipients import CannotReceive
from walletapp.privacy import closing
from walletapp.privacy.models import Closure
from walletapp.wallet import breaks
from walletapp.wallet.models import Wallet

pytestmark = pytest.mark.django_db

SURE = {"is_sure": "on"}


def close(client: Any, **more: str) -> Any:
    return client.post("/your-data/close/", {**SURE, **more})


def test_an_empty_account_closes_and_nobody_gets_in_any_more(transactional_db: None) -> None:
    user = make_user("alice")
    here, elsewhere = signed_in(user), signed_in(user)
    answer = close(here)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Your account is closed" in here.get("/").content.decode()
    for browser in (here, elsewhere):
        assert browser.get("/home/").status_code == 302, "signed out, on every device"
    here.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert here.get("/home/").status_code == 302, "the password opens nothing any more"
    closure = Closure.objects.get(user=user)
    assert (closure.erase_after - closure.closed_at).days == current.ERASE_AFTER_DAYS
    assert closure.erased_at is None
    assert AuditEvent.objects.filter(action="account.closed", actor=user).count() == 1
    letter = make_message(Notice.objects.get(user=user, kind="account_closed")).body
    assert written_day(closure.erase_after) in letter


def test_closing_twice_is_closing_once(transactional_db: None) -> None:
    user = make_user("alice")
    assert closing.close(user.pk) == closing.close(user.pk)
    assert AuditEvent.objects.filter(action="account.closed").count() == 1
    assert Notice.objects.filter(kind="account_closed").count() == 1


def test_it_wants_a_tick_and_a_proof(transactional_db: None) -> None:
    user = make_user("alice")
    client = signed_in(user)
    assert client.post("/your-data/close/", {}).status_code == 422
    give_app(user)
    token = token_on(close(client).content)
    assert close(client, token=token, code="000000").status_code == 422
    assert close(client, password=PASSWORD).status_code == 200
    assert not Closure.objects.exists()
    assert close(client, token=token, code=code_of(user)).status_code == 302
    assert Closure.objects.filter(user=user).exists()


def refused(user: User, because: str) -> None:
    with pytest.raises(closing.CannotClose, match=because):
        closing.close(user.pk)
    user.refresh_from_db()
    assert user.is_active
    assert user.has_usable_password()
    assert not Closure.objects.exists()
    page = signed_in(user).get("/your-data/close/").content.decode()
    assert "This has to be done first" in page
    assert "Yes, close my account" not in page


def test_not_while_it_holds_money_or_money_is_on_its_way(transactional_db: None, sandbox: Control) -> None:
    bob = make_sender(sandbox)
    refused(bob, "still holds 100.00 USDC")
    transfer = confirmed(bob, to=OUTSIDE, side="max")
    refused(bob, "1 transfer is under way")
    finished(sandbox, transfer)
    assert closing.close(bob.pk).user == bob


def test_a_draft_nobody_confirmed_is_no_obstacle(transactional_db: None, sandbox: Control) -> None:
    bob = make_sender(sandbox)
    drafted(bob, amount=usdc("5"))
    empty(sandbox, bob, OUTSIDE)
    assert closing.close(bob.pk).user == bob


def test_not_while_a_difference_is_looked_into(transactional_db: None, sandbox: Control) -> None:
    bob = make_customer(sandbox, "bob")
    wallet = Wallet.objects.get(user=bob)
    breaks.open_break("balance", wallet.pk, wallet, remote="1", ours="2")
    refused(bob, "looking into a difference")
    breaks.settle_break("balance", wallet.pk, "healed")
    assert closing.close(bob.pk).user == bob


def test_not_while_identity_answers_are_on_their_way(transactional_db: None) -> None:
    from tests.accounts.steps import FORMS
    from walletapp.accounts.steps import STEPS

    user = make_user("charlie")
    for step in STEPS:
        form = step.form(FORMS[step.slug], saved=None)
        assert form.is_valid(), form.errors
        save_step(user, step.slug, form.answer())
    freeze(user, agreed=True, ip_address="127.0.0.1")
    refused(user, "on their way to our partner")
    assert Onboarding.objects.get(user=user).state == "submitting"


def test_not_for_a_member_of_the_staff(transactional_db: None) -> None:
    refused(make_user("clerk", is_staff=True), "member of our team")


def test_nobody_can_be_paid_at_a_closed_account(transactional_db: None, sandbox: Control) -> None:
    carol, bob = make_customer(sandbox, "carol"), make_sender(sandbox)
    address = wallet_of(carol).address
    draft = drafted(bob, to=address, amount=usdc("5"))
    closing.close(carol.pk)
    for place in (carol.email, address):
        with pytest.raises(CannotReceive):
            drafted(bob, to=place, amount=usdc("5"))
    with pytest.raises(CannotReceive):
        confirm(draft)
    assert wallet_of(bob).held == usdc("0")


def test_the_database_erases_nothing_before_its_day(transactional_db: None) -> None:
    closure = closing.close(make_user("alice").pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.filter(pk=closure.pk).update(erased_at=timezone.now())
