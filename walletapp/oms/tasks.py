"""What the worker does for OMS's deliveries. The rows are the queue; see work.py."""

from collections.abc import Iterator
from uuid import UUID

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
    work_through(_due(), inbox.apply)


def _due() -> Iterator[UUID]:
    """What is due, oldest first, one for each look at OMS; read again after each batch, because one look ends many.
    It ends when nothing new comes."""
    seen: set[UUID] = set()
    while True:
        found: dict[object, UUID] = {}
        for look, key in InboundEvent.due().values_list("look", "pk")[:BATCH]:
            found.setdefault(look or key, key)
        fresh = [key for key in found.values() if key not in seen]
        if not fresh:
            return
        seen.update(fresh)
        yield from fresh
