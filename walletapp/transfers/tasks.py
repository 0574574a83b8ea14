"""What workers do with transfers. Each task takes ids only and is safe to run twice or at the same time as another."""

from celery import shared_task

from walletapp.faultpoints import reach
from walletapp.later import ring
from walletapp.transfers import executing, limiting, overdue, reconciling, restoring, standstill
from walletapp.transfers.models import Transfer
from walletapp.work import work_through

BATCH = 200


@shared_task
def push(transfer_id: str) -> None:
    """Do what one transfer needs next with OMS."""
    executing.push(transfer_id)


@shared_task
def sweep_transfers() -> None:
    """Work on every transfer that wants it and that nobody holds: lost bells, dead workers, polls that are due."""
    if (standing := standstill.current()) is not None:
        ring(reconcile_first, standing.pk)
        return
    work_through(Transfer.due().values_list("pk", flat=True)[:BATCH], _push_on)


def _push_on(transfer_id: str) -> None:
    reach("sweep.mid")
    executing.push(transfer_id)


@shared_task
def tidy_transfers() -> None:
    """Put what waits too long on the list for staff, and drafts nobody confirmed away; look again at what differed;
    tell whose limit has risen."""
    overdue.mark_overdue()
    overdue.drop_old_drafts()
    reconciling.look_again()
    limiting.tell_risen()


@shared_task
def keep_mark() -> None:
    """Keep how far the ledger has come outside the database, and stand still if it is an older copy."""
    standstill.notice_an_older_copy()


# Acknowledged at once: it may take longer than the broker waits before it gives a task to somebody else.
@shared_task(acks_late=False, time_limit=3000)
def reconcile() -> None:
    """Compare our rows with OMS's and open a break for every difference. The next hour repeats one that died."""
    reconciling.reconcile()


@shared_task(acks_late=False, time_limit=3000)
def reconcile_week() -> None:
    """The same for the last seven days, once a day."""
    reconciling.reconcile_week()


@shared_task(acks_late=False, time_limit=restoring.AT_MOST)
def reconcile_first(standstill_id: str) -> None:
    """After a backup was put back: everything, and only then on with the work."""
    restoring.reconcile_first()
