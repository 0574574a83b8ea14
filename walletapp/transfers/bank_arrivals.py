"""What came to a virtual account, as OMS says: the dollars, the fees, the rate. Its movement is its transfer."""

from typing import ClassVar

from django.db import models

from walletapp.banking.models import VirtualAccount
from walletapp.money import Currency, Money


class BankArrival(models.Model):
    """One deposit by ACH or wire. Brought up to date until its transfer is final, and then as it was."""

    transfer = models.OneToOneField("transfers.Transfer", on_delete=models.PROTECT, related_name="bank_arrival")
    account = models.ForeignKey(VirtualAccount, on_delete=models.PROTECT, related_name="arrivals")
    sender = models.CharField(max_length=160, blank=True, help_text="The name on the sending account, if OMS says it.")
    came_minor = models.BigIntegerField(null=True, blank=True, help_text="Dollars that came, in cents.")
    fee_minor = models.BigIntegerField(default=0, help_text="Taken from the dollars, in cents.")
    fee_out_minor = models.BigIntegerField(default=0, help_text="Taken from what arrives, in its currency.")
    rate = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.came or 'dollars'} to {self.account}"

    @property
    def came(self) -> Money | None:
        return None if self.came_minor is None else Money(self.came_minor, Currency.USD)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, Currency.USD)

    @property
    def fee_out(self) -> Money:
        return Money(self.fee_out_minor, self.transfer.wallet.currency)
