"""What OMS has told us, and where we have told it to tell us.

What must stay true: a delivery is stored once however often it comes; its body is sealed, because it carries personal
data and sometimes things that no customer may learn of (compliance); nothing in it is believed (inbox.py).
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from walletapp.sealed import SealedBytesField, SealedTextField
from walletapp.work import WorkItem


class WebhookEndpoint(models.Model):
    """A webhook registered at OMS by `manage.py register_webhook`, with the secret that OMS gave once.

    The row is made before OMS is asked, so that an answer that is lost can be asked for again with the same key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    oms_id = models.CharField(max_length=128, unique=True, null=True, blank=True)
    url = models.URLField(max_length=500)
    secret = SealedTextField(null=True, editable=False)
    active = models.BooleanField(default=False, help_text="Deliveries signed with its secret are accepted.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(active=False) | Q(oms_id__isnull=False, secret__isnull=False),
                name="active_endpoint_is_complete",
            )
        ]

    def __str__(self) -> str:
        return self.oms_id or f"not yet registered ({self.id})"


class InboundEvent(WorkItem):
    """One delivery from OMS whose signature was good. As a work item it is due until it has been applied."""

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        PARKED = "parked", "Parked: not known here yet"
        APPLIED = "applied", "Applied"
        IGNORED = "ignored", "Ignored: nothing of ours"
        CONFLICT = "conflict", "Conflict: same id, other content"
        DEAD = "dead", "Given up"

    WAITING: ClassVar = (State.RECEIVED, State.PARKED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.CharField(max_length=128, help_text="OMS's id of the webhook, or 'settings'.")
    event_id = models.CharField(max_length=100, help_text="OMS's delivery id, or the hash of the body.")
    event_name = models.CharField(max_length=100, blank=True, help_text="As it came; never branched on.")
    contradicts = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contradicted_by",
        help_text="The first delivery under the same id, when this one has another body.",
    )
    body = SealedBytesField(null=True, editable=False, help_text="Erased some weeks after it came; its hash stays.")
    body_sha256 = models.CharField(max_length=64)
    secret_id = models.CharField(max_length=140, help_text="Which of our secrets had signed it.")
    received_at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=40, blank=True, db_index=True)
    resource_id = models.CharField(max_length=100, blank=True, db_index=True)
    look = models.CharField(
        max_length=150, blank=True, db_index=True, help_text="One look at OMS answers all deliveries with the same one."
    )
    sequence = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    applied_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-received_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint", "event_id"], condition=Q(contradicts__isnull=True), name="one_event_per_id"
            ),
            models.UniqueConstraint(fields=["endpoint", "event_id", "body_sha256"], name="one_event_per_body"),
            models.CheckConstraint(
                condition=Q(state__in=["received", "parked", "applied", "ignored", "conflict", "dead"]),
                name="event_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sequence__isnull=True) | Q(sequence__gte=0), name="event_sequence_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "parked"]) | Q(due_at__isnull=True), name="event_at_rest_is_not_due"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["received", "parked"]) | Q(body__isnull=False),
                name="waiting_event_has_its_body",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} ({self.kind or 'unknown'})"
