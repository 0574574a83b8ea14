"""Who the user is, and what OMS lets them do.

A `User` signs in. Their `Customer` is OMS's record of the person; its `Endorsement`s say what OMS allows, and only
they do (a KYC verdict alone opens nothing). Money is not known here.
"""

import hashlib
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from waffle.models import AbstractUserFlag

from walletapp.accounts.holds import Hold  # noqa: F401 - Django looks for models here
from walletapp.accounts.proofs import Proof  # noqa: F401 - Django looks for models here
from walletapp.accounts.recoveries import Recovery  # noqa: F401 - Django looks for models here
from walletapp.accounts.states import OnboardingState
from walletapp.sealed import SealedBytesField, SealedJSONField, SealedTextField
from walletapp.work import WorkItem


class UserManager(BaseUserManager["User"]):
    """Users are made with an e-mail address and a password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. `public_id` is what leaves the database."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        ordering: ClassVar = ["-date_joined"]
        permissions: ClassVar = [("end_sessions", "Can sign somebody out")]
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.email


class Flag(AbstractUserFlag):
    """A feature flag: per user, group, percent, staff and everyone.

    Unlike waffle's stock flag the percentage is decided by the user's id, not by a cookie (so a task and a page agree),
    and no visitor can switch a flag on by URL.
    """

    class Meta(AbstractUserFlag.Meta):
        abstract = False

    def is_active(self, request: HttpRequest, read_only: bool = False) -> bool | None:
        return self.is_active_for_user(request.user)

    def is_active_for_user(self, user: Any) -> bool | None:
        if not self.pk:
            return False
        return bool(self.everyone) if self.everyone is not None else self.lists(user)

    def lists(self, user: Any) -> bool:
        """Whether this person is among those it is for, whatever it says about everyone."""
        return user.is_authenticated and self.fits(user, is_named=self.name in self.naming(user))

    def fits(self, user: Any, *, is_named: bool) -> bool:
        """The same, for a signed-in person of whom the caller knows whether the flag names them."""
        by_kind = self.authenticated or (self.staff and user.is_staff) or (self.superusers and user.is_superuser)
        return bool(by_kind) or is_named or self._is_in_percent(user)

    @classmethod
    def naming(cls, user: Any) -> set[str]:
        """The names of all flags that name this person, or a group of theirs.

        From the database: waffle's own would ask a cache, and what staff changed must count at once.
        """
        theirs = models.Q(users=user.pk) | models.Q(groups__user=user.pk)
        return set(cls.objects.filter(theirs).values_list("name", flat=True))

    def _is_in_percent(self, user: Any) -> bool:
        if not self.percent:
            return False
        digest = hashlib.sha256(f"{self.name}:{user.pk}".encode()).digest()
        return int.from_bytes(digest[:4]) % 1000 < self.percent * 10


class Customer(models.Model):
    """OMS's record of a user, as last read from OMS."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="customer")
    oms_id = models.CharField(max_length=128, unique=True)
    first_name = models.CharField(max_length=70, blank=True)
    last_name = models.CharField(max_length=70, blank=True)
    is_active = models.BooleanField(default=True, help_text="An inactive customer can make no transactions at OMS.")
    seen_at = models.DateTimeField(default=timezone.now, help_text="When OMS was last asked.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.oms_id

    @classmethod
    def of(cls, user: Any) -> "Customer | None":
        """This user's customer with its endorsements, None before OMS has one."""
        return cls.objects.prefetch_related("endorsements").filter(user=user).first()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def has(self, *names: str) -> bool:
        """Whether OMS has endorsed this customer for all of `names`."""
        active = {e.name for e in self.endorsements.all() if e.status == Endorsement.Status.ACTIVE}
        return self.is_active and active.issuperset(names)

    @property
    def may_hold_money(self) -> bool:
        return self.has("basic", "cryptoCustody")


class Endorsement(models.Model):
    """OMS's standing decision about one capability of one customer."""

    class Status(models.TextChoices):
        INACTIVE = "INACTIVE", "Not asked for"
        PENDING = "PENDING", "In review"
        ISSUES = "ISSUES", "More needed"
        ACTIVE = "ACTIVE", "Granted"
        REJECTED = "REJECTED", "Refused"
        REVOKED_ISSUES = "REVOKED_ISSUES", "Taken back, more needed"
        OFFBOARDED = "OFFBOARDED", "Closed"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="endorsements")
    name = models.CharField(max_length=64)
    # Not restricted to the choices: OMS may know words that we do not. Only ACTIVE opens anything.
    status = models.CharField(max_length=64)
    reasons = models.JSONField(default=list, help_text="Reasons meant to be shown to the customer.")
    missing = models.JSONField(default=list, help_text="Items OMS wants: names of what is missing or has issues.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "name"], name="one_endorsement_per_name")]

    def __str__(self) -> str:
        return f"{self.name}: {self.status}"


class Onboarding(WorkItem):
    """What one person has answered so far, and the request frozen from it until OMS has answered.

    Everything the person typed is sealed, and erased once OMS has answered. While `submitting`, the row is due until
    the outcome is known; while `submitted`, it is due when OMS is to be asked again.
    """

    class Operation(models.TextChoices):
        CREATE = "create", "Create the customer"
        UPDATE = "update", "Correct the customer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="onboarding")
    state = models.CharField(max_length=12, choices=OnboardingState, default=OnboardingState.ANSWERING)
    answers = SealedJSONField(owner="user_id", null=True, blank=True)
    document_hint = SealedTextField(
        owner="user_id", null=True, blank=True, help_text="What the person recognises: kind and last four."
    )
    agreed_at = models.DateTimeField(null=True, blank=True, help_text="When the agreement was signed.")

    operation = models.CharField(max_length=6, choices=Operation, default=Operation.CREATE)
    generation = models.PositiveIntegerField(default=0, help_text="Counts the frozen requests of this person.")
    idempotency_key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    request_body = SealedBytesField(owner="user_id", null=True, blank=True)
    request_sha256 = models.CharField(max_length=64, blank=True, default="")
    first_sent_at = models.DateTimeField(null=True, blank=True)
    is_unknown = models.BooleanField(default=False, help_text="An attempt may have reached OMS without an answer.")
    problem = models.CharField(max_length=40, blank=True, default="", help_text="Why OMS did not take the request.")

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="onboarding_state_known", condition=models.Q(state__in=OnboardingState.values)),
            models.CheckConstraint(
                name="onboarding_submitting_has_frozen_request",
                condition=~models.Q(state=OnboardingState.SUBMITTING)
                | models.Q(
                    request_body__isnull=False,
                    idempotency_key__isnull=False,
                    request_sha256__gt="",
                    due_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="onboarding_submitted_is_erased",
                condition=~models.Q(state=OnboardingState.SUBMITTED)
                | models.Q(request_body__isnull=True, answers__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} ({self.created_at:%Y-%m-%d})"
