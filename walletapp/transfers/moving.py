"""Moving a transfer from state to state, and keeping the row the customer sees in step with it.

The only code that changes `Transfer.state`. Call it inside the database transaction that does what follows.
"""

from typing import Any

from django.utils import timezone

from walletapp.oms import schemas
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import FINAL, MOVES, RANK, Kind, State, word_for
from walletapp.transitions import advance
from walletapp.wallet.models import Movement, Wallet
from walletapp.wallet.states import Direction, MovementKind

# What a move says of the price it was made at.
_QUOTE_IS = {
    State.AWAITING_CASH: Quote.Status.ACCEPTED,
    State.PROCESSING: Quote.Status.ACCEPTED,
    State.COMPLETED: Quote.Status.ACCEPTED,
    State.EXPIRED: Quote.Status.EXPIRED,
}


def move(transfer: Transfer, to: State, **values: Any) -> bool:
    """Advance to `to` if the table of moves allows it from where the row is now. True for the one caller that moved it.

    The movement's word, the quote's status, the time of the end, and the count of attempts follow along.
    """
    now = timezone.now()
    if to in FINAL:
        values |= {"finished_at": now, "due_at": None, "attention": ""}
    if not advance(transfer, to=to, frm=MOVES[to], rank=RANK[to], attempts=0, **values):
        return False
    Movement.objects.filter(pk=transfer.pk).update(
        word=word_for(transfer.kind, to), amount_minor=transfer.amount_minor, finished_at=now if to in FINAL else None
    )
    if transfer.quote_id and to in _QUOTE_IS:
        Quote.objects.filter(pk=transfer.quote_id, status=Quote.Status.OPEN).update(status=_QUOTE_IS[to])
    return True


def record_movement(transfer: Transfer) -> Movement:
    """Write the row the customer sees for this transfer, once, in the transaction that confirms or makes it."""
    return Movement.objects.create(
        id=transfer.id,
        wallet=transfer.wallet,
        kind=MovementKind(transfer.kind),
        direction=Direction.IN if transfer.is_incoming else Direction.OUT,
        word=word_for(transfer.kind, transfer.state),
        amount_minor=transfer.amount_minor,
        other_party=other_party(transfer)[:200],
        page="transfers:transfer",
        reverses_id=transfer.reverses_id,
        created_at=timezone.now(),
        finished_at=timezone.now() if transfer.is_final else None,
    )


def record_arrival(wallet: Wallet, found: schemas.Transaction, **of_its_kind: Any) -> Transfer:
    """The transfer of money that OMS brings by itself, with its movement: on its way, and due to be looked at.

    Raises IntegrityError where the transaction has its transfer already.
    """
    now, arrives = timezone.now(), found.destination.net
    transfer = Transfer.objects.create(
        user=wallet.user,
        wallet=wallet,
        state=State.PROCESSING,
        rank=RANK[State.PROCESSING],
        amount_minor=arrives.minor if arrives else 0,
        oms_id=found.id,
        arrival_ref=f"txn:{found.id}",
        oms_status=found.status[:40],
        confirmed_at=now,
        checked_at=now,
        due_at=now,
        **of_its_kind,
    )
    record_movement(transfer)
    return transfer


def other_party(transfer: Transfer) -> str:
    """Who or where the money comes from or goes to, in the customer's words."""
    if transfer.kind == Kind.SEND:
        return recipient_name(transfer)
    if transfer.external_account:
        return transfer.external_account.label
    return transfer.from_party or transfer.store_name


def recipient_name(transfer: Transfer) -> str:
    """Whom a send goes to, as the customer named them: an e-mail address, or the full address on Polygon.

    An address never tells whose it is.
    """
    return transfer.to_email or transfer.to_address
