"""Bank transfers in early access: who wants them, the bank accounts money comes in by and goes out to, and the
deposits that nobody could place.

What must stay true: one entry of interest per person, never without consent; account numbers are sealed, and of an
account that money goes out to only the last four digits are ever shown; OMS's id of an account is known once and never
changes. Why and when money moves is not known here; `transfers` knows.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from walletapp.accounts.us_states import US_STATES
from walletapp.banking.choices import AccountType, UseCase, Volume
from walletapp.banking.states import ExternalAccountState, VirtualAccountState
from walletapp.money import Currency, Money
from walletapp.sealed import SealedTextField
from walletapp.wallet.models import Wallet
from walletapp.work import WorkItem


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
    opened_at = models.DateTimeField("given access", null=True, blank=True)

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


class VirtualAccountQuerySet(models.QuerySet["VirtualAccount"]):
    """Picks virtual accounts."""

    def for_user(self, user: Any) -> Self:
        return self.filter(user=user)

    def not_closed(self) -> Self:
        return self.exclude(state=VirtualAccountState.CLOSED)


class VirtualAccount(WorkItem):
    """A bank account number of one person's own, whose deposits become USDC in their wallet.

    As a work item it is its own provisioning: due until OMS has opened it. Where OMS does that by hand, staff paste
    the id and the details, and it is never due.
    """

    State = VirtualAccountState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="virtual_accounts")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="virtual_accounts")
    state = models.CharField(max_length=10, choices=VirtualAccountState, default=VirtualAccountState.OPENING)
    oms_id = models.CharField("OMS id (va_...)", max_length=128, unique=True, null=True, blank=True)
    idem_key = models.CharField(max_length=64, unique=True)
    bank_name = models.CharField(max_length=120, blank=True)
    routing_number = models.CharField(max_length=9, blank=True)
    account_number = SealedTextField(owner="user_id", null=True, blank=True)
    account_type = models.CharField(max_length=20, blank=True)
    owner_name = models.CharField(max_length=160, blank=True)
    reference = models.CharField(max_length=64, blank=True)
    is_by_hand = models.BooleanField("opened by hand", default=False)
    problem = models.CharField(max_length=200, blank=True, help_text="Why OMS did not open it, for staff.")
    status_seen_at = models.DateTimeField(null=True, blank=True, help_text="When OMS was asked for what `state` says.")
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = VirtualAccountQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wallet"], condition=~models.Q(state="closed"), name="one_virtual_account_per_wallet"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["active", "paused"])
                | models.Q(oms_id__isnull=False, account_number__isnull=False, routing_number__gt=""),
                name="virtual_account_open_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.oms_id or 'virtual account'} of {self.user}"

    @property
    def is_open(self) -> bool:
        return self.state == VirtualAccountState.ACTIVE


class ExternalAccountQuerySet(models.QuerySet["ExternalAccount"]):
    """Picks bank accounts that money goes out to."""

    def for_user(self, user: Any) -> Self:
        return self.filter(user=user)

    def kept(self) -> Self:
        """Those the person still has on their list."""
        return self.exclude(state=ExternalAccountState.REMOVED)

    def payable(self) -> Self:
        """Those that money can go out to now."""
        return self.filter(state=ExternalAccountState.VERIFIED, oms_id__isnull=False)


class ExternalAccount(WorkItem):
    """A bank account of the person's own that money can go out to.

    The number is sealed and erased as soon as OMS has it; only `last4` stays. As a work item it is its own
    provisioning, like a virtual account.
    """

    State = ExternalAccountState
    Type = AccountType

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="external_accounts")
    state = models.CharField(max_length=10, choices=ExternalAccountState, default=ExternalAccountState.CHECKING)
    oms_id = models.CharField("OMS id (cpUsBank_...)", max_length=128, unique=True, null=True, blank=True)
    idem_key = models.CharField(max_length=64, unique=True)
    nickname = models.CharField(max_length=40, blank=True)
    bank_name = models.CharField(max_length=120)
    routing_number = models.CharField(max_length=9)
    account_number = SealedTextField(owner="user_id", null=True, blank=True)
    last4 = models.CharField("ends in", max_length=4)
    fingerprint = models.CharField(max_length=64, help_text="Keyed hash of both numbers, to find the same again.")
    account_type = models.CharField(max_length=8, choices=AccountType)
    owner_name = models.CharField(max_length=160)
    is_by_hand = models.BooleanField("checked by hand", default=False)
    problem = models.CharField(max_length=200, blank=True, help_text="What is wrong with it, in words for its owner.")
    status_seen_at = models.DateTimeField(null=True, blank=True, help_text="When OMS was asked for what `state` says.")
    created_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ExternalAccountQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "fingerprint"],
                condition=~models.Q(state__in=["removed", "refused"]),
                name="one_external_account_per_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["verified", "stopped"]) | models.Q(oms_id__isnull=False),
                name="external_account_at_oms_has_an_id",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["verified", "refused", "removed"])
                | models.Q(account_number__isnull=True),
                name="external_account_number_is_erased",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """How its owner knows it: the nickname or the bank, and the last four digits."""
        return f"{self.nickname or self.bank_name} ····{self.last4}"

    @property
    def about(self) -> str:
        """What stands beside the label: the type of account, and the bank where the label does not say it already."""
        kind = str(self.get_account_type_display())
        return f"{kind}, {self.bank_name}" if self.nickname else kind

    @property
    def is_payable(self) -> bool:
        return self.state == ExternalAccountState.VERIFIED and bool(self.oms_id)

    @property
    def large_payouts_from(self) -> datetime:
        """From when on it may be paid more than the amount for new accounts: somebody who got in must wait."""
        return self.created_at + timedelta(hours=settings.NEW_BANK_ACCOUNT_HOURS)

    @property
    def most_while_new(self) -> Money | None:
        """The most that may go out to it at a time; None once it is old enough for any amount."""
        return self.most_at(timezone.now())

    def may_be_paid(self, amount: Money, now: datetime) -> bool:
        """Whether `amount` dollars may go out to it now, as far as its age goes."""
        most = self.most_at(now)
        return most is None or amount <= most

    def most_at(self, now: datetime) -> Money | None:
        """As `most_while_new`, at that time."""
        return Money(settings.NEW_BANK_ACCOUNT_MOST_MINOR, Currency.USD) if now < self.large_payouts_from else None


class UnmatchedDeposit(models.Model):
    """Money at OMS that came in by bank and that we could not place: a person looks, then it is applied or closed."""

    class State(models.TextChoices):
        OPEN = "open", "To be placed"
        PLACED = "placed", "Placed"
        CLOSED = "closed", "Closed without placing"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    oms_id = models.CharField("OMS transaction", max_length=128, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    why = models.CharField("why it could not be placed", max_length=200)
    rail = models.CharField(max_length=20, blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True, help_text="Dollars that came, in cents.")
    virtual_account_oms_id = models.CharField("to the account", max_length=128, blank=True)
    wallet_oms_id = models.CharField("for the wallet", max_length=128, blank=True)
    oms_status = models.CharField(max_length=40, blank=True)
    came_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(default=timezone.now, help_text="When OMS was last asked about it.")
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    how_closed = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.amount or 'unknown amount'}, {self.oms_id}"

    @property
    def amount(self) -> Money | None:
        return None if self.amount_minor is None else Money(self.amount_minor, Currency.USD)


class MissingDeposit(models.Model):
    """ "I sent money and cannot see it": what one person says they sent."""

    class State(models.TextChoices):
        OPEN = "open", "Being looked for"
        ANSWERED = "answered", "Answered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="missing_deposits")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    amount_minor = models.BigIntegerField(help_text="Dollars, in cents.")
    sent_on = models.DateField()
    rail = models.CharField(max_length=8, choices=[("ach", "ACH"), ("wire", "Wire")])
    bank_name = models.CharField("sending bank", max_length=120)
    reference = models.CharField("reference used", max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True, help_text="What the customer was told.")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.amount} sent on {self.sent_on}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, Currency.USD)
