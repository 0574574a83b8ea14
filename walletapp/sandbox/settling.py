"""The life of a transaction after it began: processing -> completed or failed, each once and for ever.

Money left the source wallet when the transaction was made; it reaches the destination on completion and goes back on
failure. Every function here expects to run inside the caller's transaction.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

from walletapp.sandbox import banks, cash_orders, events, jobs, ledger, transactions
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.ids import new_tx_hash
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import iso

Type = Literal["cryptoToCrypto", "fiatToCrypto", "cryptoToFiat"]
STAYS_PROCESSING = "14.14"
FAILS = ("13.13", "55.55")
SENDER_DIFFERS = "senderNameMismatch"


@dataclass(frozen=True)
class Parties:
    """Who a transaction concerns."""

    sender: str | None = None
    recipient: str | None = None
    source_wallet: str | None = None
    destination_wallet: str | None = None


@dataclass(frozen=True)
class Beginning:
    """All that is known when a transaction begins."""

    type: Type
    parties: Parties
    doc: dict[str, Any]
    """source, destination, rates, fixedAmountSide; `minor` holds the integers that move: debit and credit."""
    quote_id: str | None = None
    cash_in_id: str | None = None


def begin(tx: Tx, beginning: Beginning) -> str:
    """Make the transaction, in processing. The caller has taken the money; the caller tells the webhooks."""
    transaction_id = tx.new_id("txn")
    parties = beginning.parties
    tx.run(
        "INSERT INTO transactions (id, type, status, quote_id, sender_customer_id, recipient_customer_id,"
        " source_wallet_id, destination_wallet_id, cash_in_id, doc, created_at, updated_at)"
        " VALUES (?, ?, 'processing', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        transaction_id, beginning.type, beginning.quote_id, parties.sender, parties.recipient, parties.source_wallet,
        parties.destination_wallet, beginning.cash_in_id, json.dumps(beginning.doc), tx.now, tx.now,
    )  # fmt: skip
    return transaction_id


def announce(tx: Tx, transaction_id: str) -> None:
    """Tell the webhooks what the transaction is now."""
    row = transactions.row_of(tx, transaction_id)
    events.emit(tx, f"transaction.{row['type']}.{row['status']}", transactions.shown(tx, row))


def await_settlement(tx: Tx, transaction_id: str, magic: str | None) -> None:
    if magic != STAYS_PROCESSING:
        rail = transactions.doc_of(transactions.row_of(tx, transaction_id)).get("rail")
        jobs.schedule(tx, "settle", transaction_id, banks.seconds_of(rail, tx.settings))


def settle_by_itself(tx: Tx, transaction_id: str) -> None:
    row = transactions.row_of(tx, transaction_id)
    if row["status"] != "processing":
        return
    doc = transactions.doc_of(row)
    if doc.get("subStatus") == SENDER_DIFFERS:
        fail(tx, transaction_id, SENDER_DIFFERS, "The sender is not the account's owner; the money goes back.")
    elif banks.ending_of_payout(tx, doc) == banks.REFUSES:
        fail(tx, transaction_id, "bankRejected", "The receiving bank did not take the payment.")
    elif doc.get("magic") in FAILS:
        fail(tx, transaction_id, "providerFailed", "The provider could not deliver the funds.")
    else:
        complete(tx, transaction_id)


def complete(tx: Tx, transaction_id: str) -> None:
    """Deliver the money. Raises ApiError(409) when the transaction is not processing or its cash was never brought."""
    row = _processing(tx, transaction_id)
    cash_in = cash_orders.row_of(tx, row["cash_in_id"]) if row["cash_in_id"] else None
    if cash_in is not None and cash_in["paid_minor"] is None:
        raise ApiError(409, "cashNotReceived", "The cash has not been brought yet.")
    doc = transactions.doc_of(row)
    doc.update(subStatus="delivered", completedAt=iso(tx.now))
    _deliver(tx, row, doc)
    _finish(tx, transaction_id, "completed", doc)
    if cash_in is not None:
        cash_orders.finish(tx, cash_in["id"], "completed", "settled")
    if banks.ending_of_payout(tx, doc) in banks.RETURNS:
        jobs.schedule(tx, "returnPayout", transaction_id, tx.settings.return_seconds)
    announce(tx, transaction_id)


def fail(tx: Tx, transaction_id: str, code: str, message: str) -> None:
    """End it without delivering; what was taken from the source wallet goes back there."""
    row = _processing(tx, transaction_id)
    doc = transactions.doc_of(row)
    if row["source_wallet_id"] is not None:
        ledger.credit(tx, row["source_wallet_id"], doc["minor"]["debit"], "refund", transaction_id=transaction_id)
    doc["subStatus"] = "failed"
    doc["error"] = {"code": code, "message": message, "occurredAt": iso(tx.now), "recoverable": False}
    _finish(tx, transaction_id, "failed", doc)
    if row["cash_in_id"] is not None:
        unpaid = cash_orders.row_of(tx, row["cash_in_id"])["paid_minor"] is None
        cash_orders.finish(
            tx, row["cash_in_id"], "failed", "cash_deposit_expired" if unpaid else "provider_order_failed"
        )
    announce(tx, transaction_id)


def _deliver(tx: Tx, row: Row, doc: dict[str, Any]) -> None:
    """Credit a wallet of ours. An outside address needs nothing, but it may be a wallet of ours after all."""
    minor, destination = doc["minor"]["credit"], doc["destination"]
    if row["type"] != "cryptoToFiat":
        destination["txHash"] = new_tx_hash()
    if row["destination_wallet_id"] is not None:
        ledger.credit(
            tx,
            row["destination_wallet_id"],
            minor,
            "received",
            transaction_id=row["id"],
            tx_hash=destination.get("txHash"),
        )
        return
    address = destination.get("wallet", {}).get("blockchainAddress")
    own = ledger.with_address(tx, address) if address else None
    if own is not None and own["chain"] == destination["network"]:
        sender = ledger.row_of(tx, row["source_wallet_id"])
        ledger.receive_from_outside(tx, own["id"], minor, sender["address"], destination["txHash"])


def _finish(tx: Tx, transaction_id: str, status: str, doc: dict[str, Any]) -> None:
    jobs.cancel(tx, "settle", transaction_id)
    jobs.cancel(tx, "failUnpaid", transaction_id)
    tx.run(
        "UPDATE transactions SET status = ?, doc = ?, updated_at = ? WHERE id = ? AND status = 'processing'",
        status, json.dumps(doc), tx.now, transaction_id,
    )  # fmt: skip


def _processing(tx: Tx, transaction_id: str) -> Row:
    row = transactions.row_of(tx, transaction_id)
    if row["status"] != "processing":
        raise ApiError(409, "alreadyFinal", f"The transaction is {row['status']}; that is final.")
    return row
