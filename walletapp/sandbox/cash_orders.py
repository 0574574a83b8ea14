"""Cash-ins as rows: a code that is out, what it is priced at, and what became of it.

Amounts are estimates until cash has been handed over; then they are redone on what was really paid, at the rate that
was locked when the order was placed.
"""

import json
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

from walletapp.sandbox import events, jobs, pricing
from walletapp.sandbox.amounts import show
from walletapp.sandbox.errors import ApiError, not_found
from walletapp.sandbox.ids import BARCODE_DIGITS, new_cash_code, new_digits, plain_code
from walletapp.sandbox.locations import LOCATIONS
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import iso, present

UNPAID = ("pending", "expired")


@dataclass(frozen=True)
class Order:
    """What the customer asked for."""

    customer_id: str
    wallet_id: str
    location_id: str
    indicated: int
    rate: str
    magic: str
    metadata: dict[str, Any] = field(default_factory=dict)
    fixed: Literal["source", "destination"] = "source"


def place(tx: Tx, cash_in_id: str, order: Order, transaction_id: str | None) -> None:
    """Store the order and put its first code out."""
    doc = {**asdict(order), "subStatus": "order_reserved"}
    code, barcode = _unused_code(tx)
    tx.run(
        "INSERT INTO cash_ins (id, customer_id, status, code, barcode, code_expires_at, transaction_id, doc,"
        " created_at, updated_at) VALUES (?, ?, 'pending', ?, ?, 0, ?, ?, ?, ?)",
        cash_in_id, order.customer_id, code, barcode, transaction_id, json.dumps(doc), tx.now, tx.now,
    )  # fmt: skip
    if transaction_id is not None:
        jobs.schedule(tx, "failUnpaid", transaction_id, tx.settings.unpaid_seconds)
    _start_clock(tx, cash_in_id)
    events.emit(tx, "cashIn.created", shown(row_of(tx, cash_in_id)))


def renew_code(tx: Tx, row: Row) -> None:
    """Replace the code by a fresh one; the old one is worth nothing from now on."""
    if row["status"] not in UNPAID:
        raise ApiError(409, "cashInNotRefreshable", f"The cash-in is {row['status']}; it needs no new code.")
    code, barcode = _unused_code(tx)
    doc = {**doc_of(row), "subStatus": "order_reserved"}
    tx.run(
        "UPDATE cash_ins SET code = ?, barcode = ?, status = 'pending', doc = ?, updated_at = ? WHERE id = ?",
        code, barcode, json.dumps(doc), tx.now, row["id"],
    )  # fmt: skip
    _start_clock(tx, row["id"])


def mark_paid(tx: Tx, row: Row, cents: int, transaction_id: str) -> None:
    doc = {**doc_of(row), "subStatus": "settled", "fixed": "source"}
    tx.run(
        "UPDATE cash_ins SET status = 'processing', paid_minor = ?, paid_at = ?, transaction_id = ?, doc = ?,"
        " updated_at = ? WHERE id = ?",
        cents, tx.now, transaction_id, json.dumps(doc), tx.now, row["id"],
    )  # fmt: skip
    _stop_clock(tx, row["id"])


def expire(tx: Tx, row: Row) -> None:
    _stop_clock(tx, row["id"])
    _set_status(tx, row, "expired", "cash_deposit_expired")
    events.emit(tx, "cashIn.expired", shown(row_of(tx, row["id"])))


def finish(tx: Tx, cash_in_id: str, status: Literal["completed", "failed"], sub_status: str) -> None:
    """The end of the order, told by the end of its transaction."""
    _stop_clock(tx, cash_in_id)
    _set_status(tx, row_of(tx, cash_in_id), status, sub_status)
    events.emit(tx, f"cashIn.{status}", shown(row_of(tx, cash_in_id)))


def row_of(tx: Tx, cash_in_id: str) -> Row:
    """The order, joined with the address of the wallet it pays into."""
    row = tx.one(f"{SELECT} WHERE c.id = ?", cash_in_id)
    if row is None:
        raise not_found("cash-in")
    return row


