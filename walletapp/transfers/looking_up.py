"""How an unknown outcome becomes known: read the quote, then OMS's list.

An accepted quote proves that an attempt ran; an open one that none did; for an expired one the list decides, and its
silence counts only when it was silent twice, the second time well after the expiry. Nothing is concluded from fields
that OMS left out.
"""

import logging
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone

from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsRejected
from walletapp.transfers.models import Attempt, Transfer
from walletapp.wallet import breaks

log = logging.getLogger(__name__)


WINDOW = timedelta(minutes=10)  # how far before our own time OMS may say it was made


class Verdict(Enum):
    """What to do when there is no transaction to attach (yet)."""

    SEND_AGAIN = auto()  # nobody took the quote: the same bytes under the same key
    NEVER_RAN = auto()  # proven: free the money
    WAIT = auto()  # not known yet


def look_up(transfer: Transfer) -> schemas.Transaction | schemas.CashIn | Verdict:
    """What became of the earlier attempts. Reads only; raises OmsError when OMS cannot be asked."""
    if not (transfer.quote and transfer.quote.oms_id):
        # Cash-in mode: making a code moves no money, so without one the same key may simply be sent again.
        return _find_cash_in(transfer) or Verdict.SEND_AGAIN
    try:
        quote = get_client().get_quote(transfer.quote.oms_id)
    except OmsRejected as missing:
        _call_a_person(transfer, f"OMS does not know the quote: {missing.status}")
        return Verdict.WAIT
    match quote.status:
        case "open" if quote.expires_at - timezone.now() > timedelta(seconds=1):
            return Verdict.SEND_AGAIN
        case "accepted":
            return _find(transfer) or _accepted_but_missing(transfer)
        case "open" | "expired":
            return _after_expiry(transfer)
        case other:
            _call_a_person(transfer, f"OMS says the quote is {other}")
            return Verdict.WAIT


def _find_cash_in(transfer: Transfer) -> schemas.CashIn | None:
    customer, since = transfer.user.customer.oms_id, (transfer.first_sent_at or transfer.created_at) - WINDOW
    client = get_client()
    rows = schemas.walk(
        lambda cursor: client.list_cash_ins(customer_id=customer, created_after=since, starting_after=cursor)
    )
    return next((row for row in rows if row.metadata.get("transferId") == str(transfer.pk)), None)


def _after_expiry(transfer: Transfer) -> schemas.Transaction | Verdict:
    if not transfer.tries.exclude(outcome=Attempt.Outcome.NOT_SENT).exists():
        return Verdict.NEVER_RAN
    if found := _find(transfer):
        return found
    now = timezone.now()
    if transfer.absent_since is None:
        Transfer.objects.filter(pk=transfer.pk).update(absent_since=now)
        return Verdict.WAIT
    assert transfer.quote
    wait = timedelta(seconds=settings.OMS_ABSENCE_SECONDS)
    is_proven = now >= transfer.quote.expires_at + wait and now > transfer.absent_since
    return Verdict.NEVER_RAN if is_proven else Verdict.WAIT


def _find(transfer: Transfer) -> schemas.Transaction | Verdict | None:
    """The transaction in OMS's list that is ours. WAIT when the list has candidates we cannot tell apart."""
    since = (transfer.first_sent_at or transfer.created_at) - WINDOW
    customer = transfer.user.customer.oms_id
    client = get_client()
    rows = {
        row.id: row
        for row in schemas.walk(
            lambda cursor: client.list_customer_transactions(customer, created_after=since, starting_after=cursor)
        )
    }
    ours = [row for row in rows.values() if is_named(transfer, row)]
    if len(ours) == 1:
        return ours[0]
    nameless = [row for row in rows.values() if not _has_names(row) and _looks_alike(transfer, row)]
    taken = set(Transfer.objects.filter(oms_id__in=[row.id for row in nameless]).values_list("oms_id", flat=True))
    nameless = [row for row in nameless if row.id not in taken]
    if not ours and len(nameless) == 1:
        why = "Attached by amount and time: OMS gave no names"
        Transfer.objects.filter(pk=transfer.pk).update(attention=why)
        found = nameless[0].id
        breaks.open_break("attached-without-names", str(transfer.pk), wallet=transfer.wallet, transaction=found)
        return nameless[0]
    if ours or nameless:
        _call_a_person(transfer, "More than one transaction at OMS could be this one")
        return Verdict.WAIT
    return None


def is_named(transfer: Transfer, row: schemas.Transaction) -> bool:
    """Whether OMS's transaction carries any of the names we gave ours."""
    return (
        (bool(row.quote_id) and transfer.quote is not None and row.quote_id == transfer.quote.oms_id)
        or row.transfer_id == str(transfer.pk)
        or (row.partner_no is not None and row.partner_no == transfer.partner_no)
    )


def _has_names(row: schemas.Transaction) -> bool:
    return bool(row.quote_id or row.transfer_id or row.partner_no)


def _looks_alike(transfer: Transfer, row: schemas.Transaction) -> bool:
    quote = transfer.quote
    if quote is None or row.source.wallet_id not in ("", transfer.wallet.oms_id):
        return False
    target = row.destination.target
    account = str(transfer.external_account.oms_id) if transfer.external_account else ""
    wanted = {str(transfer.to_wallet.oms_id) if transfer.to_wallet else "", transfer.to_address.lower(), account}
    said = {target.wallet_id, target.address.lower(), target.external_account} - {""}
    same_place = not said or bool(said & wanted)
    return (
        same_place
        and _minor(row.source.gross) == quote.source_gross_minor
        and (_minor(row.destination.net) == quote.destination_net_minor)
    )


def _minor(amount: object) -> int | None:
    return getattr(amount, "minor", None)


def _accepted_but_missing(transfer: Transfer) -> Verdict:
    began = transfer.first_sent_at or timezone.now()
    if timezone.now() - began > timedelta(seconds=settings.OMS_ABSENCE_SECONDS):
        _call_a_person(transfer, "OMS took the quote but does not list a transaction")
    return Verdict.WAIT


def _call_a_person(transfer: Transfer, why: str) -> None:
    Transfer.objects.filter(pk=transfer.pk).update(attention=why[:200])
    breaks.open_break("unknown-outcome", str(transfer.pk), wallet=transfer.wallet, why=why)
    log.critical("ALERT %s", why, extra={"transfer": str(transfer.pk)})
