"""Models and migrations agree, and the triggers outlive every migration."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from walletapp.audit.append_only import protected_tables


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(f"a migration is missing:\n{out.getvalue()}")


def test_no_migration_has_a_name_made_by_the_computer() -> None:
    loader = MigrationLoader(None)
    ours = [
        name
        for app, name in loader.disk_migrations
        if loader.disk_migrations[app, name].__module__.startswith("walletapp.")
    ]
    assert ours
    assert not [name for name in ours if "_auto_" in name or name.count("_and_more")]


@pytest.mark.django_db
def test_the_triggers_are_there_after_all_migrations() -> None:
    """SQLite alters a table by making another without its triggers."""
    sqlite, postgresql = "SELECT name FROM sqlite_master WHERE type = 'trigger'", "SELECT tgname FROM pg_trigger"
    with connection.cursor() as cursor:
        cursor.execute(sqlite if connection.vendor == "sqlite" else postgresql)
        names = {row[0] for row in cursor.fetchall()}
    assert {"transfer_rank", "transfer_final", "transfer_fixed"} <= names
    assert {"audit_auditevent", "wallet_ledgertransaction", "wallet_ledgerentry"} <= set(protected_tables(connection))
