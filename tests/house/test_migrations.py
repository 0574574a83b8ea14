"""Models and migrations agree."""

import io

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader


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
