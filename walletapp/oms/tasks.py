"""What the worker does for OMS's deliveries. The rows are the queue; see work.py."""

from celery import shared_task

from walletapp.oms import inbox
from walletapp.oms.models import InboundEvent
from walletapp.work import work_through

BATCH = 200


@shared_task
def apply_event(event_id: str) -> None:
    """Apply one delivery."""
    inbox.apply(event_id)


@shared_task
def sweep_events() -> None:
    """Apply every delivery that is due, whoever forgot it."""
    work_through(InboundEvent.due().values_list("pk", flat=True)[:BATCH], inbox.apply)
