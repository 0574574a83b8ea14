"""SQLite as this wallet needs it, put in place before Django loads its backend.

The `sqlite3` of many systems has a bug that can corrupt a WAL database when the log restarts (fixed in 3.51.3), so the
wheel `pysqlite3` with a newer SQLite takes its place. Durability is FULL: with NORMAL a power cut may take back a
commit that we already told the user about. IMMEDIATE makes writers queue instead of failing with "locked"; one thread
of each process asks for the turn, about every millisecond, and the others stand behind it, where SQLite by itself lets
those who wait longest sleep longest, a tenth of a second at a time. A connection that does not get these settings is
refused: some file systems have no WAL.
"""

import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pysqlite3
from pysqlite3 import dbapi2

FIXED = (3, 51, 3)
COLUMNS, VARIABLES = 2, 9  # SQLite's numbers of the two limits
PATIENCE = 20  # seconds that a writer waits for its turn
BEGIN = "BEGIN IMMEDIATE"


class Connection(dbapi2.Connection):  # type: ignore[misc] # the wheel has no types
    """Django asks for limits that pysqlite3 has no call for; these are SQLite's own defaults."""

    def getlimit(self, category: int) -> int:
        return {COLUMNS: 2_000, VARIABLES: 32_766}[category]


for module in (pysqlite3, dbapi2):
    module.SQLITE_LIMIT_COLUMN = COLUMNS
    module.SQLITE_LIMIT_VARIABLE_NUMBER = VARIABLES
if dbapi2.sqlite_version_info < FIXED:
    raise RuntimeError(f"SQLite {dbapi2.sqlite_version} can corrupt a WAL database; {FIXED} or newer is needed")
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = dbapi2

from django.db.backends.signals import connection_created  # noqa: E402 - after the exchange above
from django.db.utils import OperationalError  # noqa: E402

SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}


_next_of_us = threading.Lock()


class UnsafeDatabase(RuntimeError):
    """This database may lose or break what we commit to it. Nothing is written to it."""


def require_safe(execute: Any) -> None:
    """Raises UnsafeDatabase unless the connection behind this `execute` has the settings it was given."""
    for name, wanted in SAFE.items():
        found = execute(f"PRAGMA {name}").fetchone()
        if found is not None and found[0] not in {wanted, "memory"}:
            raise UnsafeDatabase(f"SQLite's {name} is {found[0]} and has to be {wanted}")


def take_turn(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Around every statement: the one that begins a transaction asks again until it is its turn. Raises
    OperationalError when that does not come."""
    if sql != BEGIN:
        return execute(sql, params, many, context)
    give_up = time.monotonic() + PATIENCE
    if not _next_of_us.acquire(timeout=PATIENCE):
        raise OperationalError("database is locked")
    try:
        return _ask_until(give_up, lambda: execute(sql, params, many, context), context["connection"].connection)
    finally:
        _next_of_us.release()


def _ask_until(give_up: float, begin: Callable[[], Any], connection: Any) -> Any:
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                return begin()
            except OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > give_up:
                    raise
            time.sleep(random.uniform(0.0003, 0.001))  # noqa: S311 - only so that two processes do not keep in step
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")


def could_write_at_once(connection: Any) -> bool:
    """Whether a writer would have its turn now; true of every other database. For what is worth no waiting."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    connection.ensure_connection()
    plain = connection.connection.execute
    plain("PRAGMA busy_timeout = 0")
    try:
        plain(BEGIN)
        plain("ROLLBACK")
    except dbapi2.OperationalError:
        return False
    else:
        return True
    finally:
        plain(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")


def _prepare_new_connection(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        require_safe(connection.connection.execute)
        if take_turn not in connection.execute_wrappers:
            connection.execute_wrappers.insert(0, take_turn)  # others come and go at the end


def rewrite(connection: Any) -> None:
    """Write the file anew without what was deleted or overwritten in it, and empty the log. Waits for its turn like any
    writer; raises OperationalError when it does not come."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


connection_created.connect(_prepare_new_connection, dispatch_uid="walletapp.sqlite")

SETTINGS: dict[str, Any] = {
    "CONN_MAX_AGE": 60,
    "OPTIONS": {
        "factory": Connection,
        "transaction_mode": "IMMEDIATE",
        "timeout": PATIENCE,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=0;",
    },
}
