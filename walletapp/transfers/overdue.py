"""What has waited longer than it should: put on the list for staff, and drafts nobody confirmed put away."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from walletapp.transfers import moving
from walletapp.transfers.bank_rails import today
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import AT_OMS, OPEN, Kind, State

LIMITS = {
    State.READY: timedelta(minutes=2),
    State.SUBMITTING: timedelta(minutes=2),
    State.UNKNOWN: timedelta(minutes=15),
    State.AWAITING_CASH: timedelta(hours=30),
    State.PROCESSING: timedelta(hours=24),
}

DRAFT_LIFE = timedelta(days=1)

# What the customer is told a transfer usually takes, from being confirmed.
# A payout has a day instead.
USUAL: dict[Kind, timedelta] = {
    kind: timedelta(minutes=5 if kind == Kind.SEND else 30) for kind in Kind if kind != Kind.WITHDRAWAL
}
USUAL[Kind.BANK_IN] = timedelta(days=1)


def mark_overdue() -> int:
    """Mark transfers that stay in one state longer than its limit. Safe to repeat."""
    marked = 0
    for state, limit in LIMITS.items():
        late = Transfer.objects.filter(_beyond(state, limit), attention="")
        marked += late.update(attention=f"Later than usual: {state.label.lower()} for more than {limit}")
    return marked


def stuck() -> Q:
    """Transfers beyond their state's limit, and open ones that nobody will ever look at again."""
    forgotten = Q(state__in=OPEN, due_at__isnull=True)
    return reduce(or_, (_beyond(state, limit) for state, limit in LIMITS.items()), forgotten)


def _beyond(state: State, limit: timedelta) -> Q:
    old = Q(state=state, confirmed_at__lt=timezone.now() - limit)
    return old & Q(expected_on=None) | Q(state=state) & _day_is_over() if state == State.PROCESSING else old


def _day_is_over() -> Q:
    """Payouts that were to be there by a day that is over: banks take days, so hours say nothing."""
    return Q(expected_on__lt=today(timezone.now()))


def drop_old_drafts() -> int:
    """Expire drafts that were never confirmed. They hold no money."""
    old = Transfer.objects.filter(state=State.QUOTED, created_at__lt=timezone.now() - DRAFT_LIFE)[:200]
    return sum(moving.move(draft, State.EXPIRED, reason="It was never confirmed.") for draft in old)


def late() -> Q:
    """Transfers that take longer than the customer was told, for lists."""
    now = timezone.now()
    slow = [Q(kind=kind, confirmed_at__lt=now - usual) for kind, usual in USUAL.items()]
    return reduce(or_, slow, _day_is_over()) & Q(state__in=AT_OMS - {State.AWAITING_CASH})


def is_late(transfer: Transfer) -> bool:
    """Whether the customer should read "later than usual"."""
    if not transfer.is_at_oms or transfer.state == State.AWAITING_CASH:
        return False
    if transfer.expected_on is not None:
        return transfer.expected_on < today(timezone.now())
    began = transfer.confirmed_at
    return bool(began and timezone.now() - began > USUAL[Kind(transfer.kind)])
