"""The counter of the store: takes cash for a code, or does not.

Money is believed when it is in the till: the order and its transaction are repriced on what was really handed over.
"""

import json

from walletapp.sandbox import cash_orders, customers, jobs, journal, limits, settling, transactions
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.locations import LOCATIONS
from walletapp.sandbox.store import Row, Tx

REFUSED, SHORT_PAID = "33.33", "44.44"
SHORT_BY = 5_00


def take_cash(tx: Tx, row: Row, cents: int) -> str:
    """The customer hands over `cents` for the code. Returns the transaction. Raises ApiError when the till says no."""
    require_payable(tx, row, cents)
    order = cash_orders.doc_of(row)
    cash_in_id, transaction_id = row["id"], row["transaction_id"]
    if transaction_id is None:
        transaction_id = _begin(tx, row, cents)
    cash_orders.mark_paid(tx, row, cents, transaction_id)
    _reprice(tx, transaction_id, cash_orders.row_of(tx, cash_in_id))
    jobs.cancel(tx, "failUnpaid", transaction_id)
    transaction = transactions.row_of(tx, transaction_id)
    doc = transactions.doc_of(transaction)
    journal.record(tx, "cashIn", cents, "usd", transaction_id=transaction_id, quote_id=transaction["quote_id"], doc=doc)
    settling.await_settlement(tx, transaction_id, order["magic"])
    settling.announce(tx, transaction_id)
    return str(transaction_id)


def require_payable(tx: Tx, row: Row, cents: int) -> None:
    if row["status"] == "expired" or (row["status"] == "pending" and row["code_expires_at"] <= tx.now):
        raise ApiError(409, "codeExpired", "This code has run out; the customer needs a new one.")
    if row["status"] != "pending":
        raise ApiError(409, "codeUsed", "This code was used already.")
    order = cash_orders.doc_of(row)
    if order["magic"] == REFUSED:
        raise ApiError(422, "counterRefused", "The till refuses this code.")
    customers.able_to_pay(tx, row["customer_id"])
    limits.require_within(tx, row["customer_id"], cents, LOCATIONS[order["location_id"]])


def pay_by_itself(tx: Tx, cash_in_id: str) -> None:
    """The demo's customer pays what was said. A till that says no is left alone: the code will run out."""
    row = cash_orders.row_of(tx, cash_in_id)
    order = cash_orders.doc_of(row)
    cents = order["indicated"] - (SHORT_BY if order["magic"] == SHORT_PAID else 0)
    try:
        require_payable(tx, row, cents)
    except ApiError:
        return
    take_cash(tx, row, cents)


def let_code_expire(tx: Tx, cash_in_id: str) -> None:
    row = cash_orders.row_of(tx, cash_in_id)
    if row["status"] == "pending":
        cash_orders.expire(tx, row)


def expire_now(tx: Tx, row: Row) -> None:
    """The code runs out at once. Raises ApiError(409) when it is not out."""
    if row["status"] != "pending":
        raise ApiError(409, "codeNotPending", f"The cash-in is {row['status']}.")
    tx.run("UPDATE cash_ins SET code_expires_at = ? WHERE id = ?", tx.now, row["id"])
    cash_orders.expire(tx, cash_orders.row_of(tx, row["id"]))


def fail_unpaid(tx: Tx, transaction_id: str) -> None:
    """Nobody brought the cash in time. While a code is still out the end waits for it."""
    transaction = transactions.row_of(tx, transaction_id)
    if transaction["status"] != "processing":
        return
    row = cash_orders.row_of(tx, transaction["cash_in_id"])
    if row["status"] == "pending" and row["code_expires_at"] > tx.now:
        jobs.schedule(tx, "failUnpaid", transaction_id, (row["code_expires_at"] - tx.now) // 1000 + 1)
    else:
        settling.fail(tx, transaction_id, "cashNotReceived", "The cash was not brought in time.")


def _begin(tx: Tx, row: Row, cents: int) -> str:
    """A cash-in made without a quote gets its transaction now."""
    order = cash_orders.doc_of(row)
    parties = settling.Parties(row["customer_id"], row["customer_id"], None, order["wallet_id"])
    wallet = {"walletId": order["wallet_id"], "blockchainAddress": row["address"]}
    doc = {
        "source": {"asset": "usd", "network": "cash", "cash": LOCATIONS[order["location_id"]].cash},
        "destination": {
            "asset": row["asset"], "network": row["chain"], "walletId": order["wallet_id"], "wallet": wallet,
        },
        "metadata": order["metadata"],
        "rail": "cash",
        "magic": order["magic"],
    }  # fmt: skip
    return settling.begin(tx, settling.Beginning("fiatToCrypto", parties, doc, None, row["id"]))


def _reprice(tx: Tx, transaction_id: str, row: Row) -> None:
    price = cash_orders.price_of(row)
    doc = transactions.doc_of(transactions.row_of(tx, transaction_id))
    doc["source"].update(price.source())
    doc["destination"].update(price.destination())
    doc.update(
        rates=price.rates(), fixedAmountSide=price.fixed, subStatus="cashReceived",
        minor={"debit": price.gross, "credit": price.delivered},
    )  # fmt: skip
    tx.run("UPDATE transactions SET doc = ?, updated_at = ? WHERE id = ?", json.dumps(doc), tx.now, transaction_id)
