"""Money in and out: transfers, the quotes they rest on, and every attempt to have OMS carry one out.

What must stay true, here and in the database: one review page is one transfer is one key is one frozen body; a quote
is used by one transfer; what was confirmed never changes afterwards; a row of ours exists before any call to OMS.
"""

import uuid
from functools import reduce
from operator import or_
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from walletapp.banking.models import ExternalAccount
from walletapp.money import Currency, Money
from walletapp.transfers import states
from walletapp.transfers.bank_arrivals import BankArrival  # noqa: F401 - Django looks for models here
from walletapp.transfers.own_limits import OwnLimit  # noqa: F401 - Django looks for models here
from walletapp.transfers.quotes import Quote  # noqa: F401 - Django looks for models here
from walletapp.transfers.standstill import Standstill  # noqa: F401 - as above
from walletapp.transfers.states import AT_OMS, FINAL, OUTGOING, RANK, Kind, State
from walletapp.wallet.models import Wallet
from walletapp.work import WorkItem


class Transfer(WorkItem):
    """One movement of money a customer asked for or was given. Its id was made with the review page.

    As a work item it is due whenever somebody should do something about it: give it to OMS, look it up, ask how it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="transfers")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=14, choices=State, default=State.QUOTED)
    rank = models.PositiveSmallIntegerField(default=RANK[State.QUOTED])

    # What was asked for, to ask for the same again when a quote runs out.
    asked_minor = models.BigIntegerField(null=True, blank=True)
    asked_side = models.CharField(max_length=12, default="source", help_text="source, destination or max")

    # Where it goes (a send) or where the cash is paid (cash in). Addresses are kept exactly as checksummed.
    to_address = models.CharField(max_length=64, blank=True)
    to_email = models.EmailField(blank=True, help_text="When the recipient was named by e-mail.")
    to_wallet = models.ForeignKey(Wallet, null=True, blank=True, on_delete=models.PROTECT, related_name="incoming")
    at_exchange = models.CharField(
        max_length=8, blank=True, default="", db_default="", help_text="What the sender said of an address outside."
    )
    store_id = models.CharField(max_length=64, blank=True)
    store_reference = models.CharField(max_length=4096, blank=True)
    store_name = models.CharField(max_length=120, blank=True)
    store_address = models.CharField(max_length=200, blank=True)
    external_account = models.ForeignKey(
        ExternalAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers"
    )
    rail = models.CharField(max_length=8, blank=True, help_text="ach or wire, to or from a bank.")
    expected_on = models.DateField(null=True, blank=True, help_text="The day its owner was told it should be there.")
    from_party = models.CharField(max_length=200, blank=True, help_text="Who money came from, for arrivals.")

    # A payout that came back is not changed: what came back is a transfer of its own, and a payout has one at most.
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="returned_by")
    bank_reason = models.CharField(max_length=120, blank=True, help_text="Why the bank sent it back, in its words.")

    # What was agreed. Frozen by a trigger once confirmed; amounts of cash may still follow what was really paid.
    quote = models.OneToOneField(
        "transfers.Quote", null=True, blank=True, on_delete=models.PROTECT, related_name="used_by"
    )
    amount_minor = models.BigIntegerField(default=0, help_text="What leaves or reaches the wallet, in its currency.")
    fee_minor = models.BigIntegerField(default=0)
    request_body = models.BinaryField(default=b"", help_text="The exact bytes given to OMS, on every attempt.")
    request_sha256 = models.CharField(max_length=64, blank=True)
    idem_key = models.CharField(max_length=80, unique=True, null=True, blank=True)
    partner_no = models.BigIntegerField(unique=True, null=True, blank=True)

    # What OMS says.
    oms_id = models.CharField(max_length=128, unique=True, null=True, blank=True, help_text="OMS's transaction.")
    cash_in_id = models.CharField(max_length=128, unique=True, null=True, blank=True)
    arrival_ref = models.CharField(max_length=160, unique=True, null=True, blank=True)
    oms_status = models.CharField(max_length=40, blank=True)
    oms_sub_status = models.CharField(max_length=80, blank=True)
    tx_hash = models.CharField(max_length=80, blank=True)
    cash_paid_minor = models.BigIntegerField(null=True, blank=True, help_text="Cash the counter took, in cents.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it did not happen, for the customer.")

    first_sent_at = models.DateTimeField(null=True, blank=True)
    unknown_since = models.DateTimeField(null=True, blank=True)
    absent_since = models.DateTimeField(null=True, blank=True, help_text="First time OMS's list did not have it.")
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When OMS was last asked about it.")
    attention = models.CharField(max_length=200, blank=True, help_text="Not empty: a person should look.")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=reduce(or_, (models.Q(state=state, rank=rank) for state, rank in states.rank_pairs())),
                name="transfer_rank_fits_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["processing", "completed"])
                | models.Q(oms_id__isnull=False)
                | models.Q(cash_in_id__isnull=False)
                | models.Q(arrival_ref__isnull=False),
                name="transfer_at_oms_has_an_id",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0, fee_minor__gte=0), name="transfer_amounts_not_negative"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["send", "withdrawal"], confirmed_at__isnull=False)
                | models.Q(amount_minor__gt=0),
                name="confirmed_send_has_an_amount",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="withdrawal")
                | models.Q(external_account__isnull=False, rail__in=["ach", "wire"]),
                name="withdrawal_names_account_and_rail",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="returned") | models.Q(reverses__isnull=False),
                name="return_names_what_it_reverses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.state}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.wallet.currency)

    @property
    def asked(self) -> Money:
        """What was asked for, in the currency of its side. Zero for Max."""
        is_dollars = (self.kind, self.asked_side) in {(Kind.CASH_IN, "source"), (Kind.WITHDRAWAL, "destination")}
        return Money(int(self.asked_minor or 0), Currency.USD if is_dollars else self.wallet.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.wallet.currency)

    @property
    def delivered(self) -> Money:
        """What reaches the other end: dollars at a bank, else what is left after the fees."""
        is_payout = self.kind == Kind.WITHDRAWAL and self.quote is not None
        return self.quote.they_get if is_payout and self.quote else self.amount - self.fee

    @property
    def cash_paid(self) -> Money | None:
        return None if self.cash_paid_minor is None else Money(self.cash_paid_minor, Currency.USD)

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def is_open(self) -> bool:
        return self.state in states.OPEN

    @property
    def is_at_oms(self) -> bool:
        return self.state in AT_OMS

    @property
    def is_incoming(self) -> bool:
        return not self.is_outgoing

    @property
    def is_outgoing(self) -> bool:
        return self.kind in OUTGOING


class Authorization(models.Model):
    """Proof that the person re-authenticated for exactly what one review page showed. Used once, within minutes."""

    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="authorization")
    digest = models.CharField(max_length=64, help_text="SHA-256 over what the review page shows.")
    method = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.method} for {self.transfer_id}"


class Attempt(models.Model):
    """One call that may move money, written before the call: without `ended_at` it may have reached OMS."""

    class Outcome(models.TextChoices):
        NOT_SENT = "not_sent", "Did not reach OMS"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Not known"

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    idem_key = models.CharField(max_length=80)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transfer", "number"], name="one_attempt_per_number"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.transfer_id}"


class CashCode(models.Model):
    """A code to be shown at a store counter. Only the newest of a transfer can be active."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        USED = "used", "Used"
        EXPIRED = "expired", "Expired"
        REPLACED = "replaced", "Replaced by a newer one"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=256)
    barcode = models.CharField(max_length=256, blank=True)
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["transfer"], condition=models.Q(status="active"), name="one_active_code_per_transfer"
            ),
            models.UniqueConstraint(fields=["transfer", "code"], name="one_row_per_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.status}"

    @property
    def is_payable(self) -> bool:
        return self.status == self.Status.ACTIVE and self.expires_at > timezone.now()
