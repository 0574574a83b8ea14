"""Compliance reviews. A customer's wallet must never learn of one, so only a compliance webhook is told."""

from typing import Any

from walletapp.sandbox import events, jobs, transactions, webhooks
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.store import Tx


def put_under_review(tx: Tx, transaction_id: str) -> None:
    """Stop the transaction from settling by itself. Seen from outside it is processing, as before."""
    row = transactions.row_of(tx, transaction_id)
    if row["status"] != "processing":
        raise ApiError(409, "alreadyFinal", f"The transaction is {row['status']}; that is final.")
    jobs.cancel(tx, "settle", transaction_id)
    resource = transactions.shown(tx, row)
    events.emit(tx, f"transaction.{row['type']}.underReview", resource, compliance=True)


def make_compliance_only(tx: Tx, webhook_id: str) -> dict[str, Any]:
    webhooks.row_of(tx, webhook_id)
    tx.run("UPDATE webhooks SET compliance_only = 1 WHERE id = ?", webhook_id)
    return webhooks.shown(webhooks.row_of(tx, webhook_id))
