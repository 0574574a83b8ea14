"""The recipient's e-mail address of what is over may be erased. Nothing else of it changes."""

from django.db import migrations

from walletapp.transfers.frozen import freeze_confirmed


class Migration(migrations.Migration):
    dependencies = [("transfers", "0002_own_limits_and_exchange_question")]

    operations = [freeze_confirmed()]
