"""Everything that moved or is about to: what is pending first, then day by day, filtered and searched.

What must stay true: people find only their own; the filter and the page number come from the address, so that a page
can be kept and printed, and the words somebody searches for never do.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string

from walletapp.money import Currency, InvalidAmount, Money
from walletapp.wallet.models import Movement, MovementQuerySet
from walletapp.wallet.rows import Row, row_of, rows_of, saved_names
from walletapp.wallet.states import MovementKind

PER_PAGE = 25

# What people look for, not how we store it.
KINDS = {
    "added": ("Cash added", [MovementKind.CASH_IN]),
    "bank": ("Added by bank", [MovementKind.BANK_IN]),
    "received": ("Received", [MovementKind.RECEIVED, MovementKind.DEPOSIT]),
    "sent": ("Sent", [MovementKind.SEND]),
    "withdrawn": ("Withdrawn", [MovementKind.WITHDRAWAL, MovementKind.RETURNED]),
}


class ActivityFilter(forms.Form):
    """Both fields are optional; a value that means nothing is as good as none."""

    kind = forms.ChoiceField(required=False, choices=[(key, label) for key, (label, _) in KINDS.items()])
    q = forms.CharField(
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, store or amount"}),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the kinds to show; `key` is None for everything."""

    key: str | None
    label: str
    is_current: bool


@dataclass(frozen=True)
class Day:
    """The movements of one day in the reader's zone."""

    label: str
    date: date
    rows: list[Row]


@dataclass(frozen=True)
class Activity:
    """One page of it. Pending ones are on the first page only."""

    pending: list[Row]
    days: list[Day]
    page: Page[Movement]
    kind: str
    q: str

    @property
    def is_empty(self) -> bool:
        return not self.pending and not self.days

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.q)

    @property
    def choices(self) -> list[Choice]:
        kinds = (Choice(key, label, key == self.kind) for key, (label, _) in KINDS.items())
        return [Choice(None, "Everything", not self.kind), *kinds]


def activity(user: Any, *, kind: str, q: str, number: str, zone: tzinfo) -> Activity:
    """The page asked for; a number that is none gives the nearest."""
    found = matching(Movement.objects.for_user(user), kind=kind, q=q, user=user)
    page = Paginator(found.finished().order_by("-finished_at", "-id"), PER_PAGE).get_page(number)
    pending = rows_of(user, found.pending()) if page.number == 1 else []
    return Activity(pending, by_day(page, zone, saved_names(user, page)), page, kind, q)


def matching(movements: MovementQuerySet, *, kind: str, q: str, user: Any) -> MovementQuerySet:
    """Those of one kind in which `q` is the other party, their name in this person's address book, the exact amount, or
    the reference."""
    if kind in KINDS:
        movements = movements.filter(kind__in=KINDS[kind][1])
    if q:
        words = models.Q(other_party__icontains=q)
        named = models.Q(pk__in=import_string(f"{settings.SAVED_NAMES}.sent_to")(user, q))
        movements = movements.filter(words | named | _amount(q) | _reference(q))
    return movements


def by_day(movements: Iterable[Movement], zone: tzinfo, names: Mapping[uuid.UUID, str]) -> list[Day]:
    """Groups in the order given, each under Today, Yesterday or its date."""
    days: list[Day] = []
    for movement in movements:
        day = timezone.localdate(movement.finished_at, zone)
        if not days or days[-1].date != day:
            days.append(Day(_label(day, timezone.localdate(timezone=zone)), day, []))
        days[-1].rows.append(row_of(movement, names.get(movement.pk, "")))
    return days


def _label(day: date, today: date) -> str:
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A, %B} {day.day}" if day.year == today.year else f"{day:%B} {day.day}, {day.year}"


def _amount(q: str) -> models.Q:
    try:
        return models.Q(amount_minor=Money.parse(q, Currency.USDC).minor)
    except InvalidAmount:
        return models.Q(pk__in=[])


def _reference(q: str) -> models.Q:
    try:
        return models.Q(pk=uuid.UUID(q))
    except ValueError:
        return models.Q(pk__in=[])
