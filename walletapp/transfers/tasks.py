"""What workers do with transfers. Each task takes ids only and is safe to run twice or at the same time as another."""

from celery import shared_task

from walletapp.faultpoints import reach
from walletapp.transfers import executing, overdue, reconciling
from walletapp.transfers.models import Transfer

BATCH = 200


@shared_task
def push(transfer_id: str) -> None:
    """Do what one transfer needs next with OMS."""
    executing.push(transfer_id)


@shared_task
def sweep_transfers() -> None:
    """Find every transfer that wants work and that nobody holds: lost bells, dead workers, polls that are due."""
    for transfer_id in list(Transfer.due().values_list("pk", flat=True)[:BATCH]):
        reach("sweep.mid")
        try:
            executing.push(str(transfer_id))
        except Exception:  # noqa: BLE001, S112 - one bad row must not stop the others; push() logged it and set it back
            continue
    overdue.drop_old_drafts()
    overdue.mark_overdue()


@shared_task
def reconcile() -> None:
    """Compare our rows with OMS's and open a break for every difference."""
    reconciling.reconcile()
