"""Opening the wallet that OMS keeps for a customer, as soon as they may hold money, and following what OMS does to it.

What must stay true: one custodial wallet per customer, asset and chain (a unique constraint says so); its row and key
are committed before OMS is called; OMS is always asked what it has before it is asked to create, and then with the same
key, so that a lost answer never makes a second wallet. An older reading of the status never replaces a newer one, and a
suspended wallet is asked about again until it is not, so that no lost event locks money up.
"""

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from walletapp.accounts.models import Customer, Endorsement
from walletapp.audit import trail
from walletapp.chain.addresses import InvalidAddress, read_address
from walletapp.durable import durable
from walletapp.later import ring
from walletapp.oms import bodies
from walletapp.oms.client import get_client
from walletapp.oms.envelope import deposit_in
from walletapp.oms.errors import OmsError, OmsMisconfigured, OmsRejected, OmsUnavailable
from walletapp.oms.inbox import NotYet
from walletapp.oms.schemas import Wallet as OmsWallet
from walletapp.oms.schemas.page import walk
from walletapp.transitions import advance
from walletapp.wallet import breaks, tasks
from walletapp.wallet.models import Wallet

log = logging.getLogger(__name__)

ASSET, CHAIN = "usdc", "polygon"
NOT_OPENED = "wallet_not_opened"
LOOK_AGAIN = 60  # seconds until a suspended wallet is read again; an event tells sooner
PATIENCE = 8  # attempts, about 20 minutes, after which a person hears of it although nobody refused

STATE_OF = {"active": Wallet.State.ACTIVE, "suspended": Wallet.State.SUSPENDED, "closed": Wallet.State.CLOSED}
# Closed is the end. A wallet being opened is moved by its own provisioning only.
MOVES = {
    Wallet.State.ACTIVE: (Wallet.State.SUSPENDED,),
    Wallet.State.SUSPENDED: (Wallet.State.ACTIVE,),
    Wallet.State.CLOSED: (Wallet.State.ACTIVE, Wallet.State.SUSPENDED),
}


def provision_for(oms_customer_id: str, data: Mapping[str, Any]) -> None:
    """An event about a customer, after our row of them was brought in line: open their wallet if they now may."""
    if customer := Customer.objects.filter(oms_id=oms_customer_id).first():
        open_wallet(customer.pk)


@durable
def open_wallet(customer_id: uuid.UUID) -> None:
    """Make the row that stands for the wallet and ask a worker to open it. Safe to repeat, by anybody at any time."""
    customer = Customer.objects.get(pk=customer_id)
    if not customer.may_hold_money:
        return
    theirs = Wallet.objects.custodial().filter(user=customer.user_id, asset=ASSET, chain=CHAIN)
    if not theirs.exists():
        Wallet.objects.bulk_create([_new_row(customer)], ignore_conflicts=True)
    wallet = theirs.get()
    if wallet.is_being_opened:
        ring(tasks.provision, wallet.pk)


def provision(wallet_id: str) -> None:
    """Claim the row and have OMS open the wallet, or say how a suspended one is.

    Safe to repeat: at most one worker is inside for one wallet.
    """
    wallet = Wallet.claim(wallet_id)
    if wallet is None:
        return
    if wallet.oms_id:
        _look_again(wallet, wallet.oms_id)
        return
    read_at = timezone.now()
    try:
        theirs = _find(wallet) or _create(wallet)
        address = read_address(theirs.address)
    except (OmsError, InvalidAddress) as problem:
        _try_again(wallet, problem)
        return
    _opened(wallet.pk, theirs, address, read_at)


def customers_without_wallet() -> models.QuerySet[Customer]:
    """Customers who may hold money and have nothing to hold it in: the event about them was lost."""
    granted = Endorsement.objects.filter(customer=models.OuterRef("pk"), status=Endorsement.Status.ACTIVE)
    having = Wallet.objects.custodial().filter(user=models.OuterRef("user"), asset=ASSET, chain=CHAIN)
    return Customer.objects.filter(
        models.Exists(granted.filter(name="basic")),
        models.Exists(granted.filter(name="cryptoCustody")),
        ~models.Exists(having),
        is_active=True,
    )


def apply_wallet_status(oms_wallet_id: str, data: Mapping[str, Any]) -> None:
    """An event about a wallet: ask OMS how it is and believe that. Raises NotYet while the wallet is not known here.

    One that tells of money that came in says nothing of the wallet itself.
    """
    if deposit_in(data) is not None:
        return
    wallet = Wallet.objects.filter(oms_id=oms_wallet_id).first()
    if wallet is None:
        raise NotYet(f"wallet {oms_wallet_id}")
    read_at = timezone.now()
    theirs = get_client().get_wallet(oms_wallet_id)
    _follow(wallet.pk, _state_of(theirs), read_at)


