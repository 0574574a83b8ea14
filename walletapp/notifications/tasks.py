"""What the worker does for notifications. The rows are the queue; see work.py."""

from celery import shared_task

from walletapp.notifications.delivery import deliver_notice
from walletapp.notifications.models import Notice
from walletapp.work import work_through

BATCH = 200


@shared_task(priority=9)
def deliver(notice_id: str) -> None:
    """Send one notice's e-mail."""
    deliver_notice(notice_id)


@shared_task
def sweep_notices() -> None:
    """Send every notice that is due, whoever forgot it. Shortly: money may be waiting for this process."""
    work_through(Notice.due().values_list("pk", flat=True)[:BATCH], deliver_notice, seconds=1)
