"""The sandbox's durable memory: one SQLite file, one connection, one transaction at a time.

Every request runs inside exactly one `transaction()`, its idempotency record included, so that what was accepted and
the answer that was promised for it are committed together or not at all. WAL with synchronous=FULL: a committed
request survives kill -9 and loss of power. Handlers run on the event loop and never await inside a transaction.
"""

import asyncio
import json
import sqlite3 as sqlite_types
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from walletapp.sandbox.ids import new_id
from walletapp.sandbox.settings import Settings

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

SCHEMA = Path(__file__).with_name("schema.sql")
Row = sqlite_types.Row


@dataclass
class Tx:
    """One open transaction: the database, the time it happens at and the settings that hold for it."""

    db: "sqlite3.Connection"
    now: int
    settings: Settings
    deliveries: list[str] = field(default_factory=list)
    """Webhook deliveries this transaction queued; the delivery worker is woken for them after the commit."""

    def run(self, sql: str, *values: object) -> int:
        """Execute and say how many rows were touched."""
        return self.db.execute(sql, values).rowcount

    def one(self, sql: str, *values: object) -> Row | None:
        row: Row | None = self.db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: object) -> list[Row]:
        return list(self.db.execute(sql, values).fetchall())

    def count(self, sql: str, *values: object) -> int:
        return int(self.db.execute(sql, values).fetchone()[0])

    def new_id(self, prefix: str) -> str:
        return new_id(prefix, self.now)


class Store:
    def __init__(self, path: str, defaults: Settings) -> None:
        self.path = path
        self.defaults = defaults
        self.db = _connect(path)
        self._lock = asyncio.Lock()
        self.on_deliveries: Callable[[], None] = lambda: None
        self._chosen: dict[str, Any] = json.loads(self._meta("settings") or "{}")
        self._clock_offset_ms = int(self._meta("clockOffsetMs") or 0)
        self.settings = self._effective(self._chosen)

    def now(self) -> int:
        """The sandbox's own time in milliseconds: the real one plus what the control room advanced it by."""
        return time.time_ns() // 1_000_000 + self._clock_offset_ms

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        async with self._lock:
            tx = Tx(self.db, self.now(), self.settings)
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield tx
                self.db.execute("COMMIT")
            finally:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
        if tx.deliveries:
            self.on_deliveries()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        async with self._lock:
            self.db.execute("BEGIN")
            try:
                yield Tx(self.db, self.now(), self.settings)
            finally:
                self.db.execute("ROLLBACK")

    async def change_settings(self, changes: dict[str, Any]) -> Settings:
        """Keep `changes` (camelCase names) durably. Raises pydantic.ValidationError, and then nothing has changed."""
        chosen = {**self._chosen, **changes}
        settings = self._effective(chosen)
        async with self.transaction() as tx:
            _set_meta(tx, "settings", json.dumps(chosen))
        self._chosen, self.settings = chosen, settings
        return settings

    async def advance_clock(self, seconds: float) -> int:
        offset = self._clock_offset_ms + int(seconds * 1000)
        async with self.transaction() as tx:
            _set_meta(tx, "clockOffsetMs", str(offset))
        self._clock_offset_ms = offset
        return self.now()

    async def reset(self, keep_webhooks: bool) -> None:
        """Forget everything: people, money, history, rules, settings, clock; and the webhooks unless told to keep."""
        kept = {"webhooks"} if keep_webhooks else set()
        async with self.transaction() as tx:
            tables = tx.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            tx.run("PRAGMA defer_foreign_keys = ON")
            # The journal refuses deletion; only this function may lift that, and it puts the guard back.
            tx.run("DROP TRIGGER journal_is_never_deleted")
            for table in sorted({row["name"] for row in tables} - kept):
                tx.run(f'DELETE FROM "{table}"')  # noqa: S608 - names come from the schema itself
            tx.run("DELETE FROM sqlite_sequence")
            tx.run(JOURNAL_GUARD)
        self._chosen, self._clock_offset_ms, self.settings = {}, 0, self.defaults

    def close(self) -> None:
        self.db.close()

    def _effective(self, chosen: dict[str, Any]) -> Settings:
        return Settings.model_validate({**self.defaults.model_dump(by_alias=True), **chosen})

    def _meta(self, name: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row["value"] if row else None


JOURNAL_GUARD = """CREATE TRIGGER IF NOT EXISTS journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""


def _set_meta(tx: Tx, name: str, value: str) -> None:
    tx.run(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )


def _connect(path: str) -> "sqlite3.Connection":
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.executescript(SCHEMA.read_text())
    db.execute(JOURNAL_GUARD)
    return db
