"""Who of the staff opened whose account: written down when a page about a customer is shown, read by that customer.

What must stay true: no page about a customer is shown without it being on record; its owner reads when, in which role
and what for, never a name and never what staff wrote for themselves.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from walletapp.accounts.models import User
from walletapp.audit import trail
from walletapp.privacy.classes import owner_id, owner_ids
from walletapp.privacy.models import StaffVisit, Why

# In the customer's words, by the app a page belongs to, or by its table.
_LOOKED_AT = {
    "accounts": "Your identity record",
    "wallet": "Your wallet and what moved in it",
    "transfers": "A transfer of yours",
    "banking": "Your bank details",
    "notifications": "A message we sent you",
    "audit": "What you did here",
    "banking.interestentry": "What you said about bank transfers",
}


def note(staff: Any, model: type[Model], pk: object) -> StaffVisit | None:
    """Somebody of the staff is shown this row. The first such page of the hour is on record; None for the others, for
    a row that is no customer's, and for one's own."""
    return _write(staff, owner_id(model, pk), model, "")


def note_list(staff: Any, model: type[Model], pks: Iterable[object]) -> StaffVisit | None:
    """The same of a list that was narrowed down: when all that is left is one customer's, it is a page about them."""
    owners = owner_ids(model, pks)
    return _write(staff, owners.pop(), model, "") if len(owners) == 1 else None


def note_each(staff: Any, model: type[Model], pks: Iterable[object]) -> None:
    """Rows of many customers leave as a file: a visit to each of them, unless this hour has one already. What was taken
    and why is one event in the trail, which whoever makes the file records."""
    owners = [owner for owner in owner_ids(model, pks) if owner]
    visited = User.objects.filter(pk__in=owners, is_staff=False).exclude(pk=staff.pk)
    about = {"staff": staff, "hour": _this_hour(), "role": role_of(staff), "looked_at": _looked_at(model)}
    visits = (StaffVisit(user=user, **about) for user in visited.order_by("pk"))
    StaffVisit.objects.bulk_create(visits, ignore_conflicts=True, batch_size=500)


def note_reveal(staff: Any, model: type[Model], pk: object, why: Why) -> StaffVisit | None:
    """Somebody of the staff is shown a sealed value, for this reason."""
    return _write(staff, owner_id(model, pk), model, why.value)


def visits_to(user: Any) -> list[StaffVisit]:
    """Newest first."""
    return list(StaffVisit.objects.to(user).order_by("-created_at")[:200])


def _write(staff: Any, user_id: int | None, model: type[Model], why: str) -> StaffVisit | None:
    user = User.objects.filter(pk=user_id, is_staff=False).first() if user_id else None
    if user is None or user == staff:
        return None
    looked_at = _looked_at(model)
    same: dict[str, Any] = {"staff": staff, "user": user, "hour": _this_hour(), "why": why}
    about = {"looked_at": looked_at}
    if why:  # each kind of thing that was opened sealed is a visit of its own
        same |= about
    with transaction.atomic():
        visit, is_new = StaffVisit.objects.get_or_create(**same, defaults={"role": role_of(staff), **about})
        if is_new:
            trail.record(staff, "customer.opened", user, str(Why(why).label) if why else "", looked_at=looked_at)
    return visit if is_new else None


def _this_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def _looked_at(model: type[Model]) -> str:
    table = model._meta
    return _LOOKED_AT.get(table.label_lower) or _LOOKED_AT.get(table.app_label, "Your account")


def role_of(staff: Any) -> str:
    """The groups somebody is in, which is what they are allowed; never who they are."""
    groups = sorted(staff.groups.values_list("name", flat=True))
    return ", ".join(groups)[:80] or ("Administrator" if staff.is_superuser else "Customer care")
