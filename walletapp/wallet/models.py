"""What the user holds: wallets, the ledger behind them, and the movements the customer sees.

What must stay true: the ledger is append-only and every transaction in it sums to zero; `available_minor` and
`held_minor` are written by `ledger.py` alone, in the same database transaction as the entries they summarise.
Why money moved is not known here; `transfers` knows.
"""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from walletapp.chain.addresses import kept_form
from walletapp.money import Currency, Money
from walletapp.wallet.states import Direction, MovementKind, Word
from walletapp.work import WorkItem


class WalletQuerySet(models.QuerySet["Wallet"]):
    """Picks wallets."""

    def custodial(self) -> Self:
        """The wallets OMS keeps: the only ones with a balance of ours behind them."""
        return self.filter(custody=Wallet.Custody.CUSTODIAL)

    def for_user(self, user: Any) -> Self:
        return self.filter(user=user)

    def at(self, address: str) -> Self:
        """Those at this address, whatever its capitals here: they are kept checksummed. None at what is no address."""
        kept = kept_form(address)
        return self.filter(address=kept) if kept else self.none()


class MovementQuerySet(models.QuerySet["Movement"]):
    """Picks movements."""

    def for_user(self, user: Any) -> Self:
        return self.filter(wallet__user=user).select_related("wallet")

    def pending(self) -> Self:
        return self.filter(finished_at__isnull=True)

    def finished(self) -> Self:
        return self.filter(finished_at__isnull=False)


class Wallet(WorkItem):
    """One asset on one chain. A custodial wallet is kept by OMS; an external one is the customer's own.

    As a work item it is its own provisioning: due until OMS has answered with the wallet's id, and again while OMS has
    it suspended.
    """

    class Custody(models.TextChoices):
        CUSTODIAL = "custodial", "Kept by OMS"
        EXTERNAL = "external", "The customer's own"

    class State(models.TextChoices):
        OPENING = "opening", "Being opened"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended by OMS"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wallets")
    custody = models.CharField(max_length=12, choices=Custody, default=Custody.CUSTODIAL)
    state = models.CharField(max_length=12, choices=State, default=State.OPENING)
    asset = models.CharField(max_length=12, default="usdc")
    chain = models.CharField(max_length=20, default="polygon")
    oms_id = models.CharField(max_length=128, unique=True, null=True, blank=True)
    address = models.CharField(max_length=64, blank=True, db_index=True)
    idem_key = models.CharField(max_length=64, unique=True)
    status_seen_at = models.DateTimeField(null=True, blank=True, help_text="When OMS was asked for what `state` says.")

    available_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    remote_minor = models.BigIntegerField(null=True, blank=True, help_text="Balance at OMS when last read.")
    remote_seen_at = models.DateTimeField(null=True, blank=True)
    more_at_oms_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when OMS has held more than we can explain."
    )
    frozen_reason = models.CharField(max_length=200, blank=True, help_text="Not empty: nothing leaves this wallet.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WalletQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(available_minor__gte=0), name="wallet_available_not_negative"),
            models.CheckConstraint(condition=models.Q(held_minor__gte=0), name="wallet_held_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(state="active", custody="custodial") | models.Q(oms_id__isnull=False),
                name="wallet_active_has_oms_id",
            ),
            models.UniqueConstraint(
                fields=["user", "asset", "chain"],
                condition=models.Q(custody="custodial"),
                name="one_custodial_wallet_per_asset",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset}/{self.chain} of {self.user}"

    @property
    def currency(self) -> Currency:
        return Currency.of_asset(self.asset)

    @property
    def available(self) -> Money:
        return Money(self.available_minor, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_minor, self.currency)

    @property
    def remote(self) -> Money | None:
        """What OMS said it holds at `remote_seen_at`; None when it was never read, which is not zero."""
        return None if self.remote_minor is None else Money(self.remote_minor, self.currency)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_being_opened(self) -> bool:
        return self.state == self.State.OPENING


class Movement(models.Model):
    """One thing the customer sees in their activity, pending ones too. Its id is the id of what it stands for."""

    id = models.UUIDField(primary_key=True, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=MovementKind)
    direction = models.CharField(max_length=3, choices=Direction)
    word = models.CharField(max_length=20, choices=Word)
    amount_minor = models.BigIntegerField(help_text="What leaves or reaches the wallet; expected until it is done.")
    other_party = models.CharField(max_length=200, help_text="Who or where, in the customer's words.")
    page = models.CharField(max_length=60, help_text="URL name of the page about it; takes the id.")
    reverses = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = MovementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="movement_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.word}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.wallet.currency)

    @property
    def is_pending(self) -> bool:
        return self.finished_at is None

    @property
    def is_incoming(self) -> bool:
        return self.direction == Direction.IN

    @property
    def signed_amount(self) -> Money:
        """Plus for what comes in, minus for what goes out: the direction decides, never the kind."""
        return self.amount if self.is_incoming else -self.amount


class LedgerAccount(models.Model):
    """One side of an entry: a wallet's available or held money, or a counter-account of the whole house."""

    class Kind(models.TextChoices):
        AVAILABLE = "available", "Available to the customer"
        HELD = "held", "Held for an open transfer"
        SETTLEMENT = "settlement", "Outside: paid out or paid in through OMS"
        SUSPENSE = "suspense", "Not yet explained"

    wallet = models.ForeignKey(Wallet, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=12, choices=Kind)
    asset = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wallet", "kind"], name="one_account_per_wallet_and_kind"),
            models.UniqueConstraint(
                fields=["kind", "asset"], condition=models.Q(wallet__isnull=True), name="one_house_account_per_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(wallet__isnull=True, kind__in=["settlement", "suspense"])
                | models.Q(wallet__isnull=False, kind__in=["available", "held"]),
                name="account_kind_fits_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asset} {self.wallet_id or 'house'}"


class LedgerTransaction(models.Model):
    """Entries that belong together and sum to zero. Append-only: the database refuses to change or delete it.

    Post and void share the slot `resolve`, so the database allows only one of them, once.
    """

    class Slot(models.TextChoices):
        HOLD = "hold"
        RESOLVE = "resolve"
        RECEIVE = "receive"
        ADJUST = "adjust"

    class Kind(models.TextChoices):
        HOLD = "hold", "Set aside"
        POST = "post", "Paid out of what was set aside"
        VOID = "void", "Set aside, given back"
        RECEIVE = "receive", "Came in"
        ADJUST = "adjust", "Corrected by staff"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="ledger")
    slot = models.CharField(max_length=8, choices=Slot)
    kind = models.CharField(max_length=8, choices=Kind)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["movement", "slot"], name="one_ledger_transaction_per_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.movement_id}"


class LedgerEntry(models.Model):
    """A signed amount on one account. Append-only."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transaction", "account"], name="one_entry_per_account"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="entry_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.account_id}"


class ReconciliationRun(models.Model):
    """One comparison of our rows with OMS's."""

    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    covers_since = models.DateTimeField(null=True, blank=True)
    compared = models.PositiveIntegerField(default=0)
    differences = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.differences} differences"


class Break(models.Model):
    """A difference between us and OMS: an incident with an owner and an age, open until a person closes it."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, help_text="What it is about: an id of ours or of OMS's.")
    wallet = models.ForeignKey(Wallet, null=True, blank=True, on_delete=models.PROTECT, related_name="breaks")
    detail = models.JSONField(default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, help_text="When it was last found.")
    closed_at = models.DateTimeField(null=True, blank=True)
    how_closed = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=models.Q(closed_at__isnull=True), name="one_open_break_per_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
