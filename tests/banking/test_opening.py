"""One's own account number: asked for once, opened by OMS or by staff, shown to its owner alone."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.banking.people import make_insider, opened
from tests.builders import signed_in
from tests.control import Control
from walletapp import features
from walletapp.accounts.models import Endorsement, User
from walletapp.audit.models import AuditEvent
from walletapp.banking import missing, opening
from walletapp.banking.models import MissingDeposit, VirtualAccount
from walletapp.banking.states import VirtualAccountState as State
from walletapp.notifications.models import Notice
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet

pytestmark = pytest.mark.django_db

SENT = {"amount": "250", "sent_on": "2026-01-05", "rail": "ach", "bank_name": "Chase"}


def test_an_account_is_opened_with_the_details_of_oms(insider: User) -> None:
    account = opened(insider)
    assert account.state == State.ACTIVE
    assert str(account.oms_id).startswith("va_")
    assert account.owner_name == "Alice Example"
    assert account.reference.startswith("VA-")
    assert Notice.objects.filter(user=insider, kind="bank_details").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM banking_virtualaccount")
        assert str(account.account_number) not in repr(cursor.fetchall())


def test_asking_twice_is_one_account(insider: User) -> None:
    first, second = opened(insider), opened(insider)
    assert first.pk == second.pk
    assert len(get_client().list_virtual_accounts(insider.customer.oms_id).items) == 1


def test_without_access_or_endorsement_there_is_none(insider: User, outsider: User) -> None:
    with pytest.raises(features.SwitchedOff):
        opening.ask_for_account(outsider)
    Endorsement.objects.filter(customer__user=insider, name="usd").delete()
    with pytest.raises(opening.CannotOpen):
        opening.ask_for_account(insider)
    assert not VirtualAccount.objects.exists()


def test_a_lost_answer_never_makes_a_second_account(insider: User, sandbox: Control) -> None:
    account = opening.ask_for_account(insider)
    sandbox.fault("dropAfterAccept", path="virtual-accounts", method="POST")
    opening.provision(str(account.pk))
    account.refresh_from_db()
    assert account.state == State.OPENING
    VirtualAccount.objects.filter(pk=account.pk).update(due_at=timezone.now())
    opening.provision(str(account.pk))
    account.refresh_from_db()
    assert account.state == State.ACTIVE
    assert len(get_client().list_virtual_accounts(insider.customer.oms_id).items) == 1


def test_an_event_about_an_account_nobody_knows_waits() -> None:
    with pytest.raises(NotYet):
        opening.apply_virtual_account("va_unknown1", {})


def test_an_event_changes_nothing_that_oms_does_not_say(insider: User) -> None:
    account = opened(insider)
    opening.apply_virtual_account(str(account.oms_id), {"status": "deleted"})
    account.refresh_from_db()
    assert account.state == State.ACTIVE


# ----- the page -----


def test_the_page_asks_for_the_account_and_shows_every_line_with_copy(insider: User) -> None:
    browser = signed_in(insider)
    assert "Get my account number" in browser.get("/bank-transfers/add-money/").content.decode()
    browser.post("/bank-transfers/add-money/")
    assert "Your account number is being made" in browser.get("/bank-transfers/add-money/").content.decode()
    account = opened(insider)
    page = browser.get("/bank-transfers/add-money/").content.decode()
    for value in (
        account.bank_name,
        account.routing_number,
        account.account_number,
        account.owner_name,
        account.reference,
    ):
        assert f'data-copy="{value}"' in page
    text = browser.get("/bank-transfers/add-money/details.txt")
    assert text["Content-Type"].startswith("text/plain")
    assert f"Account number: {account.account_number}" in text.content.decode()


def test_somebody_else_sees_their_own_and_never_these(insider: User, sandbox: Control) -> None:
    account = opened(insider)
    other = signed_in(make_insider(sandbox, "cora"))
    assert str(account.account_number) not in other.get("/bank-transfers/add-money/").content.decode()
    assert other.get("/bank-transfers/add-money/details.txt").status_code == 404


def test_a_paused_account_hides_its_number(insider: User) -> None:
    account = opened(insider)
    VirtualAccount.objects.update(state=State.PAUSED)
    page = signed_in(insider).get("/bank-transfers/add-money/").content.decode()
    assert "Paused by our bank partner" in page
    assert str(account.account_number) not in page


def test_by_hand_the_page_says_who_does_it(insider: User, settings: Any) -> None:
    settings.OMS_BANK_ACCOUNTS = "hand"
    browser = signed_in(insider)
    browser.post("/bank-transfers/add-money/")
    assert "A person at our bank partner does this" in browser.get("/bank-transfers/add-money/").content.decode()
    assert not get_client().list_virtual_accounts(insider.customer.oms_id).items


# ----- money that is missing -----


def test_missing_money_is_reported_once_and_answered_once(insider: User, settings: Any) -> None:
    browser = signed_in(insider)
    sent = {**SENT, "sent_on": timezone.localdate().isoformat()}
    assert browser.post("/bank-transfers/add-money/missing/", sent).status_code == 302
    browser.post("/bank-transfers/add-money/missing/", {**sent, "reference": "VA-1"})
    report = MissingDeposit.objects.get()
    assert (report.reference, report.amount.text()) == ("VA-1", "250.00")

    assert missing.answer(None, report.pk, "It arrived on Monday.") is True
    assert missing.answer(None, report.pk, "Something else.") is False
    assert "It arrived on Monday." in browser.get("/bank-transfers/add-money/missing/").content.decode()
    assert Notice.objects.get(kind="missing_answered").context["answer"] == "It arrived on Monday."
    actions = AuditEvent.objects.filter(action__startswith="missing_deposit").order_by("seq")
    assert [e.action for e in actions] == ["missing_deposit.reported", "missing_deposit.answered"]


def test_a_report_needs_a_day_that_has_been(insider: User) -> None:
    answer = signed_in(insider).post("/bank-transfers/add-money/missing/", {**SENT, "sent_on": "2100-01-01"})
    assert answer.status_code == 422
    assert "has not come yet" in answer.content.decode()


def test_more_than_five_reports_at_a_time_are_refused(insider: User) -> None:
    today = timezone.localdate()
    for cents in range(1, missing.MOST + 1):
        from tests.builders import usd

        missing.report(insider, amount=usd(f"{cents}.00"), sent_on=today, rail="ach", bank_name="Chase")
    with pytest.raises(missing.TooManyReports):
        missing.report(insider, amount=usd("99.00"), sent_on=today, rail="ach", bank_name="Chase")
