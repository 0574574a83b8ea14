"""Sending USDC: to another customer here by e-mail, or to an address on Polygon.

From the form to the review page. What is refused, is refused here before anything exists: a wrong or dangerous address,
oneself, somebody who cannot receive, a wallet that cannot send. Confirming and everything after it is `confirming.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from walletapp import features
from walletapp.accounts import pausing
from walletapp.money import Money
from walletapp.payees import only_saved
from walletapp.payees.acquaintances import require_unlike
from walletapp.payees.recipients import Recipient, find_recipient
from walletapp.transfers import exchange_question, limits, screening
from walletapp.transfers.models import Transfer
from walletapp.transfers.quoting import MAX, price
from walletapp.transfers.states import OPEN, Kind, State
from walletapp.wallet.ledger import InsufficientFunds, WalletFrozen
from walletapp.wallet.models import Wallet


@dataclass(frozen=True, slots=True)
class EarlierSends:
    """How often money of a person reached a place, when last, and how often it is on its way there."""

    times: int
    last_at: datetime | None
    under_way: int


def start(
    user: Any, *, to: str, amount: Money | None, side: str, at_exchange: str = "", network_checked: bool = False
) -> Transfer:
    """A priced draft of a send, to be reviewed. `amount` is None for Max; `side` is source, destination or max.

    `at_exchange` and `network_checked` answer the question of a first send to an address outside. Raises a Refusal (and
    then nothing exists) or OmsUnavailable. Not safe to repeat, and harmless when repeated: a draft moves nothing.
    """
    features.require_open(features.SENDS, user)
    wallet = sending_wallet(user)
    recipient = find_recipient(user, to)
    screening.require_clear(user, recipient.address, "quote")
    require_known_place(user, recipient.address)
    if is_first_outside(user, recipient):
        exchange_question.require_answer(at_exchange, network_checked)
    require_enough(wallet, amount)
    if amount is not None:
        limits.require_within_send_limits(wallet, amount, timezone.now())
    transfer = Transfer.objects.create(
        user=user,
        wallet=wallet,
        kind=Kind.SEND,
        to_address=recipient.address,
        to_wallet=recipient.wallet,
        to_email=recipient.email,
        asked_minor=amount.minor if amount else None,
        asked_side=side if amount else MAX,
        at_exchange=at_exchange if recipient.wallet is None else "",
    )
    try:
        price(transfer)
    except Exception:
        transfer.delete()  # a draft without a price is nothing
        raise
    return transfer


def sending_wallet(user: Any) -> Wallet:
    """The wallet this person sends from. Raises WalletFrozen when there is none to send from."""
    wallet = (
        Wallet.objects.filter(user=user, custody=Wallet.Custody.CUSTODIAL, state=Wallet.State.ACTIVE)
        .select_related("user__customer")
        .first()
    )
    if wallet is None:
        raise WalletFrozen("Your wallet is not open yet. Nothing was sent.")
    pausing.require_not_paused(user)
    if wallet.frozen_reason:
        raise WalletFrozen(
            "Sending from your wallet is paused while we check something. Your money is safe and nothing was sent."
        )
    return wallet


def require_enough(wallet: Wallet, amount: Money | None) -> None:
    """Refuse early what the hold would refuse later, with the same words."""
    wallet.refresh_from_db()
    if amount is not None and wallet.available < amount:
        held = f" {wallet.held} is on hold for transfers under way." if wallet.held else ""
        raise InsufficientFunds(
            f"Not enough available: you have {wallet.available}.{held} Nothing was sent. Choose a smaller amount.",
            field="amount",
        )


def require_known_place(user: Any, address: str) -> None:
    """Refuse what is made to look like a place this person knows, and, where they wish so, all they did not save.

    Raises LookAlike, NotSaved or SavedTooRecently. Asked at the form, and again under the wallet's row lock.
    """
    require_unlike(user, address)
    only_saved.require_allowed(user, address)


def is_first_outside(user: Any, recipient: Recipient) -> bool:
    """Whether nothing of this person has reached this address yet, and it is no wallet here."""
    return recipient.wallet is None and not earlier_sends(user, None, recipient.address).times


def earlier_sends(user: Any, to_wallet_id: Any, to_address: str) -> EarlierSends:
    """The sends of this person to the same place: by wallet where it is one here, however it was named."""
    here = {"to_wallet": to_wallet_id} if to_wallet_id else {"to_address__iexact": to_address}
    sends = Transfer.objects.filter(user=user, kind=Kind.SEND, **here).order_by()
    done = sends.filter(state=State.COMPLETED).aggregate(times=Count("pk"), last_at=Max("finished_at"))
    return EarlierSends(under_way=sends.filter(state__in=OPEN).count(), **done)


def explorer_link(transfer: Transfer) -> str:
    """The transaction on a public explorer; empty until there is a hash of the right form."""
    tx_hash = transfer.tx_hash
    is_hash = (
        tx_hash.startswith("0x") and len(tx_hash) == 66 and all(c in "0123456789abcdefABCDEF" for c in tx_hash[2:])
    )
    return f"{settings.EXPLORER_URL}/tx/{tx_hash}" if is_hash else ""
