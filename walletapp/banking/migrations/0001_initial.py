"""Interest in bank transfers, bank accounts of both kinds, and deposits nobody could place."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import walletapp.sealed


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("banking", "0001_interest_in_bank_transfers"),
        ("banking", "0002_flag_of_bank_funding"),
        ("banking", "0003_bank_accounts_and_deposits"),
    ]

    dependencies = [
        ("wallet", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UnmatchedDeposit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("oms_id", models.CharField(max_length=128, unique=True, verbose_name="OMS transaction")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To be placed"), ("placed", "Placed"), ("closed", "Closed without placing")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(max_length=200, verbose_name="why it could not be placed")),
                ("rail", models.CharField(blank=True, max_length=20)),
                (
                    "amount_minor",
                    models.BigIntegerField(blank=True, help_text="Dollars that came, in cents.", null=True),
                ),
                ("virtual_account_oms_id", models.CharField(blank=True, max_length=128, verbose_name="to the account")),
                ("wallet_oms_id", models.CharField(blank=True, max_length=128, verbose_name="for the wallet")),
                ("oms_status", models.CharField(blank=True, max_length=40)),
                ("came_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seen_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="When OMS was last asked about it."
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("how_closed", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="InterestEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "use_case",
                    models.CharField(
                        choices=[
                            ("pay_in", "Move money from my bank account into my wallet"),
                            ("pay_out", "Move money from my wallet to my bank account"),
                            ("salary", "Have my pay sent to my wallet"),
                            ("business", "Pay or be paid for my own business"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "monthly_volume",
                    models.CharField(
                        choices=[
                            ("under_500", "Less than $500"),
                            ("to_2000", "$500 to $2,000"),
                            ("to_10000", "$2,000 to $10,000"),
                            ("over_10000", "More than $10,000"),
                        ],
                        max_length=12,
                        verbose_name="expected each month",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("AL", "Alabama"),
                            ("AK", "Alaska"),
                            ("AZ", "Arizona"),
                            ("AR", "Arkansas"),
                            ("CA", "California"),
                            ("CO", "Colorado"),
                            ("CT", "Connecticut"),
                            ("DE", "Delaware"),
                            ("DC", "District of Columbia"),
                            ("FL", "Florida"),
                            ("GA", "Georgia"),
                            ("HI", "Hawaii"),
                            ("ID", "Idaho"),
                            ("IL", "Illinois"),
                            ("IN", "Indiana"),
                            ("IA", "Iowa"),
                            ("KS", "Kansas"),
                            ("KY", "Kentucky"),
                            ("LA", "Louisiana"),
                            ("ME", "Maine"),
                            ("MD", "Maryland"),
                            ("MA", "Massachusetts"),
                            ("MI", "Michigan"),
                            ("MN", "Minnesota"),
                            ("MS", "Mississippi"),
                            ("MO", "Missouri"),
                            ("MT", "Montana"),
                            ("NE", "Nebraska"),
                            ("NV", "Nevada"),
                            ("NH", "New Hampshire"),
                            ("NJ", "New Jersey"),
                            ("NM", "New Mexico"),
                            ("NY", "New York"),
                            ("NC", "North Carolina"),
                            ("ND", "North Dakota"),
                            ("OH", "Ohio"),
                            ("OK", "Oklahoma"),
                            ("OR", "Oregon"),
                            ("PA", "Pennsylvania"),
                            ("RI", "Rhode Island"),
                            ("SC", "South Carolina"),
                            ("SD", "South Dakota"),
                            ("TN", "Tennessee"),
                            ("TX", "Texas"),
                            ("UT", "Utah"),
                            ("VT", "Vermont"),
                            ("VA", "Virginia"),
                            ("WA", "Washington"),
                            ("WV", "West Virginia"),
                            ("WI", "Wisconsin"),
                            ("WY", "Wyoming"),
                        ],
                        max_length=2,
                        verbose_name="state of residence",
                    ),
                ),
                (
                    "consented_at",
                    models.DateTimeField(help_text="When the person agreed to be written to about bank transfers."),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="given access")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interest",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "interest in bank transfers",
                "verbose_name_plural": "interest in bank transfers",
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="MissingDeposit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Being looked for"), ("answered", "Answered")], default="open", max_length=8
                    ),
                ),
                ("amount_minor", models.BigIntegerField(help_text="Dollars, in cents.")),
                ("sent_on", models.DateField()),
                ("rail", models.CharField(choices=[("ach", "ACH"), ("wire", "Wire")], max_length=8)),
                ("bank_name", models.CharField(max_length=120, verbose_name="sending bank")),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference used")),
                ("note", models.CharField(blank=True, max_length=500)),
                ("answer", models.CharField(blank=True, help_text="What the customer was told.", max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="missing_deposits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ExternalAccount",
            fields=[
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being checked"),
                            ("verified", "Ready"),
                            ("refused", "Not accepted"),
                            ("stopped", "Stopped by our bank partner"),
                            ("removed", "Removed"),
                        ],
                        default="checking",
                        max_length=10,
                    ),
                ),
                (
                    "oms_id",
                    models.CharField(
                        blank=True, max_length=128, null=True, unique=True, verbose_name="OMS id (cpUsBank_...)"
                    ),
                ),
                ("idem_key", models.CharField(max_length=64, unique=True)),
                ("nickname", models.CharField(blank=True, max_length=40)),
                ("bank_name", models.CharField(max_length=120)),
                ("routing_number", models.CharField(max_length=9)),
                ("account_number", walletapp.sealed.SealedTextField(blank=True, null=True)),
                ("last4", models.CharField(max_length=4, verbose_name="ends in")),
                (
                    "fingerprint",
                    models.CharField(help_text="Keyed hash of both numbers, to find the same again.", max_length=64),
                ),
                (
                    "account_type",
                    models.CharField(choices=[("checking", "Checking"), ("savings", "Savings")], max_length=8),
                ),
                ("owner_name", models.CharField(max_length=160)),
                ("is_by_hand", models.BooleanField(default=False, verbose_name="checked by hand")),
                (
                    "problem",
                    models.CharField(
                        blank=True, help_text="What is wrong with it, in words for its owner.", max_length=200
                    ),
                ),
                (
                    "status_seen_at",
                    models.DateTimeField(blank=True, help_text="When OMS was asked for what `state` says.", null=True),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_accounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["removed", "refused"]), _negated=True),
                        fields=("user", "fingerprint"),
                        name="one_external_account_per_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["verified", "stopped"]), _negated=True),
                            ("oms_id__isnull", False),
                            _connector="OR",
                        ),
                        name="external_account_at_oms_has_an_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["verified", "refused", "removed"]), _negated=True),
                            ("account_number__isnull", True),
                            _connector="OR",
                        ),
                        name="external_account_number_is_erased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VirtualAccount",
            fields=[
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("opening", "Being opened"),
                            ("active", "Open"),
                            ("paused", "Paused by our bank partner"),
                            ("closed", "Closed"),
                        ],
                        default="opening",
                        max_length=10,
                    ),
                ),
                (
                    "oms_id",
                    models.CharField(
                        blank=True, max_length=128, null=True, unique=True, verbose_name="OMS id (va_...)"
                    ),
                ),
                ("idem_key", models.CharField(max_length=64, unique=True)),
                ("bank_name", models.CharField(blank=True, max_length=120)),
                ("routing_number", models.CharField(blank=True, max_length=9)),
                ("account_number", walletapp.sealed.SealedTextField(blank=True, null=True)),
                ("account_type", models.CharField(blank=True, max_length=20)),
                ("owner_name", models.CharField(blank=True, max_length=160)),
                ("reference", models.CharField(blank=True, max_length=64)),
                ("is_by_hand", models.BooleanField(default=False, verbose_name="opened by hand")),
                (
                    "problem",
                    models.CharField(blank=True, help_text="Why OMS did not open it, for staff.", max_length=200),
                ),
                (
                    "status_seen_at",
                    models.DateTimeField(blank=True, help_text="When OMS was asked for what `state` says.", null=True),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="virtual_accounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="virtual_accounts", to="wallet.wallet"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=("wallet",),
                        name="one_virtual_account_per_wallet",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["active", "paused"]), _negated=True),
                            models.Q(
                                ("account_number__isnull", False), ("oms_id__isnull", False), ("routing_number__gt", "")
                            ),
                            _connector="OR",
                        ),
                        name="virtual_account_open_is_whole",
                    ),
                ],
            },
        ),
    ]
