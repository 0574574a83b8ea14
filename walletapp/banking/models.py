"""Early access to bank transfers: who wants them and what for.

What must stay true: one entry per person; an entry without consent does not exist; withdrawing keeps the row (that it
was withdrawn is what we must remember) and takes the person off every list.
"""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from walletapp.accounts.us_states import US_STATES
from walletapp.banking.choices import UseCase, Volume


class InterestQuerySet(models.QuerySet["InterestEntry"]):
    """Picks entries."""

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class InterestEntry(models.Model):
    """One person's wish for bank transfers, and their consent to be written to about it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="interest")
    use_case = models.CharField(max_length=12, choices=UseCase)
    monthly_volume = models.CharField("expected each month", max_length=12, choices=Volume)
    state = models.CharField("state of residence", max_length=2, choices=US_STATES)
    consented_at = models.DateTimeField(help_text="When the person agreed to be written to about bank transfers.")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at"]
        verbose_name = "interest in bank transfers"
        verbose_name_plural = "interest in bank transfers"

    def __str__(self) -> str:
        return f"{self.user}: {self.get_use_case_display()}"

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None
