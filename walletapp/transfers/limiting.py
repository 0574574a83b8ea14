"""Changing one's own limits of sends: lower at once, higher after a wait.

What must stay true: nothing here lets more out than the house does, or sooner than the wait; a raise is told by e-mail
when it is asked for, while there is time to take it back, and when it has come true.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from walletapp.accounts.stepping_up import StepUpRequired
from walletapp.audit import trail
from walletapp.durable import durable
from walletapp.moments import written
from walletapp.notifications.tell import tell
from walletapp.payees.book import hold_back_sends
from walletapp.refusals import Refusal
from walletapp.transfers import limits
from walletapp.transfers.own_limits import Most, OwnLimit

PAGE = "/limits/"
_TOLD_WITHIN = timedelta(days=7)  # somebody whose raise came true longer ago was told, or would not learn anything new


class CannotLimit(Refusal):
    """These limits make no sense together, or are above the house's. Nothing was changed."""

    code = "cannot_limit"


@durable
def change(user: Any, wanted: Most, *, is_proved: bool) -> OwnLimit:
    """Set one's limits. Each figure that is lower counts at once; with any that is higher, all of `wanted` does after
    the wait. Safe to repeat: what waits already waits no longer than before.

    Raises CannotLimit or StepUpRequired, and then nothing has changed.
    """
    require_sense(wanted)
    hold_back_sends(user)
    row, now = _row(user), timezone.now()
    present = row.at(now)
    lower = wanted.lowered_to(present)
    is_raise = wanted != lower
    if is_raise and not is_proved:
        raise StepUpRequired("Raising a limit is confirmed by you first. Nothing was changed.")
    is_same_raise = is_raise and row.next == wanted and present == lower
    if is_same_raise or (not is_raise and row.pk and wanted == present and row.next in {None, present}):
        return row
    row.at_once_minor, row.day_minor = lower.at_once.minor, lower.in_a_day.minor
    row.next_at_once_minor, row.next_day_minor, row.next_from = None, None, None
    if is_raise:
        row.next_at_once_minor, row.next_day_minor = wanted.at_once.minor, wanted.in_a_day.minor
        row.next_from = now + timedelta(hours=settings.RAISE_LIMIT_HOURS)
    row.save()
    _record(user, row)
    return row


@durable
def keep(user: Any) -> bool:
    """Take back a raise that waits. True when there was one."""
    row = OwnLimit.objects.select_for_update().filter(user=user, next_from__gt=timezone.now()).first()
    if row is None:
        return False
    row.next_at_once_minor, row.next_day_minor, row.next_from = None, None, None
    row.save()
    trail.record(user, "own_limit.kept", row)
    return True


def tell_risen() -> None:
    """Tell everybody whose raise has come true. It does so by the clock, so this may come late. Safe to repeat."""
    now = timezone.now()
    risen = OwnLimit.objects.filter(next_from__lte=now, next_from__gt=now - _TOLD_WITHIN).select_related("user")
    for row in risen.order_by("pk"):
        if row.next and row.next_from:
            key = f"limit_raised:{row.pk}:{row.next_from:%Y%m%d%H%M%S}"
            _tell(row.user, "limit_raised", key, row.next, row.next_from)


def _tell(user: Any, kind: str, key: str, most: Most, since: datetime) -> None:
    told = {"at_once": str(most.at_once), "in_a_day": str(most.in_a_day), "when": written(since)}
    tell(user, kind, key, link=PAGE, **told)


def _row(user: Any) -> OwnLimit:
    """This person's row, locked; one that says what the house says, and is not stored yet, for whoever has none."""
    found = OwnLimit.objects.select_for_update().filter(user=user).first()
    house = limits.house_most()
    return found or OwnLimit(user=user, at_once_minor=house.at_once.minor, day_minor=house.in_a_day.minor)


def require_sense(wanted: Most) -> None:
    """Raises CannotLimit, so that nobody proves who they are for what nobody can have."""
    house = limits.house_most()
    if wanted.at_once > house.at_once:
        raise CannotLimit(f"Nobody can send more than {house.at_once} at once.", field="at_once")
    if wanted.in_a_day > house.in_a_day:
        raise CannotLimit(f"Nobody can send more than {house.in_a_day} in 24 hours.", field="in_a_day")
    if wanted.in_a_day < wanted.at_once:
        raise CannotLimit("The most in 24 hours cannot be less than the most at once.", field="in_a_day")


def _record(user: Any, row: OwnLimit) -> None:
    figures = {"at_once": str(row.present.at_once), "in_a_day": str(row.present.in_a_day)}
    if row.next is None or row.next_from is None:
        trail.record(user, "own_limit.lowered", row, **figures)
        return
    asked = {"next_at_once": str(row.next.at_once), "next_in_a_day": str(row.next.in_a_day)}
    event = trail.record(user, "own_limit.raise_asked", row, **figures, **asked)
    _tell(user, "limit_raise", f"limit_raise:{event.pk}", row.next, row.next_from)
