"""A draft that is cancelled or put away never had an amount: only what was confirmed must have one."""

from django.db import migrations, models

from walletapp.transfers.frozen import freeze_confirmed


class Migration(migrations.Migration):
    dependencies = [("transfers", "0003_longer_references")]

    operations = [
        migrations.RemoveConstraint("transfer", "confirmed_send_has_an_amount"),
        migrations.AddConstraint(
            "transfer",
            models.CheckConstraint(
                condition=~models.Q(kind="send", confirmed_at__isnull=False) | models.Q(amount_minor__gt=0),
                name="confirmed_send_has_an_amount",
            ),
        ),
        freeze_confirmed(),
    ]
