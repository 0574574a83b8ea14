"""What has waited longer than it should: put on the list for staff, and drafts nobody confirmed put away."""

from datetime import timedelta

from django.utils import timezone

from walletapp.transfers import moving
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind, State

LIMITS = {
    State.READY: timedelta(minutes=2),
    State.SUBMITTING: timedelta(minutes=2),
    State.UNKNOWN: timedelta(minutes=15),
    State.PROCESSING: timedelta(hours=24),
}

DRAFT_LIFE = timedelta(days=1)


def mark_overdue() -> int:
    """Mark transfers that stay in one state longer than its limit. Safe to repeat."""
    now, marked = timezone.now(), 0
    for state, limit in LIMITS.items():
        late = Transfer.objects.filter(state=state, confirmed_at__lt=now - limit, attention="")
        marked += late.update(attention=f"Later than usual: {state.label.lower()} for more than {limit}")
    return marked


def drop_old_drafts() -> int:
    """Expire drafts that were never confirmed. They hold no money."""
    old = Transfer.objects.filter(state=State.QUOTED, created_at__lt=timezone.now() - DRAFT_LIFE)[:200]
    return sum(moving.move(draft, State.EXPIRED, reason="It was never confirmed.") for draft in old)


def is_late(transfer: Transfer) -> bool:
    """Whether the customer should read "later than usual"."""
    usual = timedelta(minutes=5) if transfer.kind == Kind.SEND else timedelta(minutes=30)
    began = transfer.confirmed_at
    return transfer.is_at_oms and transfer.state != State.AWAITING_CASH and bool(
        began and timezone.now() - began > usual
    )
