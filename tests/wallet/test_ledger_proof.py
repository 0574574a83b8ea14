"""`manage.py verify_ledger` and what it is made of: silent when all is well, loud about each way it can be wrong."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.builders import make_user
from tests.wallet.conftest import MakeMovement
from walletapp.audit.append_only import protect, unprotect
from walletapp.wallet import ledger
from walletapp.wallet.models import LedgerAccount, LedgerEntry, LedgerTransaction, Wallet
from walletapp.wallet.states import Direction, MovementKind
from walletapp.wallet.verifying import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def wallet(movement: MakeMovement) -> Wallet:
    """Received 100, sent 25 (posted), sent 10 (came back), 5 on hold."""
    wallet = Wallet.objects.create(user=make_user(), state="active", oms_id="wlt_1", idem_key="key-1")
    coming = {"kind": MovementKind.DEPOSIT, "direction": Direction.IN}
    with transaction.atomic():
        ledger.receive(movement(wallet, amount_minor=100_000_000, **coming))
        for amount, end in ((25_000_000, ledger.post), (10_000_000, ledger.void), (5_000_000, None)):
            sent = movement(wallet, amount_minor=amount)
            ledger.hold(sent)
            if end:
                end(sent)
    wallet.refresh_from_db()
    return wallet


@contextmanager
def unprotected(*tables: str) -> Iterator[None]:
    """The database's owner may take the triggers off, and does."""
    for table in tables:
        unprotect(connection, table)
    yield
    for table in tables:
        protect(connection, table)


def wrong() -> dict[str, tuple[str, ...]]:
    return {check.name: check.wrong for check in verify() if not check.is_good}


def test_a_whole_ledger_is_told_so(wallet: Wallet) -> None:
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)

    assert (wallet.available_minor, wallet.held_minor) == (70_000_000, 5_000_000)
    assert out.getvalue().count("ok ") == 5
    assert "WRONG" not in out.getvalue()


def test_an_empty_ledger_is_whole() -> None:
    call_command("verify_ledger", stdout=io.StringIO())


@pytest.mark.parametrize("column", ["available_minor", "held_minor"])
def test_a_figure_that_is_not_the_sum_of_its_entries_is_found(wallet: Wallet, column: str) -> None:
    Wallet.objects.filter(pk=wallet.pk).update(**{column: 1})
    out = io.StringIO()

    with pytest.raises(CommandError) as failure:
        call_command("verify_ledger", stdout=out)
    assert failure.value.returncode == 1
    assert f"WRONG  {column.removesuffix('_minor')} of each wallet" in out.getvalue()
    assert str(wallet.pk) in out.getvalue()


def test_a_changed_entry_is_found_three_times(wallet: Wallet) -> None:
    with unprotected("wallet_ledgerentry"):
        LedgerEntry.objects.filter(account__kind="available", amount_minor=100_000_000).update(amount_minor=1)
    found = wrong()

    assert "all entries of an asset sum to zero" in found
    assert "each ledger transaction sums to zero" in found
    assert "available of each wallet is the sum of its entries" in found


def test_a_transaction_that_gives_back_more_than_it_held_is_found(wallet: Wallet, movement: MakeMovement) -> None:
    sent = movement(wallet, amount_minor=1_000_000)
    accounts = {kind: LedgerAccount.objects.get(wallet=wallet, kind=kind) for kind in ("available", "held")}

    def write(slot: str, kind: str, **amounts: int) -> None:
        record = LedgerTransaction.objects.create(movement=sent, slot=slot, kind=kind)
        entries = [LedgerEntry(transaction=record, account=accounts[k], amount_minor=v) for k, v in amounts.items()]
        LedgerEntry.objects.bulk_create(entries)

    write("hold", "hold", available=-1_000_000, held=1_000_000)
    write("resolve", "void", available=2_000_000, held=-2_000_000)

    assert "what was resolved is what was held" in wrong()


def test_looking_changes_nothing(wallet: Wallet) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(verify())
    assert queries.captured_queries
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)
