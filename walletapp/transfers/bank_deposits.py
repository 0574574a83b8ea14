"""Dollars that arrive at a virtual account: OMS makes the transaction by itself, and it gets its transfer here.

What must stay true: one transaction is one transfer, however often it is told; it is placed only where the account, its
wallet and what OMS says agree; whatever cannot be placed waits on a list for staff and is credited to nobody; the money
itself is credited by `tracking.settle` alone. A rail that is switched off changes nothing here: what is on its way
arrives.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from walletapp.accounts.models import Customer
from walletapp.audit import trail
from walletapp.banking.models import UnmatchedDeposit, VirtualAccount
from walletapp.durable import durable
from walletapp.money import Currency
from walletapp.oms import schemas
from walletapp.transfers import moving
from walletapp.transfers.bank_arrivals import BankArrival
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind
from walletapp.wallet.models import Wallet

log = logging.getLogger(__name__)

NETWORKS = {"ach": "ach", "wire": "wire", "usbank": "ach", "swift": "wire"}
_NAMES = {"ach": "ACH", "wire": "wire"}
SENDER_DIFFERS = frozenset({"senderNameMismatch", "nameMismatch"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a deposit belongs, or why nobody can say."""

    account: VirtualAccount | None = None
    wallet: Wallet | None = None
    problem: str = ""


def begin(found: schemas.Transaction) -> Transfer | None:
    """The transfer of a bank deposit, made now if it is new. None for every other transaction, and for a deposit that
    cannot be placed: that one is on the list for staff then. Safe to repeat."""
    if not is_deposit(found):
        return None
    known = BankArrival.objects.filter(transfer__oms_id=found.id).select_related("account").first()
    if known is not None:
        return begin_at(known.account, found)
    place = _place_of(found)
    if place.problem or place.account is None:
        _queue(found, place.problem)
        return None
    return begin_at(place.account, found)


def begin_at(account: VirtualAccount, found: schemas.Transaction) -> Transfer:
    """The transfer of a deposit to this account, made now if it is new. Safe to repeat."""
    try:
        return _begin(account, found)
    except IntegrityError:  # told twice in the same moment
        return Transfer.objects.get(oms_id=found.id)


def is_deposit(found: schemas.Transaction) -> bool:
    """Whether OMS made it because dollars arrived at a virtual account."""
    is_other = found.type not in ("", "fiatToCrypto") or found.cash_in_id or found.quote_id or found.reverses
    return not is_other and bool(found.virtual_account_id or found.source.network in NETWORKS)


def is_waiting(found: schemas.Transaction) -> bool:
    """Whether it is on the list for staff."""
    return UnmatchedDeposit.objects.filter(oms_id=found.id).exists()


def goes_back(code: str) -> bool:
    """Whether OMS's word for a failure means that the money is on its way back to where it came from."""
    return code in SENDER_DIFFERS


def why_failed(code: str) -> str:
    """For the customer, from OMS's word. It says where the money is only where that is known."""
    if goes_back(code):
        return "The name on the sending account is not yours. The money goes back to it, mostly within five bank days."
    return "It could not be added to your wallet. Our staff have been told and write to you."


def _place_of(found: schemas.Transaction) -> _Place:
    account = (
        VirtualAccount.objects.filter(oms_id=found.virtual_account_id).select_related("wallet__user").first()
        if found.virtual_account_id
        else None
    )
    target = found.destination.target.wallet_id
    if account is None:
        return _Place(problem="It names no account number that we know.")
    if target not in ("", account.wallet.oms_id):
        return _Place(problem="OMS brings it to another wallet than the one of its account number.")
    if found.destination.asset not in ("", account.wallet.asset):
        return _Place(problem=f"It arrives as {found.destination.asset}.")
    return _Place(account, account.wallet)


@durable
def _begin(account: VirtualAccount, found: schemas.Transaction) -> Transfer:
    wallet = Wallet.objects.select_for_update(of=("self",)).select_related("user").get(pk=account.wallet_id)
    transfer = Transfer.objects.filter(oms_id=found.id).first() or _record(wallet, found)
    if not transfer.is_final:
        _keep_figures(transfer, account, found)
    _placed(found)
    return transfer


def _record(wallet: Wallet, found: schemas.Transaction) -> Transfer:
    rail, sender = NETWORKS.get(found.source.network, "ach"), _sender(found)
    from_party = f"{sender or 'Your bank'}, by {_NAMES[rail]}"
    return moving.record_arrival(wallet, found, kind=Kind.BANK_IN, rail=rail, from_party=from_party)


def _keep_figures(transfer: Transfer, account: VirtualAccount, found: schemas.Transaction) -> None:
    source, destination = found.source, found.destination
    came = source.gross or source.amount
    figures: dict[str, Any] = {
        "account": account,
        "sender": _sender(found),
        "came_minor": came.minor if came and came.currency is Currency.USD else None,
        "fee_minor": source.fees.total.minor if source.fees else 0,
        "fee_out_minor": destination.fees.total.minor if destination.fees else 0,
        "rate": str(found.rates.exchange or "")[:60],
    }
    BankArrival.objects.update_or_create(transfer=transfer, defaults=figures)


def _sender(found: schemas.Transaction) -> str:
    """The name on the sending account, as much as OMS tells of it."""
    source = found.raw.get("source")
    bank = source.get("bankDetails") if isinstance(source, dict) else None
    name = bank.get("ownerName") if isinstance(bank, dict) else None
    return name.strip()[:160] if isinstance(name, str) else ""


@durable
def _queue(found: schemas.Transaction, problem: str) -> None:
    """Put it on the list, once, or bring it up to date there. What concerns none of our customers is not ours."""
    if not _concerns_us(found):
        return
    came = found.source.gross or found.source.amount
    told: dict[str, Any] = {
        "oms_status": found.status[:40],
        "seen_at": timezone.now(),
        "amount_minor": came.minor if came and came.currency is Currency.USD else None,
    }
    row, is_new = UnmatchedDeposit.objects.get_or_create(
        oms_id=found.id,
        defaults={
            **told,
            "why": problem[:200],
            "rail": found.source.network[:20],
            "virtual_account_oms_id": found.virtual_account_id,
            "wallet_oms_id": found.destination.target.wallet_id,
            "came_at": found.created_at,
        },
    )
    if not is_new:
        UnmatchedDeposit.objects.filter(pk=row.pk).update(**told)
        return
    trail.record(None, "bank_deposit.unmatched", row, reason=problem)
    log.error("ALERT a bank deposit could not be placed", extra={"transaction": found.id, "problem": problem})


def _placed(found: schemas.Transaction) -> None:
    """Off the list, if it was on it."""
    waiting = UnmatchedDeposit.objects.filter(oms_id=found.id, state=UnmatchedDeposit.State.OPEN)
    now = timezone.now()
    if waiting.update(state=UnmatchedDeposit.State.PLACED, closed_at=now, how_closed="its account became known"):
        trail.record(None, "bank_deposit.placed", UnmatchedDeposit.objects.get(oms_id=found.id))


def _concerns_us(found: schemas.Transaction) -> bool:
    """Unless OMS names another customer than ours, it may be."""
    named = found.recipient_customer_id or found.sender_customer_id
    return not named or Customer.objects.filter(oms_id=named).exists()
