"""Everything we tell a user: one row is both the e-mail to be sent and what the app shows.

What must stay true: one row per thing told, however often somebody tells it (`dedupe_key`); a row is written in the
database transaction of what it tells of; no secret, code or identity detail in `context`.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from walletapp.notifications.kinds import KINDS, choices
from walletapp.work import WorkItem


class Notice(WorkItem):
    """One thing told to one user. As a work item it is due until the e-mail has left, or was given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=24, choices=choices)
    context = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True, help_text="Path of the page that shows it.")
    address = models.EmailField(blank=True, default="", db_default="", help_text="Only when it is not the user's own.")
    dedupe_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="notice_finished_is_not_due",
                condition=models.Q(due_at__isnull=True) | models.Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        return KINDS[self.kind].subject_for(self.context)

    @property
    def message_id(self) -> str:
        """The same on every attempt, so that a mail server may drop what it already has."""
        domain = settings.SITE_URL.split("://", 1)[-1].split(":", 1)[0].split("/", 1)[0]
        return f"<{self.id}@{domain}>"
