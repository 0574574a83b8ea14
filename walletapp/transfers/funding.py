"""Putting cash in: from a store and an amount to a code, and from the code to money in the wallet.

Both ways of OMS meet here and nowhere else (decisions.md, C1): a quote that is executed answers a transaction with a
code; a cash-in answers with the code itself. From the code on they are one.

What must stay true: money is posted by `tracking.settle` alone, from the transaction OMS made, as much as OMS says
arrived; nothing here credits anything. An event or an answer is only a bell: the cash-in is read again and believed.
"""

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from walletapp import features
from walletapp.durable import durable
from walletapp.money import Currency, Money
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet
from walletapp.transfers import cash_codes, estimating, limits, moving, tracking
from walletapp.transfers.models import Transfer
from walletapp.transfers.quoting import price
from walletapp.transfers.states import Kind, State
from walletapp.transfers.stores import Store
from walletapp.wallet import breaks
from walletapp.wallet.ledger import WalletFrozen
from walletapp.wallet.models import Wallet

log = logging.getLogger(__name__)

_NOT_PAID = "The code ran out and no cash was paid with it. Nothing was charged."
_PAID_IN_VAIN = (
    "The store took your cash, but it could not be added to your wallet. Keep your receipt: we are looking into it and "
    "write to you."
)
_MAYBE_PAID = (
    "This could not be added to your wallet. If the store took your cash, keep the receipt: we are looking into it and "
    "write to you."
)
# The words OMS has for a code that nobody paid with: the only failures of which we know that no cash was taken.
_NEVER_PAID = frozenset({"cashNotReceived", "cash_deposit_expired"})


# --- From the form to the review page ---------------------------------------------------------------------------------


def cash_wallet(user: Any) -> Wallet:
    """The wallet this person's cash goes to. Raises WalletFrozen when there is none to put money into."""
    wallet = (
        Wallet.objects.filter(user=user, custody=Wallet.Custody.CUSTODIAL, state=Wallet.State.ACTIVE)
        .select_related("user__customer")
        .first()
    )
    if wallet is None:
        raise WalletFrozen("Your wallet is not open yet. Nothing was charged. Home shows how far it is.")
    return wallet


def start(user: Any, store: Store, amount: Money) -> Transfer:
    """A priced draft, to be reviewed. Dollars are what the person brings, USDC what they want in the wallet.

    Raises a Refusal or OmsError, and then nothing exists. Not safe to repeat, and harmless when repeated.
    """
    features.require_open(features.CASH_IN, user)
    wallet = cash_wallet(user)
    brings = amount.currency is Currency.USD
    cash = amount if brings else estimating.cash_needed(amount)
    limits.require_within_cash_limits(wallet, cash, store.name, timezone.now())
    transfer = Transfer.objects.create(
        user=user,
        wallet=wallet,
        kind=Kind.CASH_IN,
        asked_minor=amount.minor,
        asked_side="source" if brings else "destination",
        store_id=store.id,
        store_reference=store.reference,
        store_name=store.name[:120],
        store_address=store.full_address[:200],
    )
    try:
        quote = price(transfer)
        limits.require_within_cash_limits(wallet, quote.you_pay, store.name, timezone.now())
    except Exception:
        _forget(transfer)
        raise
    return transfer


def _forget(transfer: Transfer) -> None:
    transfer.quotes.all().delete()
    transfer.delete()  # a draft nobody has seen is nothing


# --- From OMS's answer to the code ------------------------------------------------------------------------------------


def accept_cash_answer(transfer: Transfer, answer: schemas.Transaction | schemas.CashIn) -> None:
    """OMS has taken the order: keep its ids and the code. Safe to repeat, also after an event that was faster."""
    if isinstance(answer, schemas.CashIn):
        estimating.remember_schedule(answer)
        follow(str(transfer.pk), answer)
    else:
        _accept_transaction(str(transfer.pk), answer)


@durable
def _accept_transaction(transfer_id: str, answer: schemas.Transaction) -> None:
    transfer = _locked(transfer_id)
    if answer.is_final or transfer.is_final:
        return  # `tracking.settle` is about to end it
    _wait_for_cash(transfer, oms_id=answer.id, cash_in_id=answer.cash_in_id or None)
    if answer.cash_instructions and transfer.state == State.AWAITING_CASH:
        cash_codes.keep(transfer, answer.cash_instructions)


def _wait_for_cash(transfer: Transfer, *, cash_in_id: str | None, oms_id: str | None = None) -> None:
    """Climb to "code made", once; afterwards only what was not known is filled in."""
    ids = {"oms_id": transfer.oms_id or oms_id, "cash_in_id": transfer.cash_in_id or cash_in_id}
    if transfer.state in {State.SUBMITTING, State.UNKNOWN}:
        moving.move(transfer, State.AWAITING_CASH, **ids, unknown_since=None)
    else:
        Transfer.objects.filter(pk=transfer.pk).update(**ids)


# --- Following the cash-in --------------------------------------------------------------------------------------------


