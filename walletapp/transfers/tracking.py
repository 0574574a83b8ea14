"""Following a transfer at OMS to its end, by polling and by webhook, through one and the same function.

A webhook is only a bell: `apply_transaction` reads the transaction again and believes that. `settle` is the only way
to "done" and "did not happen" for what OMS has taken; called twice it does nothing, called with something that
contradicts what we know it changes nothing, freezes the wallet and opens a break.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from walletapp.durable import durable
from walletapp.faultpoints import reach
from walletapp.moments import written
from walletapp.money import Money
from walletapp.notifications.tell import tell
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet
from walletapp.transfers import bank_deposits, moving, receiving, returning
from walletapp.transfers.agreeing import disagreement
from walletapp.transfers.models import Transfer
from walletapp.transfers.reasons import in_plain_words
from walletapp.transfers.states import ARRIVING, FINAL, Kind, State
from walletapp.wallet import breaks, ledger
from walletapp.wallet.models import Movement

log = logging.getLogger(__name__)

# A webhook usually comes first; a lost one costs at most one of these waits.
POLL_STEPS = [4.0, 10, 30, 120, 600, 3600]

# What is told when it is done.
_TOLD = {
    Kind.SEND: "sent",
    Kind.WITHDRAWAL: "withdrawn",
    Kind.CASH_IN: "cash_arrived",
    Kind.BANK_IN: "bank_arrived",
    Kind.RETURNED: "came_back",
}

_STATUSES = {
    "processing": State.PROCESSING,
    "awaitingAction": State.PROCESSING,
    "completed": State.COMPLETED,
    "failed": State.FAILED,
}


def ask(transfer: Transfer) -> None:
    """Ask OMS how a transfer it has taken is doing, and apply the answer. Raises OmsError when it cannot be asked."""
    if transfer.kind == Kind.CASH_IN and transfer.cash_in_id:
        from walletapp.transfers.funding import apply_cash_in

        apply_cash_in(transfer.cash_in_id, {})
        transfer.refresh_from_db()
    if transfer.oms_id and not transfer.is_final:
        take_in(transfer, get_client().get_transaction(transfer.oms_id))


def take_in(transfer: Transfer, found: schemas.Transaction) -> None:
    """Apply a freshly read transaction to both ends of it: our transfer, and whoever here it pays. Idempotent."""
    bank_deposits.begin(found)
    settle(str(transfer.pk), found)
    receiving.apply_arrival(found)


def apply_transaction(oms_id: str, data: Mapping[str, Any]) -> None:
    """Bring our rows in line with what OMS now says about one transaction. `data` is not believed.

    Raises NotYet when the transaction concerns nobody we know (yet).
    """
    found = get_client().get_transaction(oms_id)
    ours = whose(found)
    if ours is not None:
        settle(str(ours.pk), found)
    is_known = receiving.apply_arrival(found) or ours is not None or bank_deposits.is_waiting(found)
    if not is_known:
        raise NotYet(f"transaction {oms_id} belongs to no transfer here")


def whose(found: schemas.Transaction) -> Transfer | None:
    """The transfer this transaction is about. What OMS began by itself, a return or a deposit, gets its row here and
    now."""
    return returning.begin(found) or bank_deposits.begin(found) or find_ours(found)


def find_ours(found: schemas.Transaction) -> Transfer | None:
    """The transfer this transaction carries out: by its id, else by one of the names we gave it."""
    names: list[dict[str, Any]] = [
        {"oms_id": found.id},
        {"pk": _uuid_or_none(found.transfer_id)},
        {"partner_no": found.partner_no},
        {"quote__oms_id": found.quote_id or None},
        {"cash_in_id": found.cash_in_id or None},
    ]
    with_price = Transfer.objects.select_related("wallet", "quote")
    for name in names:
        if None not in name.values() and (transfer := with_price.filter(**name).first()):
            return transfer
    return None


def _uuid_or_none(text: str) -> UUID | None:
    """Somebody else's metadata.transferId need not be a uuid."""
    try:
        return UUID(text)
    except ValueError:
        return None


@durable
def settle(transfer_id: str, found: schemas.Transaction) -> None:
    """Apply a freshly read transaction to its transfer: climb, post or free the money, tell. Idempotent."""
    transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("wallet", "user", "quote", "to_wallet", "external_account", "reverses__quote")
        .get(pk=transfer_id)
    )
    now = timezone.now()
    Transfer.objects.filter(pk=transfer.pk).update(
        checked_at=now, oms_status=found.status[:40], oms_sub_status=found.sub_status[:80]
    )
    target = _STATUSES.get(found.status)
    if transfer.is_final:
        _require_same_end(transfer, found, target)
        return
    if target is None:
        _wonder(transfer, f"OMS status {found.status!r} is not known to us")
        return
    if problem := disagreement(transfer, found):
        _contradiction(transfer, found, problem)
        return
    if transfer.state == State.READY:
        # A restored backup: it was given to OMS, and we have forgotten that.
        moving.move(transfer, State.SUBMITTING, first_sent_at=found.created_at or now)
    {State.PROCESSING: _is_processing, State.COMPLETED: _is_completed, State.FAILED: _has_failed}[target](
        transfer, found
    )
    reach("apply.precommit")


