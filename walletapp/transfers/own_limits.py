"""The limits a person sets for their own sends, below those of the house.

What must stay true: what is stored here only ever lowers what the house allows. A raise that waits becomes true by the
clock, so that nothing has to run for it. Who changes it and how is `limiting.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from walletapp.money import Currency, Money


@dataclass(frozen=True, slots=True)
class Most:
    """The most at once, and in any 24 hours. Of two, each figure counts by itself."""

    at_once: Money
    in_a_day: Money

    @classmethod
    def of(cls, at_once_minor: int, day_minor: int) -> "Most":
        return cls(Money(at_once_minor, Currency.USDC), Money(day_minor, Currency.USDC))

    def lowered_to(self, other: "Most") -> "Most":
        """The lower of each figure."""
        return Most(min(self.at_once, other.at_once), min(self.in_a_day, other.in_a_day))


class OwnLimit(models.Model):
    """One person's limits of their sends, in millionths of a USDC, and the higher ones they are waiting for."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="send_limit")
    at_once_minor = models.BigIntegerField()
    day_minor = models.BigIntegerField()
    next_at_once_minor = models.BigIntegerField(null=True, blank=True)
    next_day_minor = models.BigIntegerField(null=True, blank=True)
    next_from = models.DateTimeField(null=True, blank=True, help_text="When the next ones take the place of these.")

    class Meta:
        verbose_name = "own limit of sends"
        verbose_name_plural = "own limits of sends"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(at_once_minor__gt=0, day_minor__gte=models.F("at_once_minor")),
                name="own_limit_makes_sense",
            ),
            models.CheckConstraint(
                condition=models.Q(next_from__isnull=True, next_at_once_minor__isnull=True, next_day_minor__isnull=True)
                | models.Q(  # a comparison with NULL would pass for true, so each is named
                    next_from__isnull=False,
                    next_at_once_minor__isnull=False,
                    next_day_minor__isnull=False,
                    next_at_once_minor__gte=models.F("at_once_minor"),
                    next_day_minor__gte=models.F("day_minor"),
                ),
                name="own_limit_next_is_whole_and_higher",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.present.at_once} at once, {self.present.in_a_day} in 24 hours"

    @property
    def present(self) -> Most:
        """What was in force before any raise."""
        return Most.of(self.at_once_minor, self.day_minor)

    @property
    def next(self) -> Most | None:
        """The higher limits that were asked for."""
        if self.next_at_once_minor is None or self.next_day_minor is None:
            return None
        return Most.of(self.next_at_once_minor, self.next_day_minor)

    def at(self, now: datetime) -> Most:
        """What is in force at that time."""
        is_due = self.next_from is not None and self.next_from <= now
        return self.next if is_due and self.next else self.present


def own_limit(user_id: Any, now: datetime) -> Most | None:
    """What this person allows themselves now; None for as much as the house does."""
    row = OwnLimit.objects.filter(user_id=user_id).first()
    return row.at(now) if row else None
