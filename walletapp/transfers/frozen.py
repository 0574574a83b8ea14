"""Database triggers that keep a confirmed transfer what it was.

Once confirmed (rank 30) destination, quote, key and bytes never change, and for money going out neither do the
amounts; the rank never falls; a final state is final. Only the recipient's e-mail address may be erased when all is
over: it names somebody, and the address on Polygon says where the money went. On SQLite a migration that alters the
table rebuilds it without its triggers, so such a migration ends with `freeze_confirmed()` again.
"""

from typing import Any

from django.db import migrations

_FIXED = (
    "wallet_id", "kind", "to_address", "to_wallet_id", "external_account_id", "rail", "reverses_id",
    "at_exchange", "quote_id", "idem_key", "partner_no", "request_sha256", "request_body",
)  # fmt: skip

# A draft is free until it is confirmed; amounts of cash follow what the counter really took.
_NAMES = ("rank", "final", "fixed")


def _rules(columns: set[str]) -> dict[str, str]:
    """What each trigger refuses. An older migration puts them on a table that has not all of the columns yet."""
    fixed = [f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in _FIXED if column in columns]
    amounts = "NEW.amount_minor <> OLD.amount_minor OR NEW.fee_minor <> OLD.fee_minor"
    fixed.append("(NEW.to_email <> OLD.to_email AND NOT (OLD.rank = 100 AND NEW.to_email = ''))")
    fixed.append(f"(OLD.kind IN ('send', 'withdrawal') AND ({amounts}))")
    return {
        "rank": "NEW.rank < OLD.rank",
        "final": "OLD.rank = 100 AND NEW.state <> OLD.state",
        "fixed": f"OLD.rank >= 30 AND ({' OR '.join(fixed)})",
    }


def freeze_confirmed() -> migrations.RunPython:
    """The migration operation that puts the triggers on. Safe to repeat."""
    return migrations.RunPython(_forwards, _backwards)


def _forwards(apps: Any, schema_editor: Any) -> None:
    _backwards(apps, schema_editor)
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, "transfers_transfer")
    rules = _rules({column.name for column in table})
    if schema_editor.connection.vendor == "sqlite":
        statements = [
            f"CREATE TRIGGER transfer_{name} BEFORE UPDATE ON transfers_transfer WHEN {rule} "
            f"BEGIN SELECT RAISE(ABORT, 'a confirmed transfer does not change: {name}'); END"
            for name, rule in rules.items()
        ]
    else:
        statements = [
            """CREATE OR REPLACE FUNCTION transfer_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a confirmed transfer does not change: %', TG_NAME
            USING ERRCODE = 'integrity_constraint_violation'; END $$"""
        ] + [
            f"CREATE TRIGGER transfer_{name} BEFORE UPDATE ON transfers_transfer FOR EACH ROW "
            f"WHEN ({rule}) EXECUTE FUNCTION transfer_is_frozen()"
            for name, rule in rules.items()
        ]
    _run(schema_editor.connection, statements)


def _backwards(apps: Any, schema_editor: Any) -> None:
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON transfers_transfer"
    _run(schema_editor.connection, [f"DROP TRIGGER IF EXISTS transfer_{name}{on}" for name in _NAMES])


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
