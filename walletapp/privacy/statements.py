"""Statements: what came in and what went out of a wallet in a time, from the ledger alone.

What must stay true: opening balance and lines add up to the closing balance, and each is what the ledger says; money
on hold is still the person's, so holding it is no line. Amounts are exact; nothing is rounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from walletapp.money import Money
from walletapp.privacy.periods import Period
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import OUTGOING
from walletapp.wallet.models import LedgerEntry, LedgerTransaction, Movement, Wallet
from walletapp.wallet.states import MovementKind, Word
from walletapp.web import sheets

TRIES = 3  # money may move between reading the lines and reading the balance
COLUMNS = (
    "id", "begun (UTC)", "finished (UTC)", "what", "state", "other party", "money in", "money out", "asset",
    "reference on Polygon", "fee, within money out",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changed the balance. `amount` has its sign, and a fee is within it; `balance` is what there was
    afterwards."""

    at: datetime
    what: str
    other_party: str
    amount: Money
    balance: Money
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One wallet in one time."""

    period: Period
    opening: Money
    lines: tuple[Line, ...]
    closing: Money
    money_in: Money
    money_out: Money

    @property
    def fees(self) -> Money:
        """What of the money that went out was fees."""
        return Money(sum(line.fee.minor for line in self.lines if line.fee), self.closing.currency)


def statement_of(wallet: Wallet, period: Period) -> Statement:
    """What the ledger says of that time. Raises AssertionError rather than hand out one that does not add up."""
    for _ in range(TRIES):
        opening = balance_before(wallet, period.start)
        lines = tuple(_lines(wallet, period, opening))
        closing = balance_before(wallet, period.end)
        money_in, money_out = (_sum(wallet, lines, is_in=is_in) for is_in in (True, False))
        if opening + money_in - money_out == closing:
            return Statement(period, opening, lines, closing, money_in, money_out)
    raise AssertionError(f"the statement of wallet {wallet.pk} for {period.name} does not add up")


def balance_before(wallet: Wallet, moment: datetime) -> Money:
    """What the wallet held just before then, available and on hold together."""
    entries = LedgerEntry.objects.filter(account__wallet=wallet, transaction__created_at__lt=moment)
    return Money(int(entries.aggregate(total=Sum("amount_minor"))["total"] or 0), wallet.currency)


def movements(user: Any, period: Period) -> Iterator[str]:
    """Every movement begun in that time as a line of a sheet, also what is under way and what did not happen."""
    return sheets.lines([COLUMNS, *_movement_rows(user, period)])


def _movement_rows(user: Any, period: Period) -> Iterator[tuple[object, ...]]:
    mine = Movement.objects.for_user(user).filter(created_at__gte=period.start, created_at__lt=period.end)
    hashes = dict(Transfer.objects.filter(user=user).exclude(tx_hash="").values_list("pk", "tx_hash"))
    fees = _fees(Transfer.objects.filter(user=user))
    for movement in mine.order_by("created_at", "id"):
        amount, is_in = movement.amount.wire(), movement.is_incoming
        yield (
            movement.pk,
            _time(movement.created_at),
            _time(movement.finished_at),
            MovementKind(movement.kind).label,
            Word(movement.word).label,
            movement.other_party,
            amount if is_in else "",
            "" if is_in else amount,
            movement.wallet.asset,
            hashes.get(movement.pk, ""),
            Money(fees[movement.pk], movement.wallet.currency).wire() if movement.pk in fees else "",
        )


def _fees(transfers: QuerySet[Transfer]) -> dict[Any, int]:
    """What of each of these was fees, in the wallet's currency. Of what comes in they are taken before it is ours."""
    paid = transfers.filter(kind__in=OUTGOING, fee_minor__gt=0)
    return dict(paid.values_list("pk", "fee_minor"))


def _lines(wallet: Wallet, period: Period, opening: Money) -> Iterator[Line]:
    """Ledger transactions that changed what the wallet held; what was only set aside or given back changed nothing."""
    of_wallet = LedgerTransaction.objects.filter(
        entries__account__wallet=wallet, created_at__gte=period.start, created_at__lt=period.end
    )
    changed = of_wallet.annotate(total=Sum("entries__amount_minor")).exclude(total=0).select_related("movement")
    balance, fees = opening, _fees(Transfer.objects.filter(wallet=wallet))
    for one in changed.order_by("created_at", "pk"):
        amount = Money(int(one.total), wallet.currency)
        balance += amount
        label = str(MovementKind(one.movement.kind).label)
        is_paid = amount.minor < 0 and one.movement_id in fees
        fee = Money(fees[one.movement_id], wallet.currency) if is_paid else None
        yield Line(one.created_at, label, one.movement.other_party, amount, balance, fee)


def _sum(wallet: Wallet, lines: tuple[Line, ...], *, is_in: bool) -> Money:
    minor = (abs(line.amount.minor) for line in lines if (line.amount.minor > 0) == is_in)
    return Money(sum(minor), wallet.currency)


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
