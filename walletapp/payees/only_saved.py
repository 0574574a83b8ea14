"""Only sending to saved addresses: on at once, off after a wait, and no use in saving one just now.

What must stay true: while it is on, a send is confirmed only to an address that stood in the book for the whole waiting
time. Somebody who got in can neither switch it off nor save their own address before its owner could notice.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from walletapp.audit import trail
from walletapp.durable import durable
from walletapp.moments import written
from walletapp.notifications.tell import tell
from walletapp.payees.book import entry_of, hold_back_sends
from walletapp.payees.models import OnlySaved
from walletapp.refusals import Refusal

PAGE = "/payees/only-saved/"


class NotSaved(Refusal):
    """This person sends to saved addresses only, and this is none. Nothing was changed."""

    code = "not_saved"


class SavedTooRecently(Refusal):
    """It is saved, and still waits. Nothing was changed."""

    code = "saved_too_recently"


def standing(user: Any) -> OnlySaved | None:
    """The wish that is in force, also while it is ending; None when this person may send anywhere."""
    row = OnlySaved.objects.filter(user=user).first()
    return row if row is not None and row.is_on else None


def require_allowed(user: Any, address: str) -> None:
    """Raises NotSaved or SavedTooRecently. The caller holds the wallet's row lock when the answer has to stay true."""
    if standing(user) is None:
        return
    payee = entry_of(user, address)
    if payee is None:
        raise NotSaved(
            "You only send to saved addresses, and this one is not saved. Nothing was sent. You can save it now and "
            f"send to it {settings.NEW_PAYEE_HOURS} hours later.",
            field="to",
        )
    if payee.is_new:
        raise SavedTooRecently(
            f"{payee.nickname} was saved a short while ago. You only send to saved addresses, and new ones wait: you "
            f"can send to this one from {written(payee.usable_from)}. Nothing was sent.",
            field="to",
        )


@durable
def turn_on(user: Any) -> bool:
    """From now on. Also takes back a switching-off that is waiting. True when that changed something."""
    hold_back_sends(user)
    row, is_first = OnlySaved.objects.select_for_update().get_or_create(user=user)
    if not is_first and row.ends_at is None:
        return False
    if not row.is_on:
        row.since = timezone.now()
    row.ends_at = None
    row.save()
    trail.record(user, "only_saved.on", row)
    return True


@durable
def turn_off(user: Any) -> bool:
    """After the wait. Asked again while it waits, nothing changes. True for the call that began the wait."""
    row = OnlySaved.objects.select_for_update().filter(user=user, ends_at__isnull=True).first()
    if row is None:
        return False
    row.ends_at = timezone.now() + timedelta(hours=settings.ONLY_SAVED_OFF_HOURS)
    row.save()
    event = trail.record(user, "only_saved.off_asked", row, ends_at=row.ends_at.isoformat())
    ends = written(row.ends_at)
    tell(user, "only_saved_off", f"only_saved_off:{event.pk}", link=PAGE, when=ends)
    return True
