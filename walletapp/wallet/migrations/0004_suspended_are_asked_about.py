"""Wallets that are suspended are asked about from now on: the event that frees them may be lost already.

A migration of its own, because PostgreSQL does not alter a table whose rows the same transaction has changed.
"""

from typing import Any

from django.db import migrations
from django.utils import timezone


def look_again(apps: Any, schema_editor: Any) -> None:
    wallets = apps.get_model("wallet", "Wallet")
    wallets.objects.filter(state="suspended", custody="custodial", oms_id__isnull=False).update(due_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("wallet", "0003_status_seen_at")]

    operations = [migrations.RunPython(look_again, migrations.RunPython.noop)]
