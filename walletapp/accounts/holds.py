"""Times in which nothing leaves a person's wallet because of what happened to their account.

What must stay true, here and in the database: a hold that the person asked for lasts until they lift it, any other ends
by itself at a time that is fixed when it begins; there is one of their own at most.
"""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class HoldQuerySet(models.QuerySet["Hold"]):
    """Picks holds."""

    def open(self) -> Self:
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now()), lifted_at__isnull=True)


class Hold(models.Model):
    """One reason why nothing leaves, and until when."""

    class Cause(models.TextChoices):
        OWN = "own", "The person pressed the button"
        RECOVERY_CODE = "recovery_code", "A recovery code was used"
        PASSWORD_RESET = "password_reset", "The password was reset"
        FACTOR_RESET = "factor_reset", "Support removed a second factor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holds")
    cause = models.CharField(max_length=16, choices=Cause)
    began_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-began_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cause="own", ends_at__isnull=True)
                | (~Q(cause="own") & Q(ends_at__isnull=False, ends_at__gt=models.F("began_at"))),
                name="hold_ends_unless_it_is_ones_own",
            ),
            models.CheckConstraint(
                condition=Q(cause="own") | Q(lifted_at__isnull=True), name="only_ones_own_hold_is_lifted"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(cause="own", lifted_at__isnull=True), name="one_open_hold_of_ones_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} since {self.began_at:%Y-%m-%d %H:%M}"
