"""Requests to let somebody in, which take two people."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from walletapp.accounts.recoveries import keep_decided


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "proved",
                    models.CharField(
                        choices=[
                            ("video", "On a video call, with the document that OMS knows"),
                            ("in_person", "In person, with the document that OMS knows"),
                            ("oms", "OMS has checked their identity again"),
                        ],
                        max_length=10,
                        verbose_name="identity proved",
                    ),
                ),
                ("words", models.CharField(max_length=300, verbose_name="why")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Waits for a second person"),
                            ("approved", "Approved: their second factors were removed"),
                            ("declined", "Declined"),
                            ("stopped", "Stopped by the owner, who pressed pause"),
                            ("expired", "Too old"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="what the second person says")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "request to let somebody in",
                "verbose_name_plural": "requests to let somebody in",
                "ordering": ["-asked_at"],
                "permissions": [
                    ("ask_recovery", "Can ask to let in somebody who lost every second factor"),
                    ("decide_recovery", "Can decide what another member of the staff asked"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")), fields=("user",), name="one_open_recovery_of_a_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_by", models.F("user")), _negated=True),
                            models.Q(("decided_by", models.F("user")), _negated=True),
                        ),
                        name="nobody_recovers_themselves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("asked_by")), _negated=True),
                        name="recovery_takes_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("outcome", "open")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("outcome__in", ["approved", "declined"]),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", True),
                                ("outcome__in", ["stopped", "expired"]),
                            ),
                            _connector="OR",
                        ),
                        name="recovery_says_who_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("asked_at")),
                            models.Q(
                                models.Q(("outcome", "approved"), _negated=True),
                                ("decided_at__lte", models.F("expires_at")),
                                _connector="OR",
                            ),
                        ),
                        name="recovery_is_approved_in_time",
                    ),
                ],
            },
        ),
        keep_decided(),
    ]
