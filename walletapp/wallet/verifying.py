"""Proof that the ledger is whole, recomputed from nothing: for `manage.py verify_ledger` and for reconciliation.

What must stay true: nothing here changes anything, and each check is one statement, so that it sees one moment even
while money moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.db.models.functions import Coalesce

from walletapp.wallet.models import LedgerAccount, LedgerEntry, LedgerTransaction, Wallet

SHOWN = 20  # offenders named per check


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be true, how much was looked at, and what is wrong with it (nothing, when all is well)."""

    name: str
    looked_at: int
    wrong: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.wrong


def verify() -> Iterator[Check]:
    """Every check, each run when it is asked for."""
    yield _everything_is_zero()
    yield _each_transaction_is_zero()
    yield _projection("available", LedgerAccount.Kind.AVAILABLE)
    yield _projection("held", LedgerAccount.Kind.HELD)
    yield _resolved_only_what_was_held()


def _everything_is_zero() -> Check:
    totals = LedgerEntry.objects.values("account__asset").annotate(
        total=models.Sum("amount_minor"), n=models.Count("pk")
    )
    rows = list(totals.order_by("account__asset"))
    wrong = [f"{row['account__asset']}: {row['total']}" for row in rows if row["total"]]
    return Check("all entries of an asset sum to zero", sum(row["n"] for row in rows), tuple(wrong))


def _each_transaction_is_zero() -> Check:
    uneven = (
        LedgerEntry.objects.values("transaction_id", "account__asset")
        .annotate(total=models.Sum("amount_minor"))
        .exclude(total=0)
        .order_by("transaction_id")
    )
    wrong = [f"{row['transaction_id']}: {row['total']}" for row in uneven[:SHOWN]]
    return Check("each ledger transaction sums to zero", LedgerTransaction.objects.count(), tuple(wrong))


def differing(name: str, kind: LedgerAccount.Kind) -> models.QuerySet[Wallet]:
    """Wallets whose stored `<name>_minor` is not the sum of their entries, which is given along as `from_entries`."""
    entries = (
        LedgerEntry.objects.filter(account__wallet=models.OuterRef("pk"), account__kind=kind)
        .order_by()
        .values("account__wallet")
        .annotate(total=models.Sum("amount_minor"))
        .values("total")
    )
    wallets = Wallet.objects.annotate(from_entries=Coalesce(models.Subquery(entries), 0))
    return wallets.exclude(**{f"{name}_minor": models.F("from_entries")}).order_by("pk")


def _projection(name: str, kind: LedgerAccount.Kind) -> Check:
    shown = differing(name, kind).values_list("pk", f"{name}_minor", "from_entries")[:SHOWN]
    wrong = [f"wallet {pk}: {stored} stored, {summed} by its entries" for pk, stored, summed in shown]
    return Check(f"{name} of each wallet is the sum of its entries", Wallet.objects.count(), tuple(wrong))


def _resolved_only_what_was_held() -> Check:
    """Post and void give back exactly what the hold of the same movement took."""
    slot = LedgerTransaction.Slot
    held = LedgerEntry.objects.filter(
        transaction__movement=models.OuterRef("transaction__movement"),
        transaction__slot=slot.HOLD,
        account=models.OuterRef("account"),
    ).values("amount_minor")[:1]
    resolved = LedgerEntry.objects.filter(transaction__slot=slot.RESOLVE, account__kind=LedgerAccount.Kind.HELD)
    other = (
        resolved.annotate(taken=Coalesce(models.Subquery(held), 0))
        .exclude(amount_minor=-models.F("taken"))
        .order_by("pk")
        .values_list("transaction_id", "amount_minor", "taken")
    )
    wrong = [f"{pk}: held {taken}, resolved {amount}" for pk, amount, taken in other[:SHOWN]]
    return Check("what was resolved is what was held", resolved.count(), tuple(wrong))
