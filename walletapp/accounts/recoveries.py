"""Requests of support to let somebody in who has lost every second factor.

What must stay true, here and in the database: one request is open per person; whoever decides it is neither who asked
nor the person; it is approved before it expires or not at all; what is decided stays so (a trigger).
"""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.utils import timezone


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """Picks requests."""

    def waiting(self) -> Self:
        """Those that can still be approved."""
        return self.filter(outcome=Recovery.Outcome.OPEN, expires_at__gt=timezone.now())


class Recovery(models.Model):
    """One member of the staff has proved who somebody is, and asks another to let them in."""

    class Proved(models.TextChoices):
        VIDEO = "video", "On a video call, with the document that OMS knows"
        IN_PERSON = "in_person", "In person, with the document that OMS knows"
        OMS = "oms", "OMS has checked their identity again"

    class Outcome(models.TextChoices):
        OPEN = "open", "Waits for a second person"
        APPROVED = "approved", "Approved: their second factors were removed"
        DECLINED = "declined", "Declined"
        STOPPED = "stopped", "Stopped by the owner, who pressed pause"
        EXPIRED = "expired", "Too old"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recoveries")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    proved = models.CharField("identity proved", max_length=10, choices=Proved)
    words = models.CharField("why", max_length=300)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField("what the second person says", max_length=300, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        verbose_name = "request to let somebody in"
        verbose_name_plural = "requests to let somebody in"
        permissions: ClassVar = [
            ("ask_recovery", "Can ask to let in somebody who lost every second factor"),
            ("decide_recovery", "Can decide what another member of the staff asked"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(outcome="open"), name="one_open_recovery_of_a_person"),
            models.CheckConstraint(
                condition=~Q(asked_by=F("user")) & ~Q(decided_by=F("user")), name="nobody_recovers_themselves"
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="recovery_takes_two_people"),
            models.CheckConstraint(
                condition=Q(outcome="open", decided_by__isnull=True, decided_at__isnull=True)
                | Q(outcome__in=["approved", "declined"], decided_by__isnull=False, decided_at__isnull=False)
                | Q(outcome__in=["stopped", "expired"], decided_by__isnull=True, decided_at__isnull=False),
                name="recovery_says_who_decided",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at"))
                & (~Q(outcome="approved") | Q(decided_at__lte=F("expires_at"))),
                name="recovery_is_approved_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.asked_at:%Y-%m-%d %H:%M})"


# The words of both may be blanked when the person is erased.
_FINAL = "outcome, user_id, asked_by_id, asked_at, expires_at, proved, decided_by_id, decided_at"
_TRIGGER = f"CREATE TRIGGER recovery_decided BEFORE UPDATE OF {_FINAL} ON accounts_recovery"


def keep_decided() -> migrations.RunPython:
    """The migration operation that puts the trigger on: a request that is decided does not change. Safe to repeat; a
    migration that alters the table ends with it again, because SQLite makes the table anew."""
    return migrations.RunPython(_forwards, _backwards)


def _forwards(apps: Any, schema_editor: Any) -> None:
    _backwards(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'a decided request does not change'); END"
        statements = [f"{_TRIGGER} WHEN OLD.outcome <> 'open' {refuse}"]
    else:
        statements = [
            """CREATE OR REPLACE FUNCTION recovery_is_decided() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a decided request does not change'
            USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            f"{_TRIGGER} FOR EACH ROW WHEN (OLD.outcome <> 'open') EXECUTE FUNCTION recovery_is_decided()",
        ]
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _backwards(apps: Any, schema_editor: Any) -> None:
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON accounts_recovery"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS recovery_decided{on}")
