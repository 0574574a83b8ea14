"""The documented simulate endpoints: the store's counter and inbound transfers."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from walletapp.sandbox import accounts, amounts, cash_orders, counter, rails, transactions
from walletapp.sandbox.account_bodies import DepositAddressSimulation, VirtualAccountSimulation
from walletapp.sandbox.bodies import AuthCommit, BarcodeAuth
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError, invalid, not_found
from walletapp.sandbox.ids import new_tx_hash
from walletapp.sandbox.store import Tx
from walletapp.sandbox.wire import answer, iso

router = APIRouter(route_class=OmsRoute)
APPROVED, DECLINED = "00", "05"


@router.post("/cash-ins/simulate/barcode-auth")
async def simulate_barcode_auth(body: BarcodeAuth, tx: TxDep) -> Response:
    """The till asks whether it may take this much for the barcode (or code) in `accountNumber`."""
    row = cash_orders.row_of_code(tx, body.account_number)
    cents = amounts.parse(body.amount, "usd")
    try:
        counter.require_payable(tx, row, cents)
    except ApiError as refusal:
        return answer(200, _till_says(tx, cents, "", DECLINED, refusal.message))
    confirmation_id = tx.new_id("cnf")
    tx.run(
        "INSERT INTO counter_authorisations (id, cash_in_id, amount_minor) VALUES (?, ?, ?)",
        confirmation_id, row["id"], cents,
    )  # fmt: skip
    return answer(200, _till_says(tx, cents, confirmation_id, APPROVED, "Approved"))


@router.post("/cash-ins/simulate/auth-commit")
async def simulate_auth_commit(body: AuthCommit, tx: TxDep) -> Response:
    """The till has taken the cash it was authorised for."""
    row = cash_orders.row_of_code(tx, body.account_number)
    asked = tx.one(
        "SELECT * FROM counter_authorisations WHERE id = ? AND cash_in_id = ?", body.original_confirmation_id, row["id"]
    )
    if asked is None:
        raise not_found("authorisation")
    cents = amounts.parse(body.amount, "usd")
    try:
        if asked["committed"]:
            raise ApiError(409, "alreadyCommitted", "This authorisation was committed before.")
        if body.customer_id is not None and body.customer_id != row["customer_id"]:
            raise ApiError(409, "otherCustomer", "The code belongs to another customer.")
        counter.take_cash(tx, row, cents)
    except ApiError as refusal:
        return answer(200, _till_says(tx, cents, asked["id"], DECLINED, refusal.message))
    tx.run("UPDATE counter_authorisations SET committed = 1 WHERE id = ?", asked["id"])
    return answer(200, _till_says(tx, cents, asked["id"], APPROVED, "Approved"))


@router.post("/virtual-accounts/{account_id}/simulate")
async def simulate_bank_deposit(account_id: str, body: VirtualAccountSimulation, tx: TxDep) -> Response:
    account = accounts.row_of(tx, account_id, "virtualAccount")
    if body.amount.currency not in (None, "USD", "usd"):
        raise invalid("amount.currency", "a virtual account takes USD")
    cents = amounts.parse(body.amount.value, "usd", "amount.value")
    transaction_id = rails.bank_deposit(tx, account, cents, body.rail, body.sender_name or "")
    submitted = {"rail": body.rail, "virtualAccountId": account_id, "status": "submitted", "submittedAt": iso(tx.now)}
    return answer(200, {**submitted, "transactionId": transaction_id})


@router.post("/deposit-addresses/{account_id}/simulate")
async def simulate_address_deposit(account_id: str, body: DepositAddressSimulation, tx: TxDep) -> Response:
    account = accounts.row_of(tx, account_id, "depositAddress")
    micro = amounts.parse(body.amount.value, "usdc", "amount.value")
    transaction_id = rails.address_deposit(tx, account, micro)
    network = transactions.doc_of(transactions.row_of(tx, transaction_id))["source"]["network"]
    submitted = {
        "amount": {"value": amounts.show(micro, "usdc"), "currency": "usdc"},
        "depositAddressId": account_id,
        "network": network.upper(),
        "status": "submitted",
        "submittedAt": iso(tx.now),
        "transactionHash": new_tx_hash(),
    }
    return answer(200, submitted)


def _till_says(tx: Tx, cents: int, confirmation_id: str, code: str, text: str) -> dict[str, Any]:
    return {
        "authorizedAmount": amounts.show(cents if code == APPROVED else 0, "usd"),
        "confirmationId": confirmation_id,
        "responseCode": code,
        "responseId": tx.new_id("rsp"),
        "responseText": text,
    }
