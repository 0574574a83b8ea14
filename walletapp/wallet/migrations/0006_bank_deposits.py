"""Money added by bank is a movement of its own kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0005_withdrawals_and_returns"),
    ]

    operations = [
        migrations.AlterField(
            model_name="movement",
            name="kind",
            field=models.CharField(
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
    ]
