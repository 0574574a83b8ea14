"""waffle makes tables for its own flag although ours stands in its place. They would stay empty for ever, and one
refers to auth_group, so that PostgreSQL refuses to empty that table when a test database is flushed."""

from django.db import migrations

_TABLES = ("waffle_flag_groups", "waffle_flag_users", "waffle_flag")


class Migration(migrations.Migration):
    replaces = [("accounts", "0003_no_second_flag_tables")]

    dependencies = [("accounts", "0001_initial"), ("waffle", "0004_update_everyone_nullbooleanfield")]

    operations = [
        migrations.RunSQL([f"DROP TABLE IF EXISTS {table}" for table in _TABLES], migrations.RunSQL.noop),
    ]
