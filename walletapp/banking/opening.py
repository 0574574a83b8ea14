"""A bank account number of one's own that money can be sent to: asked for once, opened by OMS or by staff, followed.

What must stay true: one virtual account per wallet (a unique constraint says so); details are shown to nobody but its
owner, and only while the account is open; an older reading of its status never replaces a newer one.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from walletapp import features
from walletapp.accounts.models import Customer, User
from walletapp.audit import trail
from walletapp.banking import provisioning, tasks
from walletapp.banking.banks import is_routing_number
from walletapp.banking.models import VirtualAccount
from walletapp.banking.states import VIRTUAL_MOVES, VirtualAccountState
from walletapp.durable import durable
from walletapp.later import ring
from walletapp.notifications.tell import tell
from walletapp.oms import bodies
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError, OmsRejected
from walletapp.oms.inbox import NotYet
from walletapp.oms.schemas import VirtualAccount as OmsVirtualAccount
from walletapp.refusals import Refusal
from walletapp.transitions import advance
from walletapp.wallet import breaks
from walletapp.wallet.models import Wallet

State = VirtualAccountState
STATE_OF = {"active": State.ACTIVE, "paused": State.PAUSED, "deleted": State.CLOSED}
PAGE = "/bank-transfers/add-money/"


class CannotOpen(Refusal):
    """There is no virtual account for this person now. Nothing was changed."""

    code = "cannot_open_account"


@durable
def ask_for_account(user: User) -> VirtualAccount:
    """The person's virtual account: a new row to be opened, or the one they have. Safe to repeat.

    Raises SwitchedOff or CannotOpen, and then nothing has changed.
    """
    features.require_open(features.BANK_FUNDING, user)
    customer = Customer.of(user)
    if customer is None or not customer.has("basic", "usd"):
        raise CannotOpen(
            "An account number needs an identity verified for dollars. Your identity page says what is left."
        )
    wallet = Wallet.objects.custodial().filter(user=user, state=Wallet.State.ACTIVE).select_for_update().first()
    if wallet is None:
        raise CannotOpen("Your wallet is not open yet. Home shows how far it is.")
    if found := account_of(user):
        return found
    account_id, by_hand = uuid.uuid4(), provisioning.is_opened_by_hand()
    account = VirtualAccount.objects.create(
        id=account_id,
        user=user,
        wallet=wallet,
        idem_key=provisioning.key_of("va", account_id),
        is_by_hand=by_hand,
        due_at=None if by_hand else timezone.now(),
    )
    trail.record(user, "virtual_account.asked_for", account)
    ring(tasks.provision_virtual, account.pk)
    return account


def account_of(user: Any) -> VirtualAccount | None:
    """The virtual account this person has or is about to have."""
    return VirtualAccount.objects.for_user(user).not_closed().first()


def provision(account_id: str) -> None:
    """Claim the row and have OMS open the account. Safe to repeat: at most one worker is inside for one row."""
    account = VirtualAccount.claim(account_id)
    if account is None:
        return
    if account.oms_id:
        account.done()
        return
    read_at = timezone.now()
    try:
        theirs = provisioning.have_opened(account, lambda: _find(account) or _create(account))
    except OmsRejected as no:
        VirtualAccount.objects.filter(pk=account.pk).update(problem=str(no)[:200])
        provisioning.try_again(account, no)
        return
    if theirs is None:
        return
    if not (theirs.bank.account_number and is_routing_number(theirs.bank.routing_number)):
        provisioning.try_again(account, OmsError("the answer has no account number"))
        return
    opened(account.pk, theirs, read_at)


def apply_virtual_account(oms_id: str, data: Mapping[str, Any]) -> None:
    """An event about a virtual account: ask OMS how it is and believe that. Raises NotYet when it is not known."""
    account = VirtualAccount.objects.filter(oms_id=oms_id).first()
    if account is None:
        raise NotYet(f"virtual account {oms_id}")
    read_at = timezone.now()
    _follow(account.pk, _state_of(get_client().get_virtual_account(oms_id)), read_at)


@transaction.atomic
def opened(account_id: uuid.UUID, theirs: OmsVirtualAccount, read_at: datetime, actor: Any = None) -> bool:
    """Keep what OMS, or staff in its place, says the account is. True for the call that opened it."""
    account = VirtualAccount.objects.select_for_update(of=("self",)).select_related("user").get(pk=account_id)
    bank = theirs.bank
    if account.oms_id or account.state != State.OPENING:
        return False
    for name, value in {
        "oms_id": theirs.id,
        "bank_name": bank.bank_name[:120],
        "routing_number": bank.routing_number,
        "account_number": bank.account_number[:34],
        "account_type": bank.account_type[:20],
        "owner_name": bank.owner_name[:160],
        "reference": bank.reference[:64],
        "problem": "",
        "status_seen_at": read_at,
        "opened_at": timezone.now(),
        "state": _state_of(theirs),
        "due_at": None,
        "lease_until": None,
        "lease_token": "",
    }.items():
        setattr(account, name, value)
    account.save()
    breaks.settle_break(provisioning.NOT_OPENED, account.pk, f"opened at attempt {account.attempts}")
    tell(account.user, "bank_details", f"bank_details:{account.pk}", link=PAGE, bank=account.bank_name)
    trail.record(actor, "virtual_account.opened", account, oms_id=theirs.id, by_hand=account.is_by_hand)
    return True


@durable
def _follow(account_id: uuid.UUID, state: VirtualAccountState, read_at: datetime) -> None:
    account = VirtualAccount.objects.get(pk=account_id)
    if not provisioning.is_newer(account, read_at) or state not in VIRTUAL_MOVES:
        return
    if advance(account, to=state, frm=VIRTUAL_MOVES[state] - {State.OPENING}):
        trail.record(None, f"virtual_account.{state.value}", account, reason="OMS says so")


def _find(account: VirtualAccount) -> OmsVirtualAccount | None:
    return provisioning.find(account, get_client().list_virtual_accounts)


def _create(account: VirtualAccount) -> OmsVirtualAccount:
    body = bodies.virtual_account_body(wallet_id=str(account.wallet.oms_id), metadata={"accountId": str(account.pk)})
    return get_client().create_virtual_account(account.user.customer.oms_id, body, key=account.idem_key)


def _state_of(theirs: OmsVirtualAccount) -> VirtualAccountState:
    """A word OMS may add one day pauses the account rather than opening it."""
    return STATE_OF.get(theirs.status, State.PAUSED)
