"""A person's own limits of sends, and what they say of an address outside. The triggers go on again after it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from walletapp.transfers.frozen import freeze_confirmed


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="at_exchange",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the sender said of an address outside.",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="OwnLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at_once_minor", models.BigIntegerField()),
                ("day_minor", models.BigIntegerField()),
                ("next_at_once_minor", models.BigIntegerField(blank=True, null=True)),
                ("next_day_minor", models.BigIntegerField(blank=True, null=True)),
                (
                    "next_from",
                    models.DateTimeField(
                        blank=True, help_text="When the next ones take the place of these.", null=True
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="send_limit",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "own limit of sends",
                "verbose_name_plural": "own limits of sends",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("at_once_minor__gt", 0), ("day_minor__gte", models.F("at_once_minor"))),
                        name="own_limit_makes_sense",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_at_once_minor__isnull", True),
                                ("next_day_minor__isnull", True),
                                ("next_from__isnull", True),
                            ),
                            models.Q(
                                ("next_at_once_minor__gte", models.F("at_once_minor")),
                                ("next_at_once_minor__isnull", False),
                                ("next_day_minor__gte", models.F("day_minor")),
                                ("next_day_minor__isnull", False),
                                ("next_from__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="own_limit_next_is_whole_and_higher",
                    ),
                ],
            },
        ),
        freeze_confirmed(),
    ]
