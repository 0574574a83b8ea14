"""Tries to prove, just before something happens, that it is the person who wants exactly this.

What must stay true, here and in the database: a try is written down before it is judged, an intent has TRIES of them at
most however many come at once, what a passkey has signed is taken once, and what was proved before a page was filled
in is used once.
"""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

TRIES = 5
# Of one person, whatever they were for. After so many wrong passkeys or passwords the wrong ones are not written down
# any more, so that nobody fills the table; a right one still counts.
WRONG_CODES, WRONG_CODES_WITHIN = 10, timedelta(hours=1)


class Proof(models.Model):
    """One try. `purpose` and `subject` name the intent, `digest` is everything that was shown."""

    class Method(models.TextChoices):
        PASSKEY = "passkey", "Passkey"
        APP = "app", "Code of an authenticator app"
        PASSWORD = "password", "Password"
        RECOVERY = "recovery", "Recovery code"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proofs")
    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    method = models.CharField(max_length=10, choices=Method)
    nonce = models.CharField(max_length=32, unique=True, null=True, blank=True, help_text="Of the page that was used.")
    succeeded = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True, help_text="Only of what is proved first and done afterwards.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "purpose", "subject", "number"], name="one_proof_per_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=TRIES), name="proof_has_few_tries"),
            models.CheckConstraint(
                condition=models.Q(succeeded=False) | models.Q(nonce__isnull=False), name="proof_used_a_page"
            ),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(succeeded=True), name="only_a_right_proof_is_used"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} for {self.purpose} {self.subject}"
