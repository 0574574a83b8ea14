"""One key, one result: the first answer to an Idempotency-Key is kept and given again.

The record is written in the same transaction as what the request did. Same key with another request is 422; the same
key while its first request is still being answered is 409 (the request cycle sees to that).
"""

import hashlib

from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.store import Row, Tx

LONGEST_KEY = 255


def fingerprint(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


def require_key(key: str | None) -> str:
    if not key or len(key) > LONGEST_KEY:
        raise ApiError(400, "idempotencyKeyRequired", "Send an Idempotency-Key of 1 to 255 characters.")
    return key


def find(tx: Tx, key: str, request_fingerprint: str) -> Row | None:
    """The stored answer of `key`, if it is still kept. Raises ApiError when the key belongs to another request."""
    oldest = tx.now - int(tx.settings.idempotency_seconds * 1000)
    row = tx.one("SELECT * FROM idempotency WHERE key = ? AND created_at > ?", key, oldest)
    if row is not None and row["fingerprint"] != request_fingerprint:
        raise ApiError(422, "idempotencyKeyReused", "This Idempotency-Key was used with another request.")
    return row


def keep(tx: Tx, key: str, request_fingerprint: str, status: int, body: bytes) -> None:
    if tx.settings.idempotency_seconds == 0:
        return
    tx.run(
        "INSERT OR REPLACE INTO idempotency (key, fingerprint, status, body, created_at) VALUES (?, ?, ?, ?, ?)",
        key, request_fingerprint, status, body, tx.now,
    )  # fmt: skip
