"""Comparing our rows with OMS's, as the proof that nothing was lost or doubled.

Rows are matched by identity, never by amount and time. Only "we are behind" heals itself, by applying what was read;
every other difference becomes a break with an owner and an age. A balance or a delay that is right again at a later
comparison closes its own break; everything else is closed by a person. OMS lists no deposits from outside (contract
section 5), so one whose event was lost shows as a balance that is too high until OMS delivers the event again. A
balance is too high for a moment whenever money arrives, so that alone becomes a break only if it lasts.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils import timezone

from walletapp.accounts.models import Customer
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError
from walletapp.transfers import own_rows, receiving, tracking
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import ARRIVING, FINAL, OPEN, OUTGOING, Kind, State
from walletapp.wallet import balance, breaks
from walletapp.wallet.models import Break, ReconciliationRun, Wallet

log = logging.getLogger(__name__)

type Adopt = Callable[[schemas.Transaction], bool]

OVERLAP = timedelta(hours=2)
GRACE = timedelta(minutes=5)  # younger than this may simply be under way
WEEK = timedelta(days=7)
PAGE = 100  # the most OMS gives at once

# Found while money may still be where it belongs: they stop no wallet, and close themselves once it is right again.
HEALING = frozenset({"balance", "stuck"})


def reconcile(since: datetime | None = None, adopt: Adopt | None = None) -> ReconciliationRun:
    """Compare every transaction OMS made since the last run (with an overlap), and every balance. Safe to repeat.

    `adopt` writes down what is not known here, after a backup was put back; it says whether it could.
    """
    run = ReconciliationRun.objects.create(covers_since=since or _last_start())
    try:
        seen = _compare_transactions(run, adopt)
        _compare_transfers(run, seen)
        _compare_balances(run, _compared_wallets(), patience=timedelta() if adopt else GRACE)
    except OmsError as problem:
        run.error = str(problem)[:200]
    _compare_own_rows(run)
    run.finished_at = timezone.now()
    run.save()
    return run


def reconcile_week() -> ReconciliationRun:
    """The long comparison: everything of the last seven days."""
    return reconcile(timezone.now() - WEEK)


def look_again() -> None:
    """Compare the balances that were too high, so that soon it is known whether money was just arriving."""
    _compare_balances(ReconciliationRun(), _compared_wallets().filter(more_at_oms_since__isnull=False))


def _last_start() -> datetime:
    last = ReconciliationRun.objects.filter(finished_at__isnull=False, error="").order_by("-started_at").first()
    return (last.started_at if last else timezone.now() - WEEK) - OVERLAP


def _compare_transactions(run: ReconciliationRun, adopt: Adopt | None) -> set[str]:
    client = get_client()
    seen: set[str] = set()
    unknown: list[schemas.Transaction] = []
    rows = schemas.walk(
        lambda cursor: client.list_transactions(created_after=run.covers_since, starting_after=cursor, limit=PAGE)
    )
    for row in _not_agreed(run, rows, seen):
        ours = _ours(row, adopt)
        if ours is not None:
            _compare_one(run, ours, row)
        arrives_here = receiving.apply_arrival(row)
        if ours is None and _is_expected(row, arrives_here):
            unknown.append(row)
    for row in reversed(unknown):  # the oldest first, as the money moved
        if adopt and (ours := _ours(row, adopt)):  # what came back of a payout that was adopted just now
            _compare_one(run, ours, row)
        elif not (adopt and adopt(row)) and (adopt or _is_old(row.created_at)):
            _found(run, "remote-without-local", row.id, wallet=_paying_wallet(row), status=row.status)
    return seen


def _not_agreed(
    run: ReconciliationRun, rows: Iterable[schemas.Transaction], seen: set[str]
) -> Iterator[schemas.Transaction]:
    """Each of OMS's transactions once that has to be looked at more closely; `seen` gets the ids of all."""
    for page in batched(rows, PAGE, strict=False):
        agreed = _agreed(page)
        for row in page:
            if row.id not in seen:
                seen.add(row.id)
                run.compared += 1
                if row.id not in agreed:
                    yield row


def _agreed(page: Sequence[schemas.Transaction]) -> set[str]:
    """Those that are over on both sides, and the same: most of them, and so they are not looked up one by one."""
    parts = ("wallet", "quote", "to_wallet", "external_account", "reverses__quote")
    over = Transfer.objects.filter(oms_id__in=[row.id for row in page], state__in=FINAL).select_related(*parts)
    ours = {transfer.oms_id: transfer for transfer in over}
    credited, paying = receiving.credited(page), receiving.paying(page)
    return {
        row.id
        for row in page
        if (transfer := ours.get(row.id))
        and not _is_priced_for_another(transfer, row)
        and tracking.agrees(transfer, row)
        and (row.id in credited or row.id not in paying)
    }


def _ours(row: schemas.Transaction, adopt: Adopt | None) -> Transfer | None:
    """The transfer it belongs to, unless that says that it was never given to OMS."""
    ours = tracking.whose(row)
    return None if ours and ours.state in _forgotten(adopt) else ours


def _forgotten(adopt: Adopt | None) -> set[State]:
    """States that say it was never given to OMS. A confirmed one can be settled, unless it can be adopted whole."""
    return {State.QUOTED, State.READY} if adopt else {State.QUOTED}


