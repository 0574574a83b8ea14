from django.db import migrations

from walletapp.transfers.frozen import freeze_confirmed


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_initial")]

    operations = [freeze_confirmed()]
