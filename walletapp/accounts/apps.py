"""The app `accounts`."""

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "walletapp.accounts"

    def ready(self) -> None:
        from walletapp.accounts import watching

        watching.watch()
        post_migrate.connect(make_flags, sender=self)


def make_flags(**_: Any) -> None:
    """A row, off, for every flag of features.py, so that staff find it in the admin. Safe to repeat.

    After every migrate rather than in a migration: a new flag needs no migration then, and emptied tables (tests do
    that) have their flags again.
    """
    from walletapp.accounts.models import Flag
    from walletapp.features import FLAGS

    if Flag._meta.db_table not in connection.introspection.table_names():  # migrated back to before flags
        return
    for name, note in FLAGS.items():
        Flag.objects.get_or_create(name=name, defaults={"note": note, "superusers": False})
