"""What the worker does for OMS's deliveries. The rows are the queue; see work.py."""

from celery import shared_task

from walletapp import faultpoints
from walletapp.later import ring
from walletapp.oms import inbox
from walletapp.oms.models import InboundEvent

BATCH = 200


@shared_task
def apply_event(event_id: str) -> None:
    """Apply one delivery."""
    inbox.apply(event_id)


@shared_task
def sweep_events() -> None:
    """Ring for every delivery that is due, whoever forgot it."""
    for pk in InboundEvent.due().values_list("pk", flat=True)[:BATCH]:
        ring(apply_event, pk)
        faultpoints.reach("sweep.mid")
