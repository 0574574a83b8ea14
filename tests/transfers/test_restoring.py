"""After a backup was put back: nothing is sent before all was compared, and what OMS did is written down again."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.builders import usdc, wallet_of
from tests.control import Control
from tests.transfers.bank_steps import confirmed_payout, make_account, open_payouts, send_back
from tests.transfers.steps import confirm, confirmed, drafted, finished, work
from walletapp.accounts.models import User
from walletapp.audit.append_only import protect, unprotect
from walletapp.audit.models import AuditEvent
from walletapp.oms.client import get_client
from walletapp.transfers import restoring, standstill, tasks
from walletapp.transfers.models import Attempt, Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import Kind, State
from walletapp.wallet.models import Break, LedgerEntry, LedgerTransaction, Movement, Wallet
from walletapp.wallet.verifying import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def mark() -> Iterator[Path]:
    """The file beside the database, as if there had never been one."""
    file = settings.DATA_DIR / "ledger-mark"
    file.unlink(missing_ok=True)
    yield file
    file.unlink(missing_ok=True)


def forget(transfer: Transfer, *, keep_draft: bool = False) -> None:
    """As an older copy of the database has it: the send is not known, or not confirmed, and its money is available."""
    tables = [LedgerEntry._meta.db_table, LedgerTransaction._meta.db_table]
    for table in tables:
        unprotect(connection, table)
    LedgerEntry.objects.filter(transaction__movement_id=transfer.pk).delete()
    LedgerTransaction.objects.filter(movement_id=transfer.pk).delete()
    for table in tables:
        protect(connection, table)
    Movement.objects.filter(pk=transfer.pk).delete()
    Wallet.objects.filter(pk=transfer.wallet_id).update(available_minor=100_000_000, held_minor=0)
    Attempt.objects.filter(transfer=transfer).delete()
    transfer.authorization.delete()
    old = Transfer.objects.filter(pk=transfer.pk)
    row, quotes = old.values().get(), list(Quote.objects.filter(transfer=transfer).values())
    old.update(due_at=None)
    _delete(transfer)
    if keep_draft:
        Transfer.objects.create(
            id=row["id"], user_id=row["user_id"], wallet_id=row["wallet_id"], kind=row["kind"],
            to_address=row["to_address"], asked_minor=row["asked_minor"], created_at=row["created_at"],
        )  # fmt: skip
        Quote.objects.bulk_create(Quote(**quote) for quote in quotes)


def _delete(transfer: Transfer) -> None:
    """The transfer and its quote point at each other."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        else:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    Quote.objects.filter(transfer=transfer)._raw_delete("default")
    Transfer.objects.filter(pk=transfer.pk)._raw_delete("default")


def test_nothing_is_sent_and_nothing_confirmed_while_it_stands_still(sandbox: Control, alice: User) -> None:
    waiting, draft = confirmed(alice, amount=usdc("5")), drafted(alice, amount=usdc("6"))
    standstill.stand_still("an older copy")
    assert work(waiting).state == State.READY
    with pytest.raises(standstill.StandingStill):
        confirm(draft)
    assert sandbox.sends() == []
    assert wallet_of(alice).held == usdc("5")

    standstill.go_on("compared")
    assert work(waiting).state == State.PROCESSING
    assert len(sandbox.sends()) == 1


@pytest.mark.parametrize("keep_draft", [False, True])
def test_a_send_that_only_oms_knows_is_written_down_again(sandbox: Control, alice: User, keep_draft: bool) -> None:
    sent = finished(sandbox, confirmed(alice, amount=usdc("25")))
    forget(sent, keep_draft=keep_draft)
    standstill.stand_still("an older copy")
    run = restoring.reconcile_first()

    again = Transfer.objects.get(pk=sent.pk)
    assert (again.state, again.oms_id, again.amount, again.fee) == (State.COMPLETED, sent.oms_id, sent.amount, sent.fee)
    assert (again.idem_key, again.partner_no, again.to_address) == (sent.idem_key, sent.partner_no, sent.to_address)
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("75"), usdc("0"))
    assert all(check.is_good for check in verify())
    assert run is not None
    assert (run.differences, Break.objects.count(), len(sandbox.sends())) == (0, 0, 1)
    assert standstill.current() is None
    assert AuditEvent.objects.filter(action="transfer.adopted").count() == 1


