"""The journal: one append-only row for every movement that was executed, with the caller's own references.

Tests count it to prove that nothing ran twice; the table refuses changes and deletions.
"""

import json
from typing import Any, Literal

from walletapp.sandbox.amounts import show
from walletapp.sandbox.store import Tx
from walletapp.sandbox.wire import iso

Kind = Literal["send", "payout", "cashIn", "bankDeposit", "chainDeposit", "return"]


def record(
    tx: Tx,
    kind: Kind,
    minor: int,
    asset: str,
    *,
    transaction_id: str | None = None,
    quote_id: str | None = None,
    doc: dict[str, Any] | None = None,
) -> None:
    doc = doc or {}
    tx.run(
        "INSERT INTO journal (kind, transaction_id, quote_id, partner_transaction_id, metadata, amount_minor, asset,"
        " at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        kind, transaction_id, quote_id, doc.get("partnerTransactionId"), json.dumps(doc.get("metadata") or {}),
        minor, asset, tx.now,
    )  # fmt: skip


def entries(tx: Tx) -> list[dict[str, Any]]:
    return [
        {
            "number": row["number"],
            "kind": row["kind"],
            "transactionId": row["transaction_id"],
            "quoteId": row["quote_id"],
            "partnerTransactionId": row["partner_transaction_id"],
            "metadata": json.loads(row["metadata"]),
            "amount": show(row["amount_minor"], row["asset"]),
            "asset": row["asset"],
            "at": iso(row["at"]),
        }
        for row in tx.all("SELECT * FROM journal ORDER BY number")
    ]


def postings(tx: Tx) -> list[dict[str, Any]]:
    """Every change of every wallet's balance, oldest first."""
    rows = tx.all(
        "SELECT p.*, w.asset FROM postings p JOIN wallets w ON w.id = p.wallet_id ORDER BY p.number",
    )
    return [
        {
            "walletId": row["wallet_id"],
            "amount": show(row["delta_minor"], row["asset"]),
            "reason": row["reason"],
            "transactionId": row["transaction_id"],
            "txHash": row["tx_hash"],
            "at": iso(row["at"]),
        }
        for row in rows
    ]
