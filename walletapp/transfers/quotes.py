"""A quote: OMS's price for one movement, locked for a short time.

What must stay true: the numbers are OMS's and were checked to add up before the row was written; the row never
changes afterwards but for `status`.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from walletapp.money import Currency, Money


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee as shown: what for, how much. Zero stays a line and reads "no fee"."""

    label: str
    amount: Money


class Quote(models.Model):
    """One price. `number` counts the quotes of a transfer, so that a new one can be compared with the one before."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Used"
        EXPIRED = "expired", "Expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transfer = models.ForeignKey("transfers.Transfer", on_delete=models.PROTECT, related_name="quotes")
    number = models.PositiveIntegerField(default=1)
    oms_id = models.CharField(max_length=128, unique=True, null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    source_asset = models.CharField(max_length=12)
    source_gross_minor = models.BigIntegerField()
    source_net_minor = models.BigIntegerField()
    destination_asset = models.CharField(max_length=12)
    destination_gross_minor = models.BigIntegerField()
    destination_net_minor = models.BigIntegerField()
    fees = models.JSONField(default=list, help_text='Lines: {"kind", "asset", "minor"}')
    rate = models.CharField(max_length=40)
    fixed_side = models.CharField(max_length=12)
    is_estimate = models.BooleanField(default=False, help_text="Cash-in mode: a forecast from the fee schedule.")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    snapshot = models.JSONField(default=dict, help_text="The quote as OMS gave it.")
    snapshot_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transfer", "number"], name="one_quote_per_number"),
            models.CheckConstraint(
                condition=models.Q(
                    source_gross_minor__gt=0,
                    source_net_minor__gt=0,
                    destination_gross_minor__gt=0,
                    destination_net_minor__gt=0,
                    source_gross_minor__gte=models.F("source_net_minor"),
                    destination_gross_minor__gte=models.F("destination_net_minor"),
                ),
                name="quote_amounts_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.you_pay} -> {self.they_get}"

    @property
    def you_pay(self) -> Money:
        return Money(self.source_gross_minor, Currency.of_asset(self.source_asset))

    @property
    def they_get(self) -> Money:
        return Money(self.destination_net_minor, Currency.of_asset(self.destination_asset))

    @property
    def fee_minor(self) -> int:
        """What of `you_pay` is fees, in its currency. A bank gets dollars: then fees are on our side alone."""
        is_same = self.source_asset == self.destination_asset
        return self.source_gross_minor - (self.destination_net_minor if is_same else self.source_net_minor)

    @property
    def fee_lines(self) -> list[FeeLine]:
        return [
            FeeLine(FEE_LABELS.get(line["kind"], "Fee"), Money(line["minor"], Currency.of_asset(line["asset"])))
            for line in self.fees
        ]

    @property
    def confirm_before(self) -> datetime:
        """Our end of the price lock: a margin before OMS's, so that a confirmed quote still reaches OMS in time."""
        return self.expires_at - timedelta(seconds=settings.QUOTE_MARGIN_SECONDS)

    @property
    def is_expired(self) -> bool:
        return self.status == self.Status.EXPIRED or timezone.now() >= self.confirm_before


FEE_LABELS = {
    "oms": "Payment partner (OMS)",
    "gas": "Polygon network",
    "developer": settings.PRODUCT_NAME,
}
