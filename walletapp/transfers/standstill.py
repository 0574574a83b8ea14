"""Standing still: nothing is confirmed and nothing is given to OMS until everything was compared with it.

That is how the wallet starts after a backup was put back, because its rows are then older than what was done in their
name. How far the ledger had come is kept in a file outside the database; a database that has fallen behind its own mark
is an older copy. `manage.py restored` says so where the file is not: on a new machine.
"""

import logging
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from walletapp.audit import trail
from walletapp.refusals import Refusal
from walletapp.wallet.models import LedgerEntry

log = logging.getLogger(__name__)

RESTORED = "A backup was put back"


class StandingStill(Refusal):
    """Money does not move for now. Nothing was changed."""

    code = "standing_still"


class Standstill(models.Model):
    """A time in which no order leaves. It ends when everything was compared with OMS."""

    why = models.CharField(max_length=200)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-began_at"]

    def __str__(self) -> str:
        return f"{self.why} {self.began_at:%Y-%m-%d %H:%M}"


def current() -> Standstill | None:
    """The standstill that has not ended."""
    return Standstill.objects.filter(ended_at__isnull=True).first()


@transaction.atomic
def stand_still(why: str) -> Standstill:
    """Let nothing be given to OMS from now on. Safe to repeat."""
    if (standing := current()) is not None:
        return standing
    standing = Standstill.objects.create(why=why[:200])
    trail.record(None, "standstill.began", standing, reason=why)
    log.critical("ALERT nothing is sent until everything was compared with OMS: %s", why)
    return standing


@transaction.atomic
def go_on(how: str) -> None:
    """Everything was compared. Safe to repeat."""
    standing = Standstill.objects.filter(ended_at__isnull=True)
    if standing.update(ended_at=timezone.now()):
        trail.record(None, "standstill.ended", reason=how)


def require_moving() -> None:
    """Raises StandingStill."""
    if current() is not None:
        raise StandingStill(
            "Sending and adding cash are paused for a few minutes while we compare our records with our payment "
            "partner's. Your money is safe and nothing was sent. Please try again shortly."
        )


def notice_an_older_copy() -> bool:
    """Compare the ledger with the mark outside the database, then move the mark on. True when it has fallen behind."""
    mark = settings.DATA_DIR / "ledger-mark"
    known = int(mark.read_text() or 0) if mark.exists() else 0
    last = LedgerEntry.objects.aggregate(last=models.Max("pk"))["last"] or 0
    if last < known:
        stand_still(f"{RESTORED}: the ledger ends at entry {last}, and had come to {known}")
    if last != known:
        draft = mark.with_suffix(".new")
        draft.write_text(str(last))
        draft.replace(mark)
    return last < known
