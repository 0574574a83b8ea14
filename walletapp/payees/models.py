"""Whom a person pays: the address book, and the wish to pay nobody else.

What must stay true: an entry stands for one address for ever, also when it was saved by e-mail (should that e-mail lead
to another wallet one day, it is somebody new); an address, an e-mail and a name are in one person's book once. How much
may be sent, and what was, is not known here.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

_KEPT = models.Q(removed_at__isnull=True)


class PayeeQuerySet(models.QuerySet["Payee"]):
    """Picks entries."""

    def for_user(self, user: Any) -> Self:
        """What stands in this person's book."""
        return self.filter(user=user, removed_at__isnull=True)

    def at(self, address: str) -> Self:
        """Those of an address, whatever its capitals."""
        return self.filter(address__iexact=address)


class Payee(models.Model):
    """One entry of one person's address book. Removed ones stay as rows: they are how an incident is understood."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payees")
    nickname = models.CharField(max_length=40)
    address = models.CharField(max_length=64)
    email = models.EmailField(blank=True, help_text="When it was saved by the e-mail of a customer here.")
    saved_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PayeeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [Lower("nickname")]
        constraints: ClassVar = [
            models.UniqueConstraint("user", Lower("address"), condition=_KEPT, name="one_payee_per_address"),
            models.UniqueConstraint(
                "user", Lower("email"), condition=_KEPT & ~models.Q(email=""), name="one_payee_per_email"
            ),
            models.UniqueConstraint("user", Lower("nickname"), condition=_KEPT, name="one_payee_per_nickname"),
            models.CheckConstraint(condition=~models.Q(nickname="") & ~models.Q(address=""), name="payee_is_whole"),
        ]

    def __str__(self) -> str:
        return self.nickname

    @property
    def named_by(self) -> str:
        """What one types to pay them."""
        return self.email or self.address

    @property
    def usable_from(self) -> datetime:
        """From when people who only send to saved addresses can pay it."""
        return self.saved_at + timedelta(hours=settings.NEW_PAYEE_HOURS)

    @property
    def is_new(self) -> bool:
        return timezone.now() < self.usable_from


class OnlySaved(models.Model):
    """One person's wish that money goes to saved addresses only. Ends by the clock, so that nothing has to end it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="only_saved")
    since = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When switching it off takes effect.")

    class Meta:
        verbose_name = "only to saved addresses"
        verbose_name_plural = "only to saved addresses"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("since")),
                name="only_saved_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} since {self.since:%Y-%m-%d}"

    @property
    def is_on(self) -> bool:
        return self.ends_at is None or timezone.now() < self.ends_at
