"""The database refuses to change or delete what the ledger says."""

from django.db import migrations

from walletapp.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("wallet", "0001_wallets_movements_ledger")]

    operations = [
        append_only("wallet_ledgertransaction"),
        append_only("wallet_ledgerentry"),
    ]