def apply_cash_in(cash_in_oms_id: str, data: Mapping[str, Any]) -> None:
    """Bring our rows in line with what OMS now says about one cash-in. `data` is not believed.

    Raises NotYet when the cash-in belongs to nobody we know (yet).
    """
    cash_in = get_client().get_cash_in(cash_in_oms_id)
    transfer = _find(cash_in)
    if transfer is None:
        raise NotYet(f"cash-in {cash_in_oms_id} belongs to no transfer here")
    follow(str(transfer.pk), cash_in)


def follow(transfer_id: str, cash_in: schemas.CashIn) -> None:
    """Apply a freshly read cash-in to its transfer. Safe to repeat; a word that comes late changes nothing."""
    _apply(transfer_id, cash_in)
    transfer = Transfer.objects.get(pk=transfer_id)
    if cash_in.status in {"completed", "failed"} and cash_in.transaction_id and not transfer.is_final:
        tracking.settle(transfer_id, get_client().get_transaction(cash_in.transaction_id))
    if cash_in.status == "failed":
        _has_failed(transfer_id, cash_in)


@durable
def _apply(transfer_id: str, cash_in: schemas.CashIn) -> None:
    transfer = _locked(transfer_id)
    Transfer.objects.filter(pk=transfer.pk).update(checked_at=timezone.now())
    if transfer.is_final:
        return
    _wait_for_cash(transfer, cash_in_id=cash_in.id)
    paid = cash_in.source.amount
    match cash_in.status:
        case "pending" if transfer.state == State.AWAITING_CASH and cash_in.instructions:
            cash_codes.keep(transfer, cash_in.instructions)
        case "expired" if transfer.state == State.AWAITING_CASH:
            cash_codes.mark_run_out(transfer, cash_in.instructions.code if cash_in.instructions else "")
            _end_if_never_paid(transfer, cash_in)
        case "processing" | "completed":
            cash_codes.mark_used(transfer)
            values: dict[str, Any] = {"cash_paid_minor": paid.minor} if paid else {}
            values |= {"oms_id": cash_in.transaction_id} if cash_in.transaction_id and not transfer.oms_id else {}
            moving.move(transfer, State.PROCESSING, due_at=timezone.now(), **values)
        case "pending" | "expired" | "failed":
            pass  # late, or applied with its transaction
        case other:
            Transfer.objects.filter(pk=transfer.pk).update(attention=f"OMS says the cash-in is {other}"[:200])
            log.error("ALERT unknown status of a cash-in", extra={"transfer": transfer_id, "status": other})


def _end_if_never_paid(transfer: Transfer, cash_in: schemas.CashIn) -> None:
    """In quote mode OMS ends its transaction itself; without one, nobody else would ever end this."""
    age = timezone.now() - (transfer.confirmed_at or transfer.created_at)
    if cash_in.transaction_id or transfer.oms_id or age.total_seconds() < settings.CASH_UNPAID_HOURS * 3600:
        return
    if moving.move(transfer, State.FAILED, reason=_NOT_PAID):
        tracking.undo(transfer)


@durable
def _has_failed(transfer_id: str, cash_in: schemas.CashIn) -> None:
    """End it where its transaction did not, and note the cash that was taken without arriving."""
    transfer = _locked(transfer_id)
    paid = cash_in.source.amount
    if paid and transfer.cash_paid_minor is None and transfer.state != State.COMPLETED:
        Transfer.objects.filter(pk=transfer.pk).update(cash_paid_minor=paid.minor, reason=_PAID_IN_VAIN)
        transfer.cash_paid_minor = paid.minor
    end_as_failed(transfer, transfer.oms_id, cash_in.sub_status)


def end_as_failed(transfer: Transfer, oms_id: str | None, code: str) -> None:
    """OMS says that it failed, and by `code` why: say where the cash is, and put cash in vain before a person.

    Safe to repeat. The caller holds the row lock, and the transaction it commits in.
    """
    never_paid = code in _NEVER_PAID and transfer.cash_paid_minor is None
    reason = _NOT_PAID if never_paid else _PAID_IN_VAIN if transfer.cash_paid_minor else _MAYBE_PAID
    if moving.move(transfer, State.FAILED, oms_id=oms_id, reason=reason, unknown_since=None):
        tracking.undo(transfer)
    if transfer.state == State.FAILED and not never_paid:
        breaks.open_break(
            "cash-taken-not-arrived", str(transfer.pk), wallet=transfer.wallet, code=code, paid=transfer.cash_paid
        )


def _find(cash_in: schemas.CashIn) -> Transfer | None:
    """The transfer of this cash-in: by its id, else by the names we or OMS gave it, of the same customer only."""
    mine = Transfer.objects.filter(kind=Kind.CASH_IN)
    if found := mine.filter(cash_in_id=cash_in.id).first():
        return found
    if cash_in.customer_id:
        mine = mine.filter(user__customer__oms_id=cash_in.customer_id)
    if ours := _own_id(cash_in.metadata.get("transferId")):
        return mine.filter(pk=ours, cash_in_id__isnull=True, rank__gte=40).first()
    return mine.filter(oms_id=cash_in.transaction_id).first() if cash_in.transaction_id else None


def _own_id(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def _locked(transfer_id: str) -> Transfer:
    return (
        Transfer.objects.select_for_update(of=("self",)).select_related("wallet", "user", "quote").get(pk=transfer_id)
    )
