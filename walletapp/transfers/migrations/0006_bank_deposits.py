"""Bank deposits: a kind of transfer, and what came for each as OMS says it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0004_flags_and_switches_exist"),
        ("transfers", "0005_withdrawals_and_returns"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
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
    ]
