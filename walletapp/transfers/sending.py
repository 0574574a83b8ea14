"""Sending USDC: to another customer here by e-mail, or to an address on Polygon.

From the form to the review page. What is refused, is refused here before anything exists: a wrong or dangerous address,
oneself, somebody who cannot receive, a wallet that cannot send. Confirming and everything after it is `confirming.py`.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.forms import ValidationError
from django.utils import timezone

from walletapp import features
from walletapp.accounts import pausing
from walletapp.accounts.models import User
from walletapp.chain.addresses import read_address, require_payable
from walletapp.money import Money
from walletapp.refusals import Refusal
from walletapp.transfers import limits
from walletapp.transfers.models import Transfer
from walletapp.transfers.quoting import MAX, price
from walletapp.transfers.states import Kind, State
from walletapp.wallet.ledger import InsufficientFunds, WalletFrozen
from walletapp.wallet.models import Wallet


class CannotReceive(Refusal):
    """The money cannot go there. Nothing was changed."""

    code = "cannot_receive"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="to")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a send goes: a wallet here, or an address outside (kept as checksummed)."""

    address: str
    wallet: Wallet | None = None
    email: str = ""


def start(user: Any, *, to: str, amount: Money | None, side: str) -> Transfer:
    """A priced draft of a send, to be reviewed. `amount` is None for Max; `side` is source, destination or max.

    Raises a Refusal (and then nothing exists) or OmsUnavailable. Not safe to repeat, and harmless when repeated: a
    draft moves nothing.
    """
    features.require_open(features.SENDS, user)
    wallet = sending_wallet(user)
    recipient = find_recipient(user, to)
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


def find_recipient(user: Any, text: str) -> Recipient:
    """Read what was typed as "to": an e-mail address of a customer here, or a Polygon address."""
    text = text.strip()
    recipient = _by_email(user, text) if "@" in text else _by_address(text)
    if recipient.wallet and recipient.wallet.user_id == user.pk:
        raise CannotReceive("This is your own wallet. Nothing was sent: the money is already there.")
    return recipient


def require_enough(wallet: Wallet, amount: Money | None) -> None:
    """Refuse early what the hold would refuse later, with the same words."""
    wallet.refresh_from_db()
    if amount is not None and wallet.available < amount:
        held = f" {wallet.held} is on hold for transfers under way." if wallet.held else ""
        raise InsufficientFunds(
            f"Not enough available: you have {wallet.available}.{held} Nothing was sent. Choose a smaller amount.",
            field="amount",
        )


def times_sent(user: Any, transfer: Transfer) -> int:
    """How many sends of this person to the same place are done."""
    done = Transfer.objects.filter(user=user, kind=Kind.SEND, state=State.COMPLETED)
    if transfer.to_wallet_id:
        return done.filter(to_wallet=transfer.to_wallet_id).count()
    return done.filter(to_address=transfer.to_address).count()


def explorer_link(transfer: Transfer) -> str:
    """The transaction on a public explorer; empty until there is a hash of the right form."""
    tx_hash = transfer.tx_hash
    is_hash = (
        tx_hash.startswith("0x") and len(tx_hash) == 66 and all(c in "0123456789abcdefABCDEF" for c in tx_hash[2:])
    )
    return f"{settings.EXPLORER_URL}/tx/{tx_hash}" if is_hash else ""


def _by_email(user: Any, text: str) -> Recipient:
    try:
        validate_email(text)
    except ValidationError:
        raise CannotReceive("This is not a complete e-mail address. Check it and try again.") from None
    found = User.objects.filter(email__iexact=text, is_active=True).first()
    theirs = Wallet.objects.custodial().filter(user=found, state=Wallet.State.ACTIVE)
    wallet = theirs.select_related("user").first() if found else None
    if not wallet:
        # The same sentence whether the address is unknown or only without a wallet: it tells nothing about a person.
        raise CannotReceive(
            f"Nobody with a wallet here can be reached at {text}. Nothing was sent. "
            "Check the address, or ask for their Polygon address."
        )
    return Recipient(address=wallet.address, wallet=wallet, email=wallet.user.email)


def _by_address(text: str) -> Recipient:
    address = read_address(text)
    require_payable(address)
    wallet = Wallet.objects.filter(address__iexact=address, custody="custodial", state=Wallet.State.ACTIVE).first()
    return Recipient(address=address, wallet=wallet)
