"""The database refuses to change what was confirmed."""

from django.db import migrations

from walletapp.transfers.frozen import freeze_confirmed


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_transfers_and_quotes")]

    operations = [freeze_confirmed()]
