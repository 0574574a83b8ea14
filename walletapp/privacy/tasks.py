"""What the worker does about data that is too old."""

from celery import shared_task

from walletapp.privacy import retention

SECONDS = 45  # of the minute a task may take; the rest waits for the next day


@shared_task
def apply_retention() -> None:
    """Throw away what is older than we keep it, and erase closed accounts whose time is over."""
    for _ in retention.apply(seconds=SECONDS):
        pass
