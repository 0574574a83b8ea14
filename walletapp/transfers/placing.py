"""What staff do with a deposit nobody could place: look again, say whose it is, or close it with a reason.

What must stay true: OMS is read anew and believed; money is credited by `tracking.settle` alone, and, where OMS does
not say itself which wallet it went to, only as far as the balance OMS shows has room for it. On record with who did it.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone

from walletapp.audit import trail
from walletapp.banking.models import UnmatchedDeposit, VirtualAccount
from walletapp.durable import durable
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.refusals import Refusal
from walletapp.transfers import bank_deposits, tracking
from walletapp.transfers.models import Transfer

Waiting = UnmatchedDeposit.State


class CannotPlace(Refusal):
    """It stays on the list. Nothing was changed."""

    code = "cannot_place"


def look_again(deposit_id: UUID) -> bool:
    """Read it once more: its account may be known by now. True when it was placed. Raises OmsError."""
    row = UnmatchedDeposit.objects.get(pk=deposit_id)
    if row.state != Waiting.OPEN:
        return False
    found = get_client().get_transaction(row.oms_id)
    ours = tracking.whose(found)
    if ours is not None:
        tracking.settle(str(ours.pk), found)
    return ours is not None


def place(actor: Any, deposit_id: UUID, account_oms_id: str, reason: str) -> Transfer:
    """Say that it belongs to this virtual account. Raises CannotPlace or OmsError, and then nothing has changed."""
    row = UnmatchedDeposit.objects.get(pk=deposit_id)
    account = VirtualAccount.objects.filter(oms_id=account_oms_id).select_related("wallet").first()
    if account is None or row.state != Waiting.OPEN:
        raise CannotPlace("There is no such virtual account here, or the deposit was placed or closed meanwhile.")
    found = get_client().get_transaction(row.oms_id)
    _require_room(account, found)
    transfer = bank_deposits.begin_at(account, found)
    _note(str(row.pk), actor, "bank_deposit.placed_by_hand", reason)
    tracking.settle(str(transfer.pk), found)
    return transfer


@durable
def close(actor: Any, deposit_id: UUID, reason: str) -> bool:
    """Take it off the list without crediting anybody. True for the call that did it."""
    rows = UnmatchedDeposit.objects.filter(pk=deposit_id, state=Waiting.OPEN)
    if not rows.update(state=Waiting.CLOSED, closed_at=timezone.now(), how_closed=reason[:300]):
        return False
    trail.record(actor, "bank_deposit.closed", UnmatchedDeposit.objects.get(pk=deposit_id), reason[:300])
    return True


def _require_room(account: VirtualAccount, found: schemas.Transaction) -> None:
    target, wallet = found.destination.target.wallet_id, account.wallet
    if target not in ("", wallet.oms_id):
        raise CannotPlace(f"OMS brings it to the wallet {target}, which is not the one of this account.")
    if target or found.status != "completed" or found.destination.net is None:
        return
    balance = get_client().get_wallet_balance(str(wallet.oms_id)).balance
    wallet.refresh_from_db()
    if balance - wallet.available - wallet.held < found.destination.net:
        raise CannotPlace("The balance of that wallet at OMS does not show this money.")


@durable
def _note(deposit_id: str, actor: Any, action: str, reason: str) -> None:
    row = UnmatchedDeposit.objects.get(pk=deposit_id)
    UnmatchedDeposit.objects.filter(pk=deposit_id).update(how_closed=reason[:300])
    trail.record(actor, action, row, reason[:300])
