"""Withdrawals to a bank account, and what a bank sends back: a transfer of its own that names the one it reverses."""

import django.db.models.deletion
from django.db import migrations, models

from walletapp.transfers.frozen import freeze_confirmed

KINDS = [
    ("send", "Send"),
    ("cash_in", "Add cash"),
    ("deposit", "Received from outside"),
    ("received", "Received from a customer here"),
    ("withdrawal", "Withdraw to a bank"),
    ("returned", "Came back from a bank"),
]
HAS_AN_AMOUNT = models.CheckConstraint(
    condition=~models.Q(kind__in=["send", "withdrawal"], confirmed_at__isnull=False) | models.Q(amount_minor__gt=0),
    name="confirmed_send_has_an_amount",
)
NAMES_ITS_ACCOUNT = models.CheckConstraint(
    condition=~models.Q(kind="withdrawal") | models.Q(external_account__isnull=False, rail__in=["ach", "wire"]),
    name="withdrawal_names_account_and_rail",
)
NAMES_ITS_PAYOUT = models.CheckConstraint(
    condition=~models.Q(kind="returned") | models.Q(reverses__isnull=False), name="return_names_what_it_reverses"
)


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0004_flags_and_switches_exist"),
        ("transfers", "0004_drafts_may_end"),
        ("wallet", "0005_withdrawals_and_returns"),
    ]

    operations = [
        migrations.RemoveConstraint("transfer", "confirmed_send_has_an_amount"),
        migrations.AlterField("transfer", "kind", models.CharField(choices=KINDS, max_length=12)),
        migrations.AddField(
            "transfer",
            "external_account",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers",
                to="banking.externalaccount",
            ),
        ),
        migrations.AddField(
            "transfer",
            "rail",
            models.CharField(blank=True, default="", help_text="ach or wire, to or from a bank.", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            "transfer",
            "expected_on",
            models.DateField(blank=True, help_text="The day its owner was told it should be there.", null=True),
        ),
        migrations.AddField(
            "transfer",
            "reverses",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returned_by",
                to="transfers.transfer",
            ),
        ),
        migrations.AddField(
            "transfer",
            "bank_reason",
            models.CharField(
                blank=True, default="", help_text="Why the bank sent it back, in its words.", max_length=120
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint("transfer", HAS_AN_AMOUNT),
        migrations.AddConstraint("transfer", NAMES_ITS_ACCOUNT),
        migrations.AddConstraint("transfer", NAMES_ITS_PAYOUT),
        freeze_confirmed(),
    ]
