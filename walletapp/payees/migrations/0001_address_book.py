"""The address book, and the wish to send to saved addresses only."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OnlySaved",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "ends_at",
                    models.DateTimeField(blank=True, help_text="When switching it off takes effect.", null=True),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="only_saved",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "only to saved addresses",
                "verbose_name_plural": "only to saved addresses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gte", models.F("since")), _connector="OR"
                        ),
                        name="only_saved_ends_after_it_began",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payee",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("nickname", models.CharField(max_length=40)),
                ("address", models.CharField(max_length=64)),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="When it was saved by the e-mail of a customer here.", max_length=254
                    ),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payees", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("nickname")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("user"),
                        django.db.models.functions.text.Lower("address"),
                        condition=models.Q(("removed_at__isnull", True)),
                        name="one_payee_per_address",
                    ),
                    models.UniqueConstraint(
                        models.F("user"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("removed_at__isnull", True), models.Q(("email", ""), _negated=True)),
                        name="one_payee_per_email",
                    ),
                    models.UniqueConstraint(
                        models.F("user"),
                        django.db.models.functions.text.Lower("nickname"),
                        condition=models.Q(("removed_at__isnull", True)),
                        name="one_payee_per_nickname",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("nickname", ""), _negated=True), models.Q(("address", ""), _negated=True)
                        ),
                        name="payee_is_whole",
                    ),
                ],
            },
        ),
    ]
