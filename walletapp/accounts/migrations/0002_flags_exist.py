"""Every flag has a row from the start, off for everybody, so that staff find it in the admin."""

from typing import Any

from django.db import migrations


def make(apps: Any, schema_editor: Any) -> None:
    flags = apps.get_model("accounts", "Flag")
    note = "Bank transfers: fund the wallet by ACH to a virtual account (early access)"
    flags.objects.get_or_create(name="bank_funding", defaults={"note": note, "superusers": False})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_users_customers_onboarding")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
