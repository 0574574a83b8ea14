"""The flag that staff switch in the admin: off for everybody, superusers too, until somebody decides otherwise."""

from typing import Any

from django.conf import settings
from django.db import migrations

from walletapp import features


def seed(apps: Any, schema_editor: Any) -> None:
    flags = apps.get_model(settings.WAFFLE_FLAG_MODEL)
    name = features.BANK_FUNDING
    flags.objects.get_or_create(name=name, defaults={"note": features.FLAGS[name], "superusers": False})


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0001_interest_in_bank_transfers"),
        ("accounts", "0001_users_customers_onboarding"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
