"""Differences among our own rows, which no answer of OMS would show.

What must stay true: what a wallet holds back is the sum of its open transfers; what it stores is the sum of its ledger
entries; nothing is open that nobody works on. Reads only; each check is one statement, so that it sees one moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from walletapp.transfers import overdue
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import OPEN, OUTGOING
from walletapp.wallet import verifying
from walletapp.wallet.models import LedgerAccount, Wallet


@dataclass(frozen=True, slots=True)
class Difference:
    """Two of our own rows that say different things."""

    kind: str
    key: str
    wallet: Wallet
    detail: dict[str, str]


def differences() -> Iterator[Difference]:
    """Everything that does not agree, each check run when it is asked for."""
    yield from _holds_without_transfer()
    yield from _stored_otherwise("available", LedgerAccount.Kind.AVAILABLE)
    yield from _stored_otherwise("held", LedgerAccount.Kind.HELD)
    yield from _stuck()


def _holds_without_transfer() -> Iterator[Difference]:
    opened = (
        Transfer.objects.filter(wallet=OuterRef("pk"), kind__in=OUTGOING, state__in=OPEN)
        .order_by()
        .values("wallet")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    wallets = Wallet.objects.annotate(open_transfers=Coalesce(Subquery(opened), 0))
    for wallet in wallets.exclude(held_minor=F("open_transfers")).order_by("pk"):
        detail = {"held": str(wallet.held_minor), "open transfers": str(getattr(wallet, "open_transfers"))}  # noqa: B009
        yield Difference("hold-without-transfer", str(wallet.pk), wallet, detail)


def _stored_otherwise(name: str, kind: LedgerAccount.Kind) -> Iterator[Difference]:
    for wallet in verifying.differing(name, kind):
        stored, summed = str(getattr(wallet, f"{name}_minor")), str(getattr(wallet, "from_entries"))  # noqa: B009
        yield Difference("ledger", f"{wallet.pk}:{name}", wallet, {"stored": stored, "by entries": summed})


def _stuck() -> Iterator[Difference]:
    for transfer in Transfer.objects.filter(overdue.stuck()).select_related("wallet").order_by("pk"):
        since = f"{transfer.confirmed_at or transfer.created_at:%Y-%m-%d %H:%M} UTC"
        detail = {"state": transfer.state, "since": since}
        yield Difference("stuck", str(transfer.pk), transfer.wallet, detail)
