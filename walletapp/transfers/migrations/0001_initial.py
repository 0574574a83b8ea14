"""Transfers, their quotes, codes, attempts and confirmations. The database refuses to change what was confirmed."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from walletapp.transfers.frozen import freeze_confirmed


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("transfers", "0001_transfers_and_quotes"),
        ("transfers", "0002_confirmed_is_frozen"),
        ("transfers", "0003_longer_references"),
        ("transfers", "0004_drafts_may_end"),
        ("transfers", "0005_withdrawals_and_returns"),
        ("transfers", "0006_bank_deposits"),
        ("transfers", "0007_standstill"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("banking", "0001_initial"),
        ("wallet", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(default=1)),
                ("oms_id", models.CharField(blank=True, max_length=128, null=True, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Used"), ("expired", "Expired")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("source_asset", models.CharField(max_length=12)),
                ("source_gross_minor", models.BigIntegerField()),
                ("source_net_minor", models.BigIntegerField()),
                ("destination_asset", models.CharField(max_length=12)),
                ("destination_gross_minor", models.BigIntegerField()),
                ("destination_net_minor", models.BigIntegerField()),
                ("fees", models.JSONField(default=list, help_text='Lines: {"kind", "asset", "minor"}')),
                ("rate", models.CharField(max_length=40)),
                ("fixed_side", models.CharField(max_length=12)),
                (
                    "is_estimate",
                    models.BooleanField(default=False, help_text="Cash-in mode: a forecast from the fee schedule."),
                ),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("snapshot", models.JSONField(default=dict, help_text="The quote as OMS gave it.")),
                ("snapshot_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("destination_gross_minor__gt", 0),
                            ("destination_gross_minor__gte", models.F("destination_net_minor")),
                            ("destination_net_minor__gt", 0),
                            ("source_gross_minor__gt", 0),
                            ("source_gross_minor__gte", models.F("source_net_minor")),
                            ("source_net_minor__gt", 0),
                        ),
                        name="quote_amounts_make_sense",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Standstill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("why", models.CharField(max_length=200)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-began_at"],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("send", "Send"),
                            ("cash_in", "Add cash"),
                            ("bank_in", "Add money by bank"),
                            ("deposit", "Received from outside"),
                            ("received", "Received from a customer here"),
                            ("withdrawal", "Withdraw to a bank"),
                            ("returned", "Came back from a bank"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("quoted", "Priced, not confirmed"),
                            ("ready", "Confirmed"),
                            ("submitting", "Being given to OMS"),
                            ("unknown", "Given to OMS, answer not known"),
                            ("awaiting_cash", "Code made, cash not paid"),
                            ("processing", "OMS is working on it"),
                            ("completed", "Done"),
                            ("failed", "Failed, nothing moved"),
                            ("canceled", "Cancelled by the customer"),
                            ("expired", "Expired before anything moved"),
                        ],
                        default="quoted",
                        max_length=14,
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(default=10)),
                ("asked_minor", models.BigIntegerField(blank=True, null=True)),
                (
                    "asked_side",
                    models.CharField(default="source", help_text="source, destination or max", max_length=12),
                ),
                ("to_address", models.CharField(blank=True, max_length=64)),
                (
                    "to_email",
                    models.EmailField(blank=True, help_text="When the recipient was named by e-mail.", max_length=254),
                ),
                ("store_id", models.CharField(blank=True, max_length=64)),
                ("store_reference", models.CharField(blank=True, max_length=4096)),
                ("store_name", models.CharField(blank=True, max_length=120)),
                ("store_address", models.CharField(blank=True, max_length=200)),
                ("rail", models.CharField(blank=True, help_text="ach or wire, to or from a bank.", max_length=8)),
                (
                    "expected_on",
                    models.DateField(blank=True, help_text="The day its owner was told it should be there.", null=True),
                ),
                (
                    "from_party",
                    models.CharField(blank=True, help_text="Who money came from, for arrivals.", max_length=200),
                ),
                (
                    "bank_reason",
                    models.CharField(blank=True, help_text="Why the bank sent it back, in its words.", max_length=120),
                ),
                (
                    "amount_minor",
                    models.BigIntegerField(default=0, help_text="What leaves or reaches the wallet, in its currency."),
                ),
                ("fee_minor", models.BigIntegerField(default=0)),
                (
                    "request_body",
                    models.BinaryField(default=b"", help_text="The exact bytes given to OMS, on every attempt."),
                ),
                ("request_sha256", models.CharField(blank=True, max_length=64)),
                ("idem_key", models.CharField(blank=True, max_length=80, null=True, unique=True)),
                ("partner_no", models.BigIntegerField(blank=True, null=True, unique=True)),
                (
                    "oms_id",
                    models.CharField(
                        blank=True, help_text="OMS's transaction.", max_length=128, null=True, unique=True
                    ),
                ),
                ("cash_in_id", models.CharField(blank=True, max_length=128, null=True, unique=True)),
                ("arrival_ref", models.CharField(blank=True, max_length=160, null=True, unique=True)),
                ("oms_status", models.CharField(blank=True, max_length=40)),
                ("oms_sub_status", models.CharField(blank=True, max_length=80)),
                ("tx_hash", models.CharField(blank=True, max_length=80)),
                (
                    "cash_paid_minor",
                    models.BigIntegerField(blank=True, help_text="Cash the counter took, in cents.", null=True),
                ),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Why it did not happen, for the customer.", max_length=200),
                ),
                ("first_sent_at", models.DateTimeField(blank=True, null=True)),
                ("unknown_since", models.DateTimeField(blank=True, null=True)),
                (
                    "absent_since",
                    models.DateTimeField(blank=True, help_text="First time OMS's list did not have it.", null=True),
                ),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, help_text="When OMS was last asked about it.", null=True),
                ),
                (
                    "attention",
                    models.CharField(blank=True, help_text="Not empty: a person should look.", max_length=200),
                ),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "external_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="banking.externalaccount",
                    ),
                ),
                (
                    "quote",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_by",
                        to="transfers.quote",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_by",
                        to="transfers.transfer",
                    ),
                ),
                (
                    "to_wallet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incoming",
                        to="wallet.wallet",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="wallet.wallet"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rank", 10), ("state", "quoted")),
                            models.Q(("rank", 30), ("state", "ready")),
                            models.Q(("rank", 40), ("state", "submitting")),
                            models.Q(("rank", 45), ("state", "unknown")),
                            models.Q(("rank", 50), ("state", "awaiting_cash")),
                            models.Q(("rank", 60), ("state", "processing")),
                            models.Q(("rank", 100), ("state", "completed")),
                            models.Q(("rank", 100), ("state", "failed")),
                            models.Q(("rank", 100), ("state", "canceled")),
                            models.Q(("rank", 100), ("state", "expired")),
                            _connector="OR",
                        ),
                        name="transfer_rank_fits_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["processing", "completed"]), _negated=True),
                            ("oms_id__isnull", False),
                            ("cash_in_id__isnull", False),
                            ("arrival_ref__isnull", False),
                            _connector="OR",
                        ),
                        name="transfer_at_oms_has_an_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0), ("fee_minor__gte", 0)),
                        name="transfer_amounts_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at__isnull", False), ("kind__in", ["send", "withdrawal"]), _negated=True
                            ),
                            ("amount_minor__gt", 0),
                            _connector="OR",
                        ),
                        name="confirmed_send_has_an_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "withdrawal"), _negated=True),
                            models.Q(("external_account__isnull", False), ("rail__in", ["ach", "wire"])),
                            _connector="OR",
                        ),
                        name="withdrawal_names_account_and_rail",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "returned"), _negated=True), ("reverses__isnull", False), _connector="OR"
                        ),
                        name="return_names_what_it_reverses",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="quote",
            name="transfer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="transfers.transfer"
            ),
        ),
        migrations.CreateModel(
            name="CashCode",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=256)),
                ("barcode", models.CharField(blank=True, max_length=256)),
                ("expires_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("used", "Used"),
                            ("expired", "Expired"),
                            ("replaced", "Replaced by a newer one"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="transfers.transfer"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "active")),
                        fields=("transfer",),
                        name="one_active_code_per_transfer",
                    ),
                    models.UniqueConstraint(fields=("transfer", "code"), name="one_row_per_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankArrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sender",
                    models.CharField(
                        blank=True, help_text="The name on the sending account, if OMS says it.", max_length=160
                    ),
                ),
                ("came_minor", models.BigIntegerField(blank=True, help_text="Dollars that came, in cents.", null=True)),
                ("fee_minor", models.BigIntegerField(default=0, help_text="Taken from the dollars, in cents.")),
                (
                    "fee_out_minor",
                    models.BigIntegerField(default=0, help_text="Taken from what arrives, in its currency."),
                ),
                ("rate", models.CharField(blank=True, max_length=60)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="banking.virtualaccount",
                    ),
                ),
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_arrival",
                        to="transfers.transfer",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Authorization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(help_text="SHA-256 over what the review page shows.", max_length=64)),
                ("method", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorization",
                        to="transfers.transfer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("idem_key", models.CharField(max_length=80)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_sent", "Did not reach OMS"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("unknown", "Not known"),
                        ],
                        max_length=10,
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("code", models.CharField(blank=True, max_length=80)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("request_id", models.CharField(blank=True, max_length=80)),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="transfers.transfer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("transfer", "number"), name="one_attempt_per_number")],
            },
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.UniqueConstraint(fields=("transfer", "number"), name="one_quote_per_number"),
        ),
        freeze_confirmed(),
    ]