def _new_row(customer: Customer) -> Wallet:
    wallet_id = uuid.uuid4()
    return Wallet(
        id=wallet_id,
        user_id=customer.user_id,
        asset=ASSET,
        chain=CHAIN,
        idem_key=f"{settings.ENVIRONMENT_NAME}-wallet-{wallet_id}-0",
        due_at=timezone.now(),
    )


def _find(wallet: Wallet) -> OmsWallet | None:
    """The wallet OMS already has for this customer: from an attempt whose answer was lost, or made by hand."""
    client, customer = get_client(), wallet.user.customer
    found = walk(lambda cursor: client.list_wallets(customer.oms_id, starting_after=cursor))
    same = [it for it in found if (it.asset, it.chain) == (wallet.asset, wallet.chain) and it.status != "closed"]
    return min(same, key=lambda it: it.id) if same else None


def _create(wallet: Wallet) -> OmsWallet:
    body = bodies.wallet_body(wallet.asset, wallet.chain)
    return get_client().create_wallet(wallet.user.customer.oms_id, body, key=wallet.idem_key)


def _look_again(wallet: Wallet, oms_wallet_id: str) -> None:
    """The event that said it is active again may have been lost, so OMS is asked without one."""
    read_at = timezone.now()
    try:
        theirs = get_client().get_wallet(oms_wallet_id)
    except OmsError as problem:
        log.warning("wallet %s not read: %s", wallet.pk, problem)
        wallet.release(due_at=timezone.now() + timedelta(seconds=LOOK_AGAIN))
        return
    wallet.release(due_at=_next_look(wallet.state))
    _follow(wallet.pk, _state_of(theirs), read_at)


@durable
def _opened(wallet_id: uuid.UUID, theirs: OmsWallet, address: str, read_at: datetime) -> None:
    wallet = Wallet.objects.get(pk=wallet_id)
    state = _state_of(theirs)
    told = {"oms_id": theirs.id, "address": address, "status_seen_at": read_at}
    free = {"due_at": _next_look(state), "lease_until": None, "lease_token": ""}
    if not advance(wallet, to=state, frm=[Wallet.State.OPENING], **told, **free):
        return
    breaks.settle_break(NOT_OPENED, wallet.pk, f"opened at attempt {wallet.attempts}")
    trail.record(None, "wallet.opened", wallet, oms_id=theirs.id)
    ring(tasks.refresh_balance, wallet.pk)


@durable
def _follow(wallet_id: uuid.UUID, state: Wallet.State, read_at: datetime) -> None:
    """Believe what was read at `read_at`, unless something newer has been believed already."""
    newer = models.Q(status_seen_at__isnull=True) | models.Q(status_seen_at__lt=read_at)
    if not Wallet.objects.filter(newer, pk=wallet_id).update(status_seen_at=read_at):
        return
    wallet = Wallet.objects.get(pk=wallet_id)
    if advance(wallet, to=state, frm=MOVES[state], due_at=_next_look(state)):
        trail.record(None, f"wallet.{state.value}", wallet, reason="OMS says so")


def _next_look(state: str) -> datetime | None:
    return timezone.now() + timedelta(seconds=LOOK_AGAIN) if state == Wallet.State.SUSPENDED else None


def _state_of(theirs: OmsWallet) -> Wallet.State:
    """A word OMS may add one day stops the wallet rather than opening it."""
    return STATE_OF.get(theirs.status, Wallet.State.SUSPENDED)


def _try_again(wallet: Wallet, problem: Exception) -> None:
    """Nothing is lost: the row stays due with the same key. What will not heal by waiting is shown to staff."""
    log.warning("wallet %s not opened at attempt %s: %s", wallet.pk, wallet.attempts, problem)
    is_ours = isinstance(problem, OmsRejected | OmsMisconfigured | InvalidAddress)
    if is_ours or wallet.attempts >= PATIENCE:
        breaks.open_break(NOT_OPENED, wallet.pk, wallet, attempts=wallet.attempts, problem=str(problem)[:300])
    if isinstance(problem, OmsUnavailable) and problem.retry_after is not None:
        wallet.release(due_at=timezone.now() + timedelta(seconds=problem.retry_after))
    else:
        wallet.again(steps=[60, 300, 900, 1800] if is_ours else [0.5, 2, 5, 15, 60, 300])
