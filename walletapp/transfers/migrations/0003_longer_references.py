"""Room for ids, codes and references of OMS that are longer than those its pages show."""

from django.db import migrations, models

from walletapp.transfers.frozen import freeze_confirmed


class Migration(migrations.Migration):
    dependencies = [("transfers", "0002_confirmed_is_frozen")]

    operations = [
        migrations.AlterField("quote", "oms_id", models.CharField(max_length=128, unique=True, null=True, blank=True)),
        migrations.AlterField("cashcode", "code", models.CharField(max_length=256)),
        migrations.AlterField("cashcode", "barcode", models.CharField(max_length=256, blank=True)),
        migrations.AlterField("transfer", "store_reference", models.CharField(max_length=4096, blank=True)),
        migrations.AlterField(
            "transfer",
            "oms_id",
            models.CharField(max_length=128, unique=True, null=True, blank=True, help_text="OMS's transaction."),
        ),
        migrations.AlterField(
            "transfer", "cash_in_id", models.CharField(max_length=128, unique=True, null=True, blank=True)
        ),
        freeze_confirmed(),
    ]
