"""What the pages of the control room show: plain rows, read in one transaction."""

import json
from typing import Any

from walletapp.sandbox import accounts, cash_orders, customers, journal, rules, transactions
from walletapp.sandbox.amounts import show
from walletapp.sandbox.control import redelivery
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import iso

AT_MOST = 50
RETURN_REASONS = (
    "R02 account closed", "R03 no account or unable to locate account", "R04 invalid account number",
    "R16 account frozen", "R20 not a transaction account", "R23 credit refused by the receiver",
    "beneficiary name does not match",
)  # fmt: skip
KINDS = {
    "virtualAccount": "virtual account",
    "externalAccount": "external account",
    "depositAddress": "deposit address",
}


def overview(tx: Tx) -> dict[str, Any]:
    return {
        "counts": [
            ("customers", tx.count("SELECT count(*) FROM customers")),
            ("wallets", tx.count("SELECT count(*) FROM wallets")),
            ("transactions", tx.count("SELECT count(*) FROM transactions")),
            ("still processing", tx.count("SELECT count(*) FROM transactions WHERE status = 'processing'")),
            ("codes waiting for cash", tx.count("SELECT count(*) FROM cash_ins WHERE status = 'pending'")),
            ("deliveries waiting", tx.count("SELECT count(*) FROM deliveries WHERE status = 'pending'")),
        ],
        "held": show(tx.count("SELECT coalesce(sum(balance_minor), 0) FROM wallets"), "usdc"),
        "journal": journal.entries(tx)[: -AT_MOST - 1 : -1],
    }


def cashier(tx: Tx, typed: str) -> dict[str, Any]:
    rows = tx.all(f"{cash_orders.SELECT} ORDER BY c.created_at DESC, c.id DESC LIMIT ?", AT_MOST)
    return {"orders": [cash_orders.shown(row) for row in rows], "found": _order_of(tx, typed) if typed else None}


def _order_of(tx: Tx, typed: str) -> dict[str, Any] | None:
    try:
        return cash_orders.shown(cash_orders.row_of_code(tx, typed))
    except ApiError:
        return None


def reviewer(tx: Tx) -> dict[str, Any]:
    return {"customers": [customers.shown(tx, row) for row in _newest(tx, "customers")]}


def chain(tx: Tx) -> dict[str, Any]:
    rows = tx.all(
        "SELECT w.*, c.doc AS customer FROM wallets w JOIN customers c ON c.id = w.customer_id"
        " ORDER BY w.created_at DESC, w.id DESC LIMIT ?",
        AT_MOST,
    )
    wallets = [
        {**dict(row), "owner": _name(row["customer"]), "balance": show(row["balance_minor"], row["asset"])}
        for row in rows
    ]
    return {"wallets": wallets, "postings": journal.postings(tx)[: -AT_MOST - 1 : -1]}


def on_chain(tx: Tx, tx_hash: str) -> dict[str, Any]:
    """What the sandbox's chain knows under this hash: the same that a public explorer would show."""
    rows = tx.all("SELECT * FROM transactions WHERE json_extract(doc, '$.destination.txHash') = ?", tx_hash)
    return {
        "tx_hash": tx_hash,
        "transactions": [transactions.shown(tx, row) for row in rows],
        "postings": [posting for posting in journal.postings(tx) if posting["txHash"] == tx_hash],
    }


def bank(tx: Tx) -> dict[str, Any]:
    rows = tx.all(
        "SELECT a.*, c.doc AS customer FROM accounts a JOIN customers c ON c.id = a.customer_id"
        " ORDER BY a.created_at DESC, a.id DESC LIMIT ?",
        AT_MOST,
    )
    found = [
        {**accounts.shown(row), "kind": KINDS[row["object"]], "owner": _name(row["customer"]), "email": _email(row)}
        for row in rows
    ]
    payouts = tx.all("SELECT * FROM transactions WHERE type = 'cryptoToFiat' ORDER BY created_at DESC LIMIT ?", AT_MOST)
    return {"accounts": found, "payouts": [transactions.shown(tx, row) for row in payouts], "reasons": RETURN_REASONS}


def movements(tx: Tx) -> dict[str, Any]:
    return {"transactions": [transactions.shown(tx, row) for row in _newest(tx, "transactions")]}


def webhooks(tx: Tx) -> dict[str, Any]:
    registered = [
        {**dict(row), "events": ", ".join(json.loads(row["events"])) or "everything", "at": iso(row["created_at"])}
        for row in tx.all("SELECT * FROM webhooks ORDER BY created_at DESC")
    ]
    return {"webhooks": registered, "deliveries": [redelivery.shown(tx, row) for row in redelivery.newest(tx, AT_MOST)]}


def faults(tx: Tx) -> dict[str, Any]:
    return {"rules": [counted.shown() for counted in rules.every(tx)]}


def _newest(tx: Tx, table: str) -> list[Row]:
    return tx.all(f"SELECT * FROM {table} ORDER BY created_at DESC, id DESC LIMIT ?", AT_MOST)  # noqa: S608


def _email(row: Row) -> str:
    return str(json.loads(row["customer"]).get("email") or "no e-mail")


def _name(customer_doc: str) -> str:
    doc = json.loads(customer_doc)
    return f"{doc.get('firstName') or ''} {doc.get('lastName') or ''}".strip() or "no name"
