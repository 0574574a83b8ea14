"""USDC that arrives at a wallet's address from outside (contract section 5: OMS makes no transaction for it).

What must stay true: a deposit is credited only as far as a balance read now has room for it, and never while money that
OMS itself is bringing to the same wallet may be what the balance shows. So open arrivals are asked about first, and a
hash that is already known here is the same money told twice.
"""

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from walletapp.money import InvalidAmount, Money
from walletapp.oms.client import get_client
from walletapp.oms.envelope import deposit_in
from walletapp.oms.inbox import NotYet
from walletapp.transfers import receiving, tracking
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import ARRIVING, AT_OMS, Kind, State
from walletapp.wallet.models import Wallet

log = logging.getLogger(__name__)


def apply_deposit(wallet_oms_id: str, data: Mapping[str, Any]) -> None:
    """Credit what an event says has arrived, if the balance shows it. Idempotent.

    Without an amount in the event the whole unexplained part of the balance is the deposit. Raises NotYet while the
    balance does not show it or may show something else.
    """
    deposit = deposit_in(data)
    if deposit is None:
        return
    wallet = Wallet.objects.custodial().filter(oms_id=wallet_oms_id).first()
    if wallet is None:
        raise NotYet(f"wallet {wallet_oms_id} is not known here")
    if str(deposit.get("asset", wallet.asset)).lower() != wallet.asset:
        log.error("ALERT another asset arrived", extra={"wallet": str(wallet.pk), "asset": str(deposit.get("asset"))})
        return
    if _is_known(wallet, deposit):
        return
    _settle_open_arrivals(wallet)
    _credit(wallet, deposit, get_client().get_wallet_balance(wallet_oms_id).balance)


def _settle_open_arrivals(wallet: Wallet) -> None:
    """What OMS may be delivering to this wallet is asked about first: under way, it makes the balance ambiguous."""
    arriving = Q(wallet=wallet, kind__in=ARRIVING) | Q(to_wallet=wallet, kind=Kind.SEND)
    for transfer in Transfer.objects.filter(arriving, state__in=AT_OMS).select_related("wallet", "quote"):
        tracking.ask(transfer)
        transfer.refresh_from_db()
        if transfer.state in AT_OMS and transfer.state != State.AWAITING_CASH:
            raise NotYet("money that OMS is bringing to this wallet is still under way")


def _is_known(wallet: Wallet, deposit: Mapping[str, Any]) -> bool:
    """Whether it was credited already: told again, it needs no look at OMS."""
    claimed = _claimed(wallet, deposit)
    return receiving.is_known(wallet, _reference(wallet, deposit, claimed), _tx_hash(deposit), claimed)


def _credit(wallet: Wallet, deposit: Mapping[str, Any], balance: Money) -> None:
    wallet.refresh_from_db()
    if _is_known(wallet, deposit):
        return
    unexplained = balance - wallet.available - wallet.held
    claimed = _claimed(wallet, deposit)
    amount = claimed or unexplained
    if amount <= Money.zero(wallet.currency) or unexplained < amount:
        raise NotYet("the balance does not show this deposit")
    sender = str(deposit.get("fromAddress") or "")[:64] or "An address outside"
    reference, tx_hash = _reference(wallet, deposit, claimed), _tx_hash(deposit)
    receiving.credit(wallet, Kind.DEPOSIT, reference, amount, sender, tx_hash=tx_hash, balance=balance)


def _tx_hash(deposit: Mapping[str, Any]) -> str:
    return str(deposit.get("txHash") or "")[:80]


def _claimed(wallet: Wallet, deposit: Mapping[str, Any]) -> Money | None:
    try:
        return Money.from_wire(deposit["amount"], wallet.currency) if "amount" in deposit else None
    except InvalidAmount:
        return None


def _reference(wallet: Wallet, deposit: Mapping[str, Any], claimed: Money | None) -> str:
    """One name for one deposit, however often it is told. Two amounts in one chain transaction are two deposits."""
    if tx_hash := _tx_hash(deposit).lower():
        return f"deposit:{wallet.pk}:{tx_hash}:{claimed.minor if claimed else ''}"
    said = hashlib.sha256(repr(sorted(deposit.items())).encode()).hexdigest()[:32]
    return f"deposit:{wallet.pk}:{said}"
