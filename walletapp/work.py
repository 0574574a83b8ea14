"""A row that is its own work item: when it is due, who holds it, how often it was tried.

The database is the queue. A worker claims a due row with a lease (one guarded UPDATE), works without any database
transaction open, and finishes with `done()` or `again()`. A worker that dies loses nothing: the lease ends and the
next sweep claims the row again. Celery only rings a bell so that nobody has to wait for the sweep.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone

# Longer than the 20 s a call to OMS may take, plus database time; shorter than anybody should wait after a crash.
LEASE = timedelta(seconds=40)

# How long one sweep works before it lets other tasks have the process; the next one is seconds away.
SWEEP_SECONDS = 4.0

log = logging.getLogger(__name__)

_STEPS = [0.5, 2, 5, 15, 60, 300, 900, 1800]


def backoff(attempts: int, *, steps: Sequence[float] = _STEPS) -> timedelta:
    """How long to wait after the n-th attempt (1 = first): the step of the table with full jitter above half of it."""
    step = steps[min(max(attempts, 1), len(steps)) - 1]
    spread = secrets.randbelow(500) / 1000
    return timedelta(seconds=step * (0.5 + spread))


def work_through(keys: Iterable[Any], act: Callable[[str], None], seconds: float = SWEEP_SECONDS) -> None:
    """Do what is due, one row after the other, for a few seconds. One that fails does not hold up the others.

    A sweep does the work itself instead of ringing for each row: with more rows than the workers can bear, the bells
    would fill the queue with rings for the same rows, and ringing would cost more than the work.
    """
    ends_at = time.monotonic() + seconds
    for key in keys:
        if time.monotonic() >= ends_at:
            return
        try:
            act(str(key))
        except Exception:
            log.exception("work on %s failed; its row says when it is tried again", key)


class WorkItem(models.Model):
    """Mixin of columns. `due_at` None means there is nothing to do."""

    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @classmethod
    def due(cls, now: datetime | None = None) -> models.QuerySet[Self]:
        """Rows that want work and that nobody holds, oldest first."""
        now = now or timezone.now()
        free = models.Q(lease_until__isnull=True) | models.Q(lease_until__lt=now)
        rows: models.QuerySet[Self] = cls._default_manager.filter(free, due_at__lte=now).order_by("due_at")
        return rows

    @classmethod
    def claim(cls, pk: Any) -> Self | None:
        """Take the row for LEASE if it is due and free, and count the attempt. None when somebody else has it.

        At most one caller holds a row at a time. The lease, not a lock, so no transaction stays open while working.
        """
        now = timezone.now()
        token = secrets.token_hex(16)
        taken = (
            cls.due(now)
            .order_by()
            .filter(pk=pk)
            .update(lease_until=now + LEASE, lease_token=token, attempts=models.F("attempts") + 1)
        )
        return cls._default_manager.get(pk=pk) if taken else None

    def release(self, *, due_at: datetime | None) -> bool:
        """Give the row back, to be worked on again at `due_at` (None: finished). False when the lease was lost."""
        given = (
            type(self)
            ._default_manager.filter(pk=self.pk, lease_token=self.lease_token)
            .update(due_at=due_at, lease_until=None, lease_token="")
        )
        return bool(given)

    def again(self, *, attempts: int | None = None, steps: Sequence[float] = _STEPS) -> bool:
        """Give the row back to be tried again after a backoff."""
        return self.release(due_at=timezone.now() + backoff(attempts or self.attempts, steps=steps))

    def done(self) -> bool:
        return self.release(due_at=None)
