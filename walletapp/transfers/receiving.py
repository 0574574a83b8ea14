"""Money that comes in without being asked for: from another customer here, and from outside.

What must stay true: an arrival is credited once, under a reference of OMS's or of the chain that is unique in the
database; and only when a fresh read of OMS shows it, never because an event says so.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from walletapp.accounts.models import Customer
from walletapp.durable import durable
from walletapp.money import InvalidAmount, Money
from walletapp.notifications.tell import tell
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet
from walletapp.transfers import moving
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import OPEN, RANK, Kind, State
from walletapp.wallet import ledger
from walletapp.wallet.models import Wallet


def apply_arrival(found: schemas.Transaction) -> bool:
    """Credit a wallet here that a freshly read transaction pays into. True when it pays somebody here. Idempotent."""
    if found.type not in ("", "cryptoToCrypto") or found.cash_in_id:
        return False
    wallet = _paid_wallet(found)
    if wallet is None:
        return False
    if found.status == "completed" and found.destination.net is not None:
        sender = Customer.objects.filter(oms_id=found.sender_customer_id).select_related("user").first()
        party = sender.user.email if sender else "Another wallet"
        _credit(str(wallet.pk), Kind.RECEIVED, f"txn:{found.id}", found.destination.net, party, tx_hash=found.tx_hash)
    return True


def apply_deposit(wallet_oms_id: str, data: Mapping[str, Any]) -> None:
    """USDC arrived at a wallet's address from outside (contract section 5: no transaction is made for it).

    The amount in the event is taken only as far as the balance, read now, has room for it. Without an amount the whole
    unexplained part of the balance is the deposit. Raises NotYet while open transfers make the balance ambiguous.
    """
    deposit = data.get("deposit")
    wallet = Wallet.objects.filter(oms_id=wallet_oms_id).first()
    if wallet is None:
        raise NotYet(f"wallet {wallet_oms_id} is not known here")
    if not isinstance(deposit, Mapping) or deposit.get("asset", wallet.asset) != wallet.asset:
        return
    seen_at = timezone.now()
    balance = get_client().get_wallet_balance(wallet_oms_id).balance
    _apply_deposit(str(wallet.pk), deposit, balance, seen_at)


def _apply_deposit(wallet_id: str, deposit: Mapping[str, Any], balance: Money, seen_at: Any) -> None:
    wallet = Wallet.objects.get(pk=wallet_id)
    reference = _reference(wallet, deposit)
    if Transfer.objects.filter(arrival_ref=reference).exists():
        return
    tx_hash = str(deposit.get("txHash") or "")
    if tx_hash and Transfer.objects.filter(tx_hash__iexact=tx_hash, wallet=wallet).exists():
        return  # a transaction between wallets here, told a second time as a deposit
    has_open = Transfer.objects.filter(wallet=wallet, state__in=OPEN).exists()
    unexplained = balance - wallet.available - wallet.held
    amount = _claimed(wallet, deposit) or unexplained
    if amount <= Money.zero(wallet.currency) or unexplained < amount:
        raise NotYet("the balance does not show this deposit" + " while transfers are open" * has_open)
    sender = str(deposit.get("fromAddress") or "")[:64]
    _credit(
        wallet_id, Kind.DEPOSIT, reference, amount, sender or "An address outside", tx_hash=tx_hash, wallet_oms=balance
    )


def _claimed(wallet: Wallet, deposit: Mapping[str, Any]) -> Money | None:
    try:
        return Money.from_wire(deposit["amount"], wallet.currency) if "amount" in deposit else None
    except InvalidAmount:
        return None


def _reference(wallet: Wallet, deposit: Mapping[str, Any]) -> str:
    if tx_hash := str(deposit.get("txHash") or ""):
        return f"deposit:{wallet.pk}:{tx_hash.lower()[:80]}"
    said = hashlib.sha256(repr(sorted(deposit.items())).encode()).hexdigest()[:32]
    return f"deposit:{wallet.pk}:{said}"


def _paid_wallet(found: schemas.Transaction) -> Wallet | None:
    target = found.destination.target
    wallets = Wallet.objects.filter(custody=Wallet.Custody.CUSTODIAL, asset=found.destination.asset)
    if target.wallet_id:
        return wallets.filter(oms_id=target.wallet_id).first()
    if target.address:
        return wallets.filter(address__iexact=target.address).first()
    if found.recipient_customer_id and found.recipient_customer_id != found.sender_customer_id:
        return wallets.filter(user__customer__oms_id=found.recipient_customer_id).first()
    return None


def _credit(
    wallet_id: str, kind: Kind, reference: str, amount: Money, party: str, *, tx_hash: str = "", wallet_oms: Any = None
) -> None:
    try:
        _credit_once(wallet_id, kind, reference, amount, party, tx_hash=tx_hash, balance=wallet_oms)
    except IntegrityError:
        if not Transfer.objects.filter(arrival_ref=reference).exists():
            raise


@durable
def _credit_once(
    wallet_id: str, kind: Kind, reference: str, amount: Money, party: str, *, tx_hash: str, balance: Money | None
) -> None:
    wallet = Wallet.objects.select_for_update(of=("self",)).select_related("user").get(pk=wallet_id)
    if Transfer.objects.filter(arrival_ref=reference).exists():
        return
    if balance is not None and balance - wallet.available - wallet.held < amount:
        raise NotYet("the balance was explained by something else meanwhile")
    now = timezone.now()
    transfer = Transfer.objects.create(
        user=wallet.user,
        wallet=wallet,
        kind=kind,
        state=State.COMPLETED,
        rank=RANK[State.COMPLETED],
        amount_minor=amount.minor,
        arrival_ref=reference,
        from_party=party[:200],
        tx_hash=tx_hash[:80],
        oms_status="completed",
        confirmed_at=now,
        finished_at=now,
        checked_at=now,
    )
    ledger.receive(moving.record_movement(transfer))
    tell(
        wallet.user,
        "received",
        f"received:{transfer.pk}",
        link=reverse("transfers:transfer", args=[transfer.pk]),
        amount=str(amount),
        other_party=party,
        when=f"{now:%-d %B %Y, %H:%M} UTC",
    )
