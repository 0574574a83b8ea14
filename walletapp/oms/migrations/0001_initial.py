"""The inbox of webhooks, and the endpoint they come to."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import walletapp.sealed


class Migration(migrations.Migration):
    initial = True
    replaces = [("oms", "0001_events_and_endpoints")]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("oms_id", models.CharField(blank=True, max_length=128, null=True, unique=True)),
                ("url", models.URLField(max_length=500)),
                ("secret", walletapp.sealed.SealedTextField(null=True)),
                (
                    "active",
                    models.BooleanField(default=False, help_text="Deliveries signed with its secret are accepted."),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active", False),
                            models.Q(("oms_id__isnull", False), ("secret__isnull", False)),
                            _connector="OR",
                        ),
                        name="active_endpoint_is_complete",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundEvent",
            fields=[
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("endpoint", models.CharField(help_text="OMS's id of the webhook, or 'settings'.", max_length=128)),
                ("event_id", models.CharField(help_text="OMS's delivery id, or the hash of the body.", max_length=100)),
                (
                    "event_name",
                    models.CharField(blank=True, help_text="As it came; never branched on.", max_length=100),
                ),
                ("body", walletapp.sealed.SealedBytesField()),
                ("body_sha256", models.CharField(max_length=64)),
                ("secret_id", models.CharField(help_text="Which of our secrets had signed it.", max_length=140)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("kind", models.CharField(blank=True, db_index=True, max_length=40)),
                ("resource_id", models.CharField(blank=True, db_index=True, max_length=100)),
                ("sequence", models.BigIntegerField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("parked", "Parked: not known here yet"),
                            ("applied", "Applied"),
                            ("ignored", "Ignored: nothing of ours"),
                            ("conflict", "Conflict: same id, other content"),
                            ("dead", "Given up"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                (
                    "contradicts",
                    models.ForeignKey(
                        blank=True,
                        help_text="The first delivery under the same id, when this one has another body.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contradicted_by",
                        to="oms.inboundevent",
                    ),
                ),
            ],
            options={
                "ordering": ["-received_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("contradicts__isnull", True)),
                        fields=("endpoint", "event_id"),
                        name="one_event_per_id",
                    ),
                    models.UniqueConstraint(fields=("endpoint", "event_id", "body_sha256"), name="one_event_per_body"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["received", "parked", "applied", "ignored", "conflict", "dead"])
                        ),
                        name="event_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__isnull", True), ("sequence__gte", 0), _connector="OR"),
                        name="event_sequence_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["received", "parked"]), ("due_at__isnull", True), _connector="OR"
                        ),
                        name="event_at_rest_is_not_due",
                    ),
                ],
            },
        ),
    ]
