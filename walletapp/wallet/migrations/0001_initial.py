"""Wallets, movements, the ledger, and differences found. The database refuses to change or delete the ledger."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from walletapp.audit.append_only import append_only


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("wallet", "0001_wallets_movements_ledger"),
        ("wallet", "0002_ledger_is_append_only"),
        ("wallet", "0003_status_seen_at"),
        ("wallet", "0004_suspended_are_asked_about"),
        ("wallet", "0005_withdrawals_and_returns"),
        ("wallet", "0006_bank_deposits"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("covers_since", models.DateTimeField(blank=True, null=True)),
                ("compared", models.PositiveIntegerField(default=0)),
                ("differences", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Wallet",
            fields=[
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "custody",
                    models.CharField(
                        choices=[("custodial", "Kept by OMS"), ("external", "The customer's own")],
                        default="custodial",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("opening", "Being opened"),
                            ("active", "Active"),
                            ("suspended", "Suspended by OMS"),
                            ("closed", "Closed"),
                        ],
                        default="opening",
                        max_length=12,
                    ),
                ),
                ("asset", models.CharField(default="usdc", max_length=12)),
                ("chain", models.CharField(default="polygon", max_length=20)),
                ("oms_id", models.CharField(blank=True, max_length=128, null=True, unique=True)),
                ("address", models.CharField(blank=True, max_length=64)),
                ("idem_key", models.CharField(max_length=64, unique=True)),
                (
                    "status_seen_at",
                    models.DateTimeField(blank=True, help_text="When OMS was asked for what `state` says.", null=True),
                ),
                ("available_minor", models.BigIntegerField(default=0)),
                ("held_minor", models.BigIntegerField(default=0)),
                (
                    "remote_minor",
                    models.BigIntegerField(blank=True, help_text="Balance at OMS when last read.", null=True),
                ),
                ("remote_seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "frozen_reason",
                    models.CharField(blank=True, help_text="Not empty: nothing leaves this wallet.", max_length=200),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wallets", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("available_minor__gte", 0)), name="wallet_available_not_negative"
                    ),
                    models.CheckConstraint(condition=models.Q(("held_minor__gte", 0)), name="wallet_held_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("custody", "custodial"), ("state", "active"), _negated=True),
                            ("oms_id__isnull", False),
                            _connector="OR",
                        ),
                        name="wallet_active_has_oms_id",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("custody", "custodial")),
                        fields=("user", "asset", "chain"),
                        name="one_custodial_wallet_per_asset",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cash_in", "Cash added"),
                            ("bank_in", "Added by bank"),
                            ("deposit", "Received from outside"),
                            ("received", "Received"),
                            ("send", "Sent"),
                            ("withdrawal", "Withdrawn"),
                            ("returned", "Came back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("direction", models.CharField(choices=[("in", "In"), ("out", "Out")], max_length=3)),
                (
                    "word",
                    models.CharField(
                        choices=[
                            ("waiting_for_you", "Waiting for you"),
                            ("waiting_for_store", "Waiting for the store"),
                            ("waiting_for_bank", "Waiting for the bank"),
                            ("in_progress", "In progress"),
                            ("checking", "Checking"),
                            ("done", "Done"),
                            ("came_back", "Came back"),
                            ("did_not_happen", "Did not happen"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "amount_minor",
                    models.BigIntegerField(help_text="What leaves or reaches the wallet; expected until it is done."),
                ),
                ("other_party", models.CharField(help_text="Who or where, in the customer's words.", max_length=200)),
                ("page", models.CharField(help_text="URL name of the page about it; takes the id.", max_length=60)),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="wallet.movement",
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="wallet.wallet"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0)), name="movement_amount_not_negative"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerTransaction",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "slot",
                    models.CharField(
                        choices=[
                            ("hold", "Hold"),
                            ("resolve", "Resolve"),
                            ("receive", "Receive"),
                            ("adjust", "Adjust"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hold", "Set aside"),
                            ("post", "Paid out of what was set aside"),
                            ("void", "Set aside, given back"),
                            ("receive", "Came in"),
                            ("adjust", "Corrected by staff"),
                        ],
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "movement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ledger", to="wallet.movement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("movement", "slot"), name="one_ledger_transaction_per_slot")
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("available", "Available to the customer"),
                            ("held", "Held for an open transfer"),
                            ("settlement", "Outside: paid out or paid in through OMS"),
                            ("suspense", "Not yet explained"),
                        ],
                        max_length=12,
                    ),
                ),
                ("asset", models.CharField(max_length=12)),
                (
                    "wallet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="wallet.wallet",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("wallet", "kind"), name="one_account_per_wallet_and_kind"),
                    models.UniqueConstraint(
                        condition=models.Q(("wallet__isnull", True)),
                        fields=("kind", "asset"),
                        name="one_house_account_per_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["settlement", "suspense"]), ("wallet__isnull", True)),
                            models.Q(("kind__in", ["available", "held"]), ("wallet__isnull", False)),
                            _connector="OR",
                        ),
                        name="account_kind_fits_owner",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="wallet.ledgeraccount"
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="wallet.ledgertransaction",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("transaction", "account"), name="one_entry_per_account"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True), name="entry_not_zero"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Break",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(help_text="What it is about: an id of ours or of OMS's.", max_length=120)),
                ("detail", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "seen_at",
                    models.DateTimeField(default=django.utils.timezone.now, help_text="When it was last found."),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("how_closed", models.CharField(blank=True, max_length=200)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaks",
                        to="wallet.wallet",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("kind", "key"),
                        name="one_open_break_per_subject",
                    )
                ],
            },
        ),
        append_only("wallet_ledgertransaction"),
        append_only("wallet_ledgerentry"),
    ]