def test_a_withdrawal_that_only_oms_knows_is_written_down_again(sandbox: Control, alice: User) -> None:
    open_payouts(alice)
    account = make_account(alice)
    paid = finished(sandbox, confirmed_payout(account, usdc("25"), rail="wire"))
    delivered = paid.delivered
    forget(paid)
    standstill.stand_still("an older copy")
    restoring.reconcile_first()

    again = Transfer.objects.get(pk=paid.pk)
    assert (again.state, again.oms_id, again.amount, again.fee) == (State.COMPLETED, paid.oms_id, paid.amount, paid.fee)
    assert (again.external_account, again.rail, again.delivered) == (account, "wire", delivered)
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("75"), usdc("0"))
    assert not Break.objects.exists()
    assert all(check.is_good for check in verify())


def test_a_withdrawal_that_only_oms_knows_and_its_return_are_both_written_down(sandbox: Control, alice: User) -> None:
    open_payouts(alice)
    paid = finished(sandbox, confirmed_payout(make_account(alice), usdc("25")))
    returned = send_back(sandbox, paid)
    forget(paid)
    standstill.stand_still("an older copy")
    restoring.reconcile_first()

    back = Transfer.objects.get(oms_id=returned)
    assert (back.kind, back.state, back.reverses_id) == (Kind.RETURNED, State.COMPLETED, paid.pk)
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("99.75"), usdc("0"))
    assert not Break.objects.exists()
    assert all(check.is_good for check in verify())


def test_one_that_was_confirmed_and_not_yet_given_to_oms_is_not_given_again(sandbox: Control, alice: User) -> None:
    sent = confirmed(alice, amount=usdc("25"))
    get_client().execute_transaction(bytes(sent.request_body), key=str(sent.idem_key))  # in the time that is forgotten
    Quote.objects.filter(used_by=sent).update(expires_at=timezone.now())
    standstill.stand_still("an older copy")
    restoring.reconcile_first()

    assert Transfer.objects.get(pk=sent.pk).state == State.PROCESSING
    sandbox.settle(sandbox.sends()[0]["transactionId"])
    assert work(Transfer.objects.get(pk=sent.pk)).state == State.COMPLETED
    assert len(sandbox.sends()) == 1


def test_one_that_is_under_way_at_oms_is_followed_to_its_end(sandbox: Control, alice: User) -> None:
    sent = work(confirmed(alice, amount=usdc("25")))
    forget(sent)
    standstill.stand_still("an older copy")
    restoring.reconcile_first()
    assert Transfer.objects.get(pk=sent.pk).state == State.PROCESSING
    assert wallet_of(alice).held == usdc("25")

    sandbox.settle(str(sent.oms_id))
    assert work(Transfer.objects.get(pk=sent.pk)).state == State.COMPLETED
    assert len(sandbox.sends()) == 1


def test_what_our_money_does_not_cover_is_a_break_and_stops_the_wallet(sandbox: Control, alice: User) -> None:
    sent = finished(sandbox, confirmed(alice, amount=usdc("25")))
    forget(sent)
    Wallet.objects.filter(user=alice).update(available_minor=1_000_000)
    standstill.stand_still("an older copy")
    restoring.reconcile_first()
    assert not Transfer.objects.filter(pk=sent.pk).exists()
    assert Break.objects.filter(kind="remote-without-local", key=sent.oms_id).exists()
    assert wallet_of(alice).frozen_reason


def test_it_stands_still_until_oms_has_answered(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", method="GET", path="/transactions$", status=503, times=1)
    with pytest.raises(CommandError, match="OMS could not be asked"):
        call_command("restored", stdout=StringIO())
    assert standstill.current() is not None

    said = StringIO()
    call_command("restored", stdout=said)
    assert "Sending goes on" in said.getvalue()
    assert standstill.current() is None


def test_the_sweep_compares_first(sandbox: Control, alice: User, settings: object) -> None:
    waiting = confirmed(alice, amount=usdc("5"))
    tasks.reconcile_first(str(standstill.stand_still("an older copy").pk))
    assert standstill.current() is None
    assert work(waiting).state == State.PROCESSING


def test_a_ledger_that_fell_behind_its_mark_is_an_older_copy(sandbox: Control, alice: User, mark: Path) -> None:
    assert not standstill.notice_an_older_copy()
    known = int(mark.read_text())
    assert known == LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    confirmed(alice, amount=usdc("5"))
    tasks.keep_mark()
    assert int(mark.read_text()) == known + 2
    assert standstill.current() is None

    mark.write_text(str(known + 3))
    assert standstill.notice_an_older_copy()
    assert standstill.current() is not None
    assert not standstill.notice_an_older_copy()  # known from now on; the standstill lasts


def test_a_worker_looks_before_its_first_task() -> None:
    from celery.signals import worker_init

    from walletapp.celery import look_before_work

    assert look_before_work in [receiver() for _, receiver in worker_init.receivers]
