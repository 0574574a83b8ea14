"""Early-access accounts as rows: virtual accounts, external accounts, deposit addresses."""

import json
from typing import Any

from walletapp.sandbox.errors import not_found
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import iso

NAMES = {
    "virtualAccount": "virtual account", "externalAccount": "external account", "depositAddress": "deposit address",
}  # fmt: skip


def add(tx: Tx, account_id: str, kind: str, customer_id: str, doc: dict[str, Any]) -> Row:
    tx.run(
        "INSERT INTO accounts (id, object, customer_id, doc, created_at) VALUES (?, ?, ?, ?, ?)",
        account_id, kind, customer_id, json.dumps(doc), tx.now,
    )  # fmt: skip
    return row_of(tx, account_id, kind)


def keep(tx: Tx, row: Row, doc: dict[str, Any]) -> Row:
    """The account with a changed document."""
    tx.run("UPDATE accounts SET doc = ? WHERE id = ?", json.dumps(doc), row["id"])
    return row_of(tx, row["id"], row["object"])


def row_of(tx: Tx, account_id: str, kind: str) -> Row:
    row = tx.one("SELECT * FROM accounts WHERE id = ? AND object = ?", account_id, kind)
    if row is None:
        raise not_found(NAMES[kind])
    return row


def doc_of(row: Row) -> dict[str, Any]:
    doc: dict[str, Any] = json.loads(row["doc"])
    return doc


def shown(row: Row) -> dict[str, Any]:
    public = {name: value for name, value in doc_of(row).items() if not name.startswith("_")}
    head = {"id": row["id"], "object": row["object"], "customerId": row["customer_id"]}
    return {**head, **public, "createdAt": iso(row["created_at"])}
