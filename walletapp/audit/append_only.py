"""Tables whose rows can be added and never changed: triggers that refuse UPDATE, DELETE and TRUNCATE on both engines.

Put `append_only("table")` into a migration, after the table's CreateModel. On SQLite, Django alters a table by making
a copy and dropping the original, and the triggers go with it: a later migration that alters such a table ends with
`append_only("table")` again. The triggers stop mistakes and the application's own role; whoever owns the database can
drop them, and the hash chain of the audit tells.
"""

from typing import Any

from django.db import migrations

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def append_only(table: str) -> migrations.RunPython:
    """The migration operation that protects `table`. Safe to repeat."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        protect(schema_editor.connection, table)

    def backwards(apps: Any, schema_editor: Any) -> None:
        unprotect(schema_editor.connection, table)

    return migrations.RunPython(forwards, backwards)


def protect(connection: Any, table: str) -> None:
    """Refuse every change of existing rows of `table` from now on. Safe to repeat."""
    unprotect(connection, table)
    name = connection.ops.quote_name(table)
    if connection.vendor == "sqlite":
        statements = [
            f"CREATE TRIGGER append_only_{table}_{event} BEFORE {event} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for event in ("UPDATE", "DELETE")
        ]
    else:
        row = f"append_only_row BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW"
        everything = f"append_only_all BEFORE TRUNCATE ON {name} FOR EACH STATEMENT"
        run = "EXECUTE FUNCTION append_only()"
        statements = [_POSTGRES_FUNCTION, f"CREATE TRIGGER {row} {run}", f"CREATE TRIGGER {everything} {run}"]
    _run(connection, statements)


def unprotect(connection: Any, table: str) -> None:
    """Take the triggers off: to reverse a migration, and to empty a test database between tests."""
    if connection.vendor == "sqlite":
        names = [f"append_only_{table}_{event}" for event in ("UPDATE", "DELETE")]
        _run(connection, [f"DROP TRIGGER IF EXISTS {name}" for name in names])
    else:
        on = connection.ops.quote_name(table)
        _run(connection, [f"DROP TRIGGER IF EXISTS append_only_{what} ON {on}" for what in ("row", "all")])


def protected_tables(connection: Any) -> list[str]:
    """Which tables the database itself says are append-only."""
    if connection.vendor == "sqlite":
        question = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
    else:
        question = (
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = 'append_only_row'"
        )
    with connection.cursor() as cursor:
        cursor.execute(question)
        return sorted(row[0] for row in cursor.fetchall())


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
