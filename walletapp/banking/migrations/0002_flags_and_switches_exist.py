"""Every flag and switch has a row from the start, so that staff find it in the admin: flags off, switches as usual."""

from typing import Any

from django.conf import settings
from django.db import migrations

from walletapp import features


def seed(apps: Any, schema_editor: Any) -> None:
    flags = apps.get_model(settings.WAFFLE_FLAG_MODEL)
    for name, note in features.FLAGS.items():
        flags.objects.get_or_create(name=name, defaults={"note": note, "superusers": False})
    switches = apps.get_model("waffle.Switch")
    for name, note in features.SWITCHES.items():
        switches.objects.get_or_create(name=name, defaults={"note": note, "active": features.AS_USUAL[name]})


class Migration(migrations.Migration):
    replaces = [("banking", "0004_flags_and_switches_exist")]

    dependencies = [
        ("banking", "0001_initial"),
        ("accounts", "0001_initial"),
        ("waffle", "0004_update_everyone_nullbooleanfield"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
