"""Delivering webhooks: at least once, signed, with backoff, from the durable queue in the store.

A delivery stays `pending` until a 2xx has been recorded, so a crash between answer and record repeats it with the same
id and body. 410 disables the webhook. Redirects are failures. Order is best effort.
"""

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from walletapp.sandbox import signing
from walletapp.sandbox.store import Row, Store, Tx

log = logging.getLogger("sandbox.delivery")
AT_ONCE = 16
POLL_SECONDS = 0.2
GONE = 410
PENDING = (
    "SELECT d.*, w.url, w.secret FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id"
    " WHERE d.status = 'pending' AND w.enabled"
)


@dataclass(frozen=True)
class Outcome:
    status: int | None
    error: str | None
    milliseconds: int

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class DeliveryWorker:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._wake = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        store.on_deliveries = self._wake.set

    async def run(self) -> None:
        """Deliver what is due, for ever."""
        while True:
            try:
                await self._start_due()
            except Exception:
                log.exception("looking for due deliveries")
            try:
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
            except TimeoutError:
                continue
            finally:
                self._wake.clear()

    async def flush(self, delivery_ids: list[str]) -> None:
        """Attempt these deliveries now and wait until each has been attempted once."""
        for delivery_id in delivery_ids:
            async with self._store.reading() as tx:
                row = _pending(tx, "d.id = ?", delivery_id)
            if row:
                self._start(row[0])
        await asyncio.gather(*(self._busy[i] for i in delivery_ids if i in self._busy), return_exceptions=True)

    async def _start_due(self) -> None:
        if len(self._busy) >= AT_ONCE:
            return
        async with self._store.reading() as tx:
            due = _pending(tx, "d.next_attempt_at <= ?", tx.now)
        for row in due:
            if len(self._busy) < AT_ONCE:
                self._start(row)

    def _start(self, row: Row) -> None:
        delivery_id = row["id"]
        if delivery_id not in self._busy:
            task = asyncio.create_task(self._attempt(row))
            self._busy[delivery_id] = task
            task.add_done_callback(lambda _: self._done(delivery_id))

    def _done(self, delivery_id: str) -> None:
        self._busy.pop(delivery_id, None)
        self._wake.set()

    async def _attempt(self, row: Row) -> None:
        settings = self._store.settings
        # Signed with the real time even when the sandbox's clock was advanced: the receiver's clock was not.
        signature = signing.header(row["secret"], row["body"], int(time.time()), settings.signature_key)
        outcome = await post(row["url"], row["body"], signature, settings.webhook_timeout_seconds)
        async with self._store.transaction() as tx:
            _record(tx, row, outcome)


def _pending(tx: Tx, condition: str, value: object) -> list[Row]:
    return tx.all(f"{PENDING} AND {condition} ORDER BY d.next_attempt_at, d.id LIMIT 64", value)


def _record(tx: Tx, row: Row, outcome: Outcome) -> None:
    tx.run(
        "INSERT INTO attempts (delivery_id, at, status, error, milliseconds) VALUES (?, ?, ?, ?, ?)",
        row["id"], tx.now, outcome.status, outcome.error, outcome.milliseconds,
    )  # fmt: skip
    if outcome.accepted:
        _accepted(tx, row)
    elif outcome.status == GONE:
        tx.run("UPDATE webhooks SET enabled = 0 WHERE id = ?", row["webhook_id"])
        tx.run("UPDATE deliveries SET status = 'failed' WHERE id = ?", row["id"])
    else:
        _try_later(tx, row["id"])


def _accepted(tx: Tx, row: Row) -> None:
    tx.run(
        "UPDATE deliveries SET copies_left = copies_left - 1, next_attempt_at = ?,"
        " status = CASE WHEN copies_left > 1 THEN 'pending' ELSE 'delivered' END WHERE id = ?",
        tx.now, row["id"],
    )  # fmt: skip
    tx.run(
        "UPDATE deliveries SET held = 0, next_attempt_at = ? WHERE webhook_id = ? AND held AND id <> ?",
        tx.now, row["webhook_id"], row["id"],
    )  # fmt: skip


def _try_later(tx: Tx, delivery_id: str) -> None:
    made = tx.count("SELECT count(*) FROM attempts WHERE delivery_id = ?", delivery_id)
    steps = tx.settings.webhook_backoff
    if made > len(steps):
        tx.run("UPDATE deliveries SET status = 'failed' WHERE id = ?", delivery_id)
    else:
        due_at = tx.now + int(steps[made - 1] * 1000)
        tx.run("UPDATE deliveries SET next_attempt_at = ? WHERE id = ?", due_at, delivery_id)


async def post(url: str, body: bytes, signature: str, seconds: float) -> Outcome:
    """One attempt with one total deadline."""
    started = time.monotonic()
    status, error = None, None
    try:
        async with asyncio.timeout(seconds):
            status = await _send(url, body, signature)
    except TimeoutError:
        error = f"no answer within {seconds:g} s"
    except (OSError, ValueError, asyncio.IncompleteReadError) as problem:
        error = str(problem) or type(problem).__name__
    return Outcome(status, error, int((time.monotonic() - started) * 1000))


async def _send(url: str, body: bytes, signature: str) -> int:
    """A plain HTTP/1.1 POST on a connection of its own; only the status line of the answer matters."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or (443 if secure else 80), ssl=ssl.create_default_context() if secure else None
    )
    try:
        head = (
            f"POST {target} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nUser-Agent: oms-sandbox\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Webhook-Signature: {signature}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode("ascii") + body)
        await writer.drain()
        version, _, rest = (await reader.readline()).decode("latin-1").partition(" ")
        if not version.startswith("HTTP/1."):
            raise ValueError("the answer is not HTTP")
        await reader.read(65_536)
        return int(rest[:3])
    finally:
        writer.close()