def row_of_code(tx: Tx, typed: str) -> Row:
    """The order a code or barcode belongs to, as a person typed it. A replaced code belongs to none."""
    plain = plain_code(typed)
    row = tx.one(f"{SELECT} WHERE replace(c.code, ' ', '') = ? OR c.barcode = ?", plain, plain)
    if row is None:
        raise not_found("cash code")
    return row


def doc_of(row: Row) -> dict[str, Any]:
    doc: dict[str, Any] = json.loads(row["doc"])
    return doc


def price_of(row: Row) -> pricing.Price:
    """Priced on the cash paid, or on the amount indicated while none was."""
    doc = doc_of(row)
    cents = doc["indicated"] if row["paid_minor"] is None else row["paid_minor"]
    return pricing.price_source("usd", row["asset"], cents, pricing.cash_fees, Decimal(doc["rate"]), fixed=doc["fixed"])


def instructions(row: Row) -> dict[str, Any] | None:
    """What the customer shows at the counter; nothing once cash was taken or the order ended."""
    if row["status"] not in UNPAID:
        return None
    store = LOCATIONS[doc_of(row)["location_id"]]
    return {
        "code": row["code"],
        "expiresAt": iso(row["code_expires_at"]),
        "locationName": store.name,
        "locationAddress": store.full_address,
        "barcode": row["barcode"],
    }


def shown(row: Row) -> dict[str, Any]:
    doc, price = doc_of(row), price_of(row)
    store = LOCATIONS[doc["location_id"]]
    return {
        "id": row["id"],
        "object": "cashIn",
        "customerId": row["customer_id"],
        "type": "fiatToCrypto",
        "status": row["status"],
        "subStatus": doc["subStatus"],
        "cash": store.cash,
        "location": {"name": store.name, "address": store.full_address},
        "source": {
            "asset": "usd",
            "network": "cash",
            "indicatedAmount": show(doc["indicated"], "usd"),
            **present(amount=show(row["paid_minor"], "usd") if row["paid_minor"] is not None else None),
            **price.source(),
        },
        "destination": {
            "asset": row["asset"],
            "network": row["chain"],
            "wallet": {"id": doc["wallet_id"], "blockchainAddress": row["address"]},
            **price.destination(),
        },
        **present(depositInstructions=instructions(row)),
        "omsFeeSchedule": pricing.CASH_FEE_SCHEDULE,
        "rates": price.rates(),
        "fixedAmountSide": price.fixed,
        "sponsorGas": False,
        "sponsorGasCost": "0",
        "transactionId": row["transaction_id"],
        "metadata": doc["metadata"],
        "createdAt": iso(row["created_at"]),
        "updatedAt": iso(row["updated_at"]),
        "completedAt": iso(row["updated_at"]) if row["status"] == "completed" else None,
    }


# The table is named as the pages of a list expect: its own id and times come first.
SELECT = (
    "SELECT c.*, w.asset, w.chain, w.address FROM cash_ins c"
    " JOIN wallets w ON w.id = json_extract(c.doc, '$.wallet_id')"
)


def _unused_code(tx: Tx) -> tuple[str, str]:
    while True:
        code, barcode = new_cash_code(), new_digits(BARCODE_DIGITS)
        if not tx.count("SELECT count(*) FROM cash_ins WHERE code = ? OR barcode = ?", code, barcode):
            return code, barcode


def _start_clock(tx: Tx, cash_in_id: str) -> None:
    seconds = tx.settings.code_seconds
    tx.run("UPDATE cash_ins SET code_expires_at = ? WHERE id = ?", tx.now + int(seconds * 1000), cash_in_id)
    jobs.schedule(tx, "expireCode", cash_in_id, seconds)
    if tx.settings.auto_pay_seconds:
        jobs.schedule(tx, "autoPay", cash_in_id, tx.settings.auto_pay_seconds)


def _stop_clock(tx: Tx, cash_in_id: str) -> None:
    jobs.cancel(tx, "expireCode", cash_in_id)
    jobs.cancel(tx, "autoPay", cash_in_id)


def _set_status(tx: Tx, row: Row, status: str, sub_status: str) -> None:
    doc = {**doc_of(row), "subStatus": sub_status}
    tx.run(
        "UPDATE cash_ins SET status = ?, doc = ?, updated_at = ? WHERE id = ?",
        status, json.dumps(doc), tx.now, row["id"],
    )  # fmt: skip
