"""Whole moments that one can go back to: of our database, as a backup does; of OMS's, so that a test starts anew."""

import sqlite3
from contextlib import closing
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from tests import surroundings
from walletapp.audit.append_only import protect, protected_tables, unprotect

_APPS = ("transfers", "wallet", "audit", "notifications", "oms")
_BOOKS = surroundings.FOLDER / "sandbox.sqlite3"
_COPY = surroundings.FOLDER / "sandbox-before.sqlite3"
_KEPT_BY_OMS = {"tokens", "meta"}

Rows = dict[type[models.Model], list[Any]]


def take() -> Rows:
    """Every row about money, as it is now."""
    found = [model for label in _APPS for model in apps.get_app_config(label).get_models()]
    return {model: list(model._base_manager.all()) for model in found}


def go_back(rows: Rows) -> None:
    """What a restored backup does: everything since is gone."""
    guarded = [table for table in protected_tables(connection) if table in {it._meta.db_table for it in rows}]
    for table in guarded:
        unprotect(connection, table)
    with transaction.atomic():
        for model, kept in reversed(rows.items()):
            model._base_manager.all()._raw_delete("default")
            model._base_manager.bulk_create(kept)
    for table in guarded:
        protect(connection, table)


@cache
def books_of_oms() -> sqlite3.Connection:
    """What OMS has written down, opened once. The sandbox goes on working meanwhile."""
    return sqlite3.connect(_BOOKS, isolation_level=None, timeout=10)


def take_of_oms() -> None:
    with closing(sqlite3.connect(_COPY)) as copy:
        books_of_oms().backup(copy)


def go_back_at_oms() -> None:
    """Its clock and its tokens stay what they are: the running sandbox has them in hand."""
    with closing(sqlite3.connect(_BOOKS, isolation_level=None, timeout=10)) as books:
        books.execute("ATTACH ? AS before", (str(_COPY),))
        tables = [row[0] for row in books.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        guard = books.execute("SELECT sql FROM main.sqlite_master WHERE name = 'journal_is_never_deleted'").fetchone()
        books.execute("BEGIN IMMEDIATE")
        books.execute("DROP TRIGGER main.journal_is_never_deleted")
        for table in {*tables} - _KEPT_BY_OMS:
            if not table.startswith("sqlite_"):
                books.execute(f"DELETE FROM main.{table}")
                books.execute(f"INSERT INTO main.{table} SELECT * FROM before.{table}")
        books.execute(guard[0])
        books.execute("COMMIT")
