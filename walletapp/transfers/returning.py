"""A payout that the bank sent back after it was done: a new movement that names the first.

What must stay true: the payout stays what it was; it comes back once at most; its row is written when OMS first tells
of it, and money is credited by `tracking.settle` alone, like everything else that OMS brings.
"""

import logging

from walletapp.durable import durable
from walletapp.oms import schemas
from walletapp.transfers import bank_reasons, moving
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind
from walletapp.wallet import breaks

log = logging.getLogger(__name__)


def begin(found: schemas.Transaction) -> Transfer | None:
    """The transfer of a return that OMS made by itself, made now if it is new. None for every other transaction.

    Safe to repeat. A second return of one payout gets no row: it stops the wallet and calls a person.
    """
    if not found.reverses:
        return None
    first = Transfer.objects.filter(oms_id=found.reverses, kind=Kind.WITHDRAWAL).first()
    return _begin(str(first.pk), found) if first else None


@durable
def _begin(first_id: str, found: schemas.Transaction) -> Transfer | None:
    first = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("wallet__user", "external_account")
        .get(pk=first_id)
    )
    known = Transfer.objects.filter(reverses=first).first()
    if known is not None and known.oms_id != found.id:
        _came_back_twice(first, known, found)
        return None
    return known or _record(first, found)


def _record(first: Transfer, found: schemas.Transaction) -> Transfer:
    return moving.record_arrival(
        first.wallet,
        found,
        kind=Kind.RETURNED,
        rail=first.rail,
        external_account=first.external_account,
        reverses=first,
        bank_reason=found.return_reason[:120],
        reason=bank_reasons.explain(found.return_reason).sentence,
    )


def _came_back_twice(first: Transfer, known: Transfer, found: schemas.Transaction) -> None:
    breaks.freeze(first.wallet, "A withdrawal came back twice")
    breaks.open_break(
        "returned-twice", found.id, wallet=first.wallet, transfer=str(first.pk), first_return=str(known.oms_id)
    )
    log.critical("ALERT a payout came back twice", extra={"transfer": str(first.pk), "transaction": found.id})