def _is_expected(row: schemas.Transaction, arrives_here: bool) -> bool:
    """Whether we should have a transfer for it: one of our wallets pays, or it is ours and nobody here was paid."""
    return _paying_wallet(row) is not None or (not arrives_here and _concerns_us(row))


def _compare_one(run: ReconciliationRun, ours: Transfer, row: schemas.Transaction) -> None:
    if ours.oms_id not in (None, row.id) or _is_priced_for_another(ours, row):
        _found(run, "duplicate-remote", row.id, wallet=ours.wallet, transfer=str(ours.pk))
        return
    if tracking.agrees(ours, row):
        return
    before = ours.attention
    tracking.settle(str(ours.pk), row)
    ours.refresh_from_db()
    if ours.attention and ours.attention != before:
        run.differences += 1


def _is_priced_for_another(ours: Transfer, row: schemas.Transaction) -> bool:
    if not row.quote_id or (ours.quote and ours.quote.oms_id == row.quote_id):
        return False
    return Transfer.objects.filter(quote__oms_id=row.quote_id).exclude(pk=ours.pk).exists()


def _compare_transfers(run: ReconciliationRun, seen: set[str]) -> None:
    """Ours that OMS should have listed and did not."""
    expected = Transfer.objects.filter(
        oms_id__isnull=False, first_sent_at__gte=run.covers_since, first_sent_at__lt=run.started_at - GRACE
    )
    for transfer in expected.select_related("wallet"):
        if transfer.oms_id not in seen:
            _found(run, "local-without-remote", str(transfer.pk), wallet=transfer.wallet, transaction=transfer.oms_id)


def _compared_wallets() -> QuerySet[Wallet]:
    return Wallet.objects.custodial().filter(state=Wallet.State.ACTIVE, oms_id__isnull=False)


def _compare_balances(run: ReconciliationRun, wallets: QuerySet[Wallet], patience: timedelta = GRACE) -> None:
    """Each balance at OMS against our ledger, with what open transfers may already have moved at OMS allowed for."""
    agreed: set[str] = set()
    asked = list(wallets)
    leaving, arriving = _under_way(OUTGOING), _under_way(ARRIVING)
    for wallet in asked:
        before = (wallet.available_minor, wallet.held_minor)
        if not balance.refresh(wallet.pk):
            continue
        run.compared += 1
        wallet.refresh_from_db()
        if (wallet.available_minor, wallet.held_minor) != before:
            continue  # something moved since it was asked for: the next run compares it
        more = balance.compare(wallet, leaving=leaving[wallet.pk], arriving=arriving[wallet.pk]) or 0
        since = _has_held_more_since(wallet, is_more=more > 0)
        if more < 0 or (since and timezone.now() - since >= patience):
            remote = wallet.remote.wire() if wallet.remote else None
            ours = (wallet.available + wallet.held).wire()
            _found(run, "balance", str(wallet.pk), wallet=wallet, remote=remote, ours=ours)
        elif not more:
            agreed.add(str(wallet.pk))
    for key in _open_breaks("balance") & agreed:
        breaks.settle_break("balance", key, "The balances agree again.")


def _has_held_more_since(wallet: Wallet, *, is_more: bool) -> datetime | None:
    """Since when OMS has held more than we can explain, written down with the wallet; None when it does not."""
    since = (wallet.more_at_oms_since or timezone.now()) if is_more else None
    if since != wallet.more_at_oms_since:
        Wallet.objects.filter(pk=wallet.pk).update(more_at_oms_since=since)
    return since


def _compare_own_rows(run: ReconciliationRun) -> None:
    found = list(own_rows.differences())
    for one in found:
        _found(run, one.kind, one.key, wallet=one.wallet, **one.detail)
    for key in _open_breaks("stuck") - {one.key for one in found}:
        breaks.settle_break("stuck", key, "It moved on.")


def _open_breaks(kind: str) -> set[str]:
    return set(Break.objects.filter(kind=kind, closed_at__isnull=True).values_list("key", flat=True))


def _under_way(kinds: Collection[Kind]) -> Counter[UUID]:
    """What open transfers of these kinds come to in each wallet, in minor units."""
    still_open = Transfer.objects.filter(kind__in=kinds, state__in=OPEN).order_by()
    totals = still_open.values_list("wallet").annotate(total=Sum("amount_minor", default=0))
    return Counter(dict(totals))


def _concerns_us(row: schemas.Transaction) -> bool:
    parties = [one for one in (row.sender_customer_id, row.recipient_customer_id) if one]
    return not parties or Customer.objects.filter(oms_id__in=parties).exists()


def _paying_wallet(row: schemas.Transaction) -> Wallet | None:
    return Wallet.objects.custodial().filter(oms_id=row.source.wallet_id).first() if row.source.wallet_id else None


def _is_old(made: datetime | None) -> bool:
    return made is None or timezone.now() - made > GRACE


def _found(run: ReconciliationRun, kind: str, key: str, wallet: Wallet | None = None, **detail: str | None) -> None:
    run.differences += 1
    breaks.open_break(kind, key, wallet=wallet, **detail)
    if wallet is not None and kind not in HEALING:
        breaks.freeze(wallet, "Our records differ from what OMS says")