def _is_processing(transfer: Transfer, found: schemas.Transaction) -> None:
    if transfer.kind == Kind.CASH_IN:
        # It is "processing" from the moment the code exists; whether cash was paid is the cash-in's word.
        Transfer.objects.filter(pk=transfer.pk, oms_id=None).update(oms_id=found.id)
        return
    moving.move(transfer, State.PROCESSING, oms_id=found.id, due_at=timezone.now(), unknown_since=None)


def _is_completed(transfer: Transfer, found: schemas.Transaction) -> None:
    values: dict[str, Any] = {"oms_id": found.id, "tx_hash": found.tx_hash[:80], "unknown_since": None}
    if transfer.kind in ARRIVING:
        arrived = found.destination.net
        if arrived is None:
            _wonder(transfer, "OMS completed it without saying what arrived")
            return
        if found.tx_hash and receiving.is_known(transfer.wallet, "", found.tx_hash, arrived):
            _contradiction(transfer, found, "the same money was credited as a deposit")
            return
        values |= {"amount_minor": arrived.minor} | _cash_paid(transfer, found)
    if not moving.move(transfer, State.COMPLETED, **values):
        return
    movement = movement_of(transfer)
    if transfer.kind in ARRIVING:
        ledger.receive(movement)
        transfer.codes.filter(status="active").update(status="used")
    else:
        ledger.post(movement)
    _tell(transfer, _TOLD[Kind(transfer.kind)], transfer.delivered)


def _cash_paid(transfer: Transfer, found: schemas.Transaction) -> dict[str, int]:
    paid = found.source.gross or found.source.amount
    return {"cash_paid_minor": paid.minor} if paid and transfer.kind == Kind.CASH_IN else {}


def _has_failed(transfer: Transfer, found: schemas.Transaction) -> None:
    code = found.error.code if found.error else ""
    if transfer.kind == Kind.CASH_IN:
        from walletapp.transfers.funding import end_as_failed

        end_as_failed(transfer, found.id, code)
        return
    reason = in_plain_words(code)
    if transfer.kind == Kind.RETURNED:
        reason = "The bank sent it back, and it has not reached your wallet yet. Our staff have been told."
        breaks.open_break("return-failed", str(transfer.pk), wallet=transfer.wallet, transaction=found.id)
    if transfer.kind == Kind.BANK_IN:
        reason = bank_deposits.why_failed(code)
        if not bank_deposits.goes_back(code):
            breaks.open_break("bank-deposit-failed", str(transfer.pk), wallet=transfer.wallet, code=code)
    if moving.move(transfer, State.FAILED, oms_id=found.id, reason=reason, unknown_since=None):
        undo(transfer)


def undo(transfer: Transfer) -> None:
    """What follows from "did not happen", in the transaction that made that move."""
    if transfer.is_outgoing:
        ledger.void(movement_of(transfer))
    transfer.codes.filter(status="active").update(status="expired")
    tell_not_happened(transfer)


def tell_not_happened(transfer: Transfer) -> None:
    _tell(transfer, "did_not_happen", transfer.amount)


def movement_of(transfer: Transfer) -> Movement:
    return Movement.objects.select_related("wallet").get(pk=transfer.pk)


def _tell(transfer: Transfer, kind: str, amount: Money) -> None:
    tell(
        transfer.user,
        kind,
        f"{kind}:{transfer.pk}",
        link=reverse("transfers:transfer", args=[transfer.pk]),
        amount=str(amount),
        paid=str(transfer.amount),
        fee=str(transfer.fee) if transfer.fee.minor else "",
        other_party=movement_of(transfer).other_party,
        when=written(timezone.now()),
        reason=transfer.reason,
    )


def _require_same_end(transfer: Transfer, found: schemas.Transaction, target: State | None) -> None:
    """A final transfer stays as it is. OMS saying otherwise is an incident, an older word is just late."""
    if target in FINAL and transfer.oms_id in (None, found.id) and (problem := _other_end(transfer, found, target)):
        _contradiction(transfer, found, problem)


def _other_end(transfer: Transfer, found: schemas.Transaction, target: State | None) -> str:
    if target != transfer.state:
        return f"we say {transfer.state}, OMS says {found.status}"
    arrived = found.destination.net
    if transfer.kind in ARRIVING and target == State.COMPLETED and arrived and arrived != transfer.amount:
        return f"arriving amount: credited {transfer.amount}, OMS says {arrived}"
    return disagreement(transfer, found)


def agrees(transfer: Transfer, found: schemas.Transaction) -> bool:
    """Whether both say that it is over, and the same about it. Changes nothing, so that comparing many is cheap."""
    target = _STATUSES.get(found.status)
    return target in FINAL and transfer.is_final and not _other_end(transfer, found, target)


def _contradiction(transfer: Transfer, found: schemas.Transaction, problem: str) -> None:
    Transfer.objects.filter(pk=transfer.pk).update(attention=problem[:200])
    breaks.freeze(transfer.wallet, "A transfer differs from what OMS says")
    breaks.open_break("contradiction", str(transfer.pk), wallet=transfer.wallet, transaction=found.id, problem=problem)
    log.critical("ALERT transfer contradicts OMS", extra={"transfer": str(transfer.pk), "problem": problem})


def _wonder(transfer: Transfer, why: str) -> None:
    Transfer.objects.filter(pk=transfer.pk).update(attention=why[:200])
    log.error("ALERT %s", why, extra={"transfer": str(transfer.pk)})
