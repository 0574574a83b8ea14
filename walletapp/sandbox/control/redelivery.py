"""Looking at webhook deliveries, and sending one again by hand."""

import json
from typing import Any

from walletapp.sandbox.errors import not_found
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import iso

SHOWN_AT_ONCE = 1_000


def newest(tx: Tx, limit: int = SHOWN_AT_ONCE) -> list[Row]:
    return tx.all("SELECT * FROM deliveries ORDER BY created_at DESC, id DESC LIMIT ?", limit)


def row_of(tx: Tx, delivery_id: str) -> Row:
    row = tx.one("SELECT * FROM deliveries WHERE id = ?", delivery_id)
    if row is None:
        raise not_found("delivery")
    return row


def again(tx: Tx, delivery_id: str) -> None:
    """Queue the same delivery, id and body unchanged, to be attempted now."""
    row_of(tx, delivery_id)
    tx.run(
        "UPDATE deliveries SET status = 'pending', copies_left = 1, held = 0, next_attempt_at = ? WHERE id = ?",
        tx.now, delivery_id,
    )  # fmt: skip
    tx.deliveries.append(delivery_id)


def shown(tx: Tx, row: Row) -> dict[str, Any]:
    attempts = tx.all("SELECT * FROM attempts WHERE delivery_id = ? ORDER BY number", row["id"])
    return {
        "id": row["id"],
        "webhookId": row["webhook_id"],
        "event": row["event"],
        "resourceId": row["resource_id"],
        "status": row["status"],
        "createdAt": iso(row["created_at"]),
        "nextAttemptAt": iso(row["next_attempt_at"]) if row["status"] == "pending" else None,
        "attempts": [
            {"at": iso(a["at"]), "status": a["status"], "error": a["error"], "milliseconds": a["milliseconds"]}
            for a in attempts
        ],
        "payload": json.loads(row["body"]),
    }
