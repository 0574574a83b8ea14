"""What people are told, and whether it went out."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import walletapp.notifications.kinds


class Migration(migrations.Migration):
    initial = True
    replaces = [("notifications", "0001_notices")]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=walletapp.notifications.kinds.choices, max_length=24)),
                ("context", models.JSONField(default=dict)),
                ("link", models.CharField(blank=True, help_text="Path of the page that shows it.", max_length=200)),
                ("dedupe_key", models.CharField(max_length=120, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("given_up_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_at__isnull", True),
                            models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="notice_finished_is_not_due",
                    )
                ],
            },
        ),
    ]
