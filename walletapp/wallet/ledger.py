"""The double-entry ledger: the only code that changes what a wallet holds.

Each function writes one ledger transaction that sums to zero and, in the same database transaction, the wallet's
projections. Call them inside the transaction that makes the move they belong to (`advance()` first, so there is one
winner); called outside any transaction they raise. A second hold, or post and void of the same movement, hits the
unique constraint on (movement, slot) and rolls everything back: the guard is the database's.
"""

from django.db import models, transaction

from walletapp.money import Money
from walletapp.refusals import Refusal
from walletapp.wallet.models import LedgerAccount, LedgerEntry, LedgerTransaction, Movement, Wallet

AVAILABLE, HELD, SETTLEMENT = (
    LedgerAccount.Kind.AVAILABLE,
    LedgerAccount.Kind.HELD,
    LedgerAccount.Kind.SETTLEMENT,
)
Kind, Slot = LedgerTransaction.Kind, LedgerTransaction.Slot


class InsufficientFunds(Refusal):
    """The wallet has less available than is asked for. Nothing was changed."""

    code = "insufficient_funds"


class WalletFrozen(Refusal):
    """Staff or a contradiction stopped this wallet. Nothing was changed."""

    code = "wallet_frozen"


def hold(movement: Movement) -> None:
    """Set the movement's amount aside. Raises InsufficientFunds or WalletFrozen, and then nothing has changed."""
    amount = movement.amount_minor
    taken = Wallet.objects.filter(
        pk=movement.wallet_id, available_minor__gte=amount, frozen_reason="", state=Wallet.State.ACTIVE
    ).update(available_minor=models.F("available_minor") - amount, held_minor=models.F("held_minor") + amount)
    if not taken:
        _refuse(Wallet.objects.get(pk=movement.wallet_id))
    _write(movement, Slot.HOLD, Kind.HOLD, {AVAILABLE: -amount, HELD: amount})


def post(movement: Movement) -> None:
    """The amount set aside has left the wallet for good."""
    amount = movement.amount_minor
    Wallet.objects.filter(pk=movement.wallet_id).update(held_minor=models.F("held_minor") - amount)
    _write(movement, Slot.RESOLVE, Kind.POST, {HELD: -amount, SETTLEMENT: amount})


def void(movement: Movement) -> None:
    """The amount set aside did not leave: give it back."""
    amount = movement.amount_minor
    Wallet.objects.filter(pk=movement.wallet_id).update(
        available_minor=models.F("available_minor") + amount, held_minor=models.F("held_minor") - amount
    )
    _write(movement, Slot.RESOLVE, Kind.VOID, {HELD: -amount, AVAILABLE: amount})


def receive(movement: Movement) -> None:
    """The movement's amount has reached the wallet."""
    amount = movement.amount_minor
    Wallet.objects.filter(pk=movement.wallet_id).update(available_minor=models.F("available_minor") + amount)
    _write(movement, Slot.RECEIVE, Kind.RECEIVE, {AVAILABLE: amount, SETTLEMENT: -amount})


def _refuse(wallet: Wallet) -> None:
    if wallet.frozen_reason or not wallet.is_open:
        raise WalletFrozen(
            "Sending from your wallet is paused while we check something. Your money is safe and nothing was sent. "
            "We will write to you; you do not need to do anything."
        )
    on_hold = f" {Money(wallet.held_minor, wallet.currency)} is on hold for transfers under way." * bool(
        wallet.held_minor
    )
    raise InsufficientFunds(
        f"Not enough available: you have {wallet.available}.{on_hold} Nothing was sent. Choose a smaller amount."
    )


def _write(
    movement: Movement,
    slot: LedgerTransaction.Slot,
    kind: LedgerTransaction.Kind,
    amounts: dict[LedgerAccount.Kind, int],
) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("the ledger is written inside the move it belongs to")
    if sum(amounts.values()):
        raise AssertionError("a ledger transaction sums to zero")
    record = LedgerTransaction.objects.create(movement=movement, slot=slot, kind=kind)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=record, account=_account(movement.wallet, side), amount_minor=amount)
        for side, amount in amounts.items()
        if amount
    )


def _account(wallet: Wallet, kind: LedgerAccount.Kind) -> LedgerAccount:
    owner = None if kind == SETTLEMENT else wallet
    account, _ = LedgerAccount.objects.get_or_create(wallet=owner, kind=kind, asset=wallet.asset)
    return account


def entry_sum(wallet: Wallet, kind: LedgerAccount.Kind) -> int:
    """What the entries say the wallet holds, in minor units, recomputed from nothing."""
    total = LedgerEntry.objects.filter(account__wallet=wallet, account__kind=kind).aggregate(
        total=models.Sum("amount_minor")
    )["total"]
    return int(total or 0)
