"""Who did what, when, to which thing and why: rows that can be added and never changed.

What must stay true: triggers refuse UPDATE and DELETE; each row's hash covers its content and the hash before it, keyed
by the installation's secret, so that an edit by the database's owner is found; `AuditHead` says where the chain ends,
so that cutting off its tail is found too. No personal data here: rows outlive the right to be forgotten.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody (or the system, when there is no actor) did."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_events"
    )
    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True, db_index=True)
    reason = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["-seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class AuditHead(models.Model):
    """The one row that names the end of the chain. Locking it is what puts writers in a line."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True, default="")
    seal = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="audit_one_head", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return f"the chain ends at {self.seq}"
