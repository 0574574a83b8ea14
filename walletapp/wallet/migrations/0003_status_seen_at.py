"""When a wallet's status was read, so that an older reading never replaces a newer one; longer ids of OMS."""

from django.db import migrations, models

from walletapp.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_ledger_is_append_only")]

    operations = [
        migrations.AddField(
            "wallet",
            "status_seen_at",
            models.DateTimeField(null=True, blank=True, help_text="When OMS was asked for what `state` says."),
        ),
        migrations.AlterField("wallet", "oms_id", models.CharField(max_length=128, unique=True, null=True, blank=True)),
        append_only("wallet_ledgertransaction"),
        append_only("wallet_ledgerentry"),
    ]
