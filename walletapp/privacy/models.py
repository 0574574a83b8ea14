"""Accounts that were closed by their owners, and the times somebody of the staff opened somebody's account.

What must stay true: a person closes once, and nothing is erased before its day; a visit is written down once for each
member of staff, customer, hour and reason, and is never changed (the database refuses).
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class ClosureQuerySet(models.QuerySet["Closure"]):
    """Picks closed accounts."""

    def due(self, now: datetime) -> Self:
        """Those whose data is to be erased."""
        return self.filter(erased_at__isnull=True, erase_after__lte=now)


class Closure(models.Model):
    """One person closed their account. Until `erase_after` the law has us keep what we hold; then it is erased."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="closure")
    closed_at = models.DateTimeField(default=timezone.now)
    erase_after = models.DateTimeField(db_index=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    obstacle = models.CharField("in the way", max_length=200, blank=True, help_text="Why it could not be erased yet.")

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-closed_at"]
        verbose_name = "closed account"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(erased_at__gte=models.F("erase_after")),
                name="nothing_is_erased_before_its_day",
            )
        ]

    def __str__(self) -> str:
        now = "erased" if self.erased_at else f"kept to {self.erase_after:%Y-%m-%d}"
        return f"closed {self.closed_at:%Y-%m-%d}, {now}"


class Why(models.TextChoices):
    """Why somebody of the staff opened something sealed: the sentence its owner reads."""

    ASKED = "asked", "You asked us for help"
    PAYMENT = "payment", "A payment of yours needed a person"
    IDENTITY = "identity", "Your identity check needed a person"
    BANK = "bank", "A bank account of yours is set up by hand"
    ROUTINE = "routine", "A routine check"


class StaffVisitQuerySet(models.QuerySet["StaffVisit"]):
    """Picks visits."""

    def to(self, user: Any) -> Self:
        return self.filter(user=user)


class StaffVisit(models.Model):
    """A member of the staff opened pages about a customer in this hour. Append-only."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits_made")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_visits")
    hour = models.DateTimeField(help_text="The hour it was in.")
    role = models.CharField(max_length=80, help_text="What its owner reads instead of a name.")
    looked_at = models.CharField(max_length=60, help_text="What was opened first, in the customer's words.")
    why = models.CharField(max_length=10, choices=Why, blank=True, help_text="Given when something sealed was opened.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = StaffVisitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        permissions: ClassVar = [("reveal_sealed", "Can open a sealed value, with a reason")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff", "user", "hour", "looked_at", "why"],
                condition=~models.Q(why=""),
                name="one_visit_per_reason_and_hour",
            ),
            models.UniqueConstraint(
                fields=["staff", "user", "hour"], condition=models.Q(why=""), name="one_visit_per_hour"
            ),
            models.CheckConstraint(condition=models.Q(why__in=["", *Why.values]), name="visit_reason_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.created_at:%Y-%m-%d %H:%M}"
