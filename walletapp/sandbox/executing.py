"""POST /transactions: accept an open quote, once, and move the money."""

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from walletapp.sandbox import cash_orders, customers, journal, ledger, quotes, settling, transactions
from walletapp.sandbox.bodies import TransactionCreate
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.rules import Rule
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import answer

router = APIRouter(route_class=OmsRoute)
COMPLIANCE_HOLD, NEVER_EXECUTES = "15.15", "19.19"
MISBEHAVIOUR = {"17.17": Rule(fault="dropAfterAccept"), "18.18": Rule(fault="errorAfter", status=500)}


@router.post("/transactions", status_code=201)
async def execute_transaction(body: TransactionCreate, tx: TxDep, request: Request) -> Response:
    quote = _acceptable(tx, body.quote_id)
    customers.able_to_pay(tx, quote["customer_id"])
    terms = json.loads(quote["doc"])
    if terms["kind"] != "cashIn":
        _play_magic(request, terms["magic"])
    tx.run("UPDATE quotes SET accepted = 1 WHERE id = ?", quote["id"])
    references = {"metadata": body.metadata or terms["metadata"], "partnerTransactionId": body.partner_transaction_id}
    execute = _take_cash_order if terms["kind"] == "cashIn" else _pay_out
    transaction_id = execute(tx, quote, terms, references)
    settling.announce(tx, transaction_id)
    return answer(201, transactions.shown(tx, transactions.row_of(tx, transaction_id)))


def _acceptable(tx: Tx, quote_id: str) -> Row:
    quote = quotes.row_of(tx, quote_id)
    status = quotes.status_of(tx, quote)
    if status == "expired":
        raise ApiError(422, "quoteExpired", "The quote has expired; ask for a new one.")
    if status == "accepted" and tx.settings.quote_single_use:
        raise ApiError(409, "quoteAlreadyAccepted", "A transaction was already made from this quote.")
    return quote


def _pay_out(tx: Tx, quote: Row, terms: dict[str, Any], references: dict[str, Any]) -> str:
    """A send or a bank payout: the money leaves the wallet now."""
    wallet_id = terms["source"]["walletId"]
    parties = settling.Parties(
        quote["customer_id"], terms.get("recipientCustomerId"), wallet_id, terms.get("destinationWalletId")
    )
    rail = "crypto" if terms["kind"] == "send" else terms["destination"]["network"]
    doc = {**_sides(terms), **references, "rail": rail, "subStatus": "fundsPulled"}
    transaction_id = settling.begin(tx, settling.Beginning(terms["type"], parties, doc, quote["id"]))
    ledger.debit(tx, wallet_id, terms["minor"]["debit"], terms["kind"], transaction_id=transaction_id)
    journal.record(
        tx, "send" if terms["kind"] == "send" else "payout", terms["minor"]["debit"], terms["source"]["asset"],
        transaction_id=transaction_id, quote_id=quote["id"], doc=doc,
    )  # fmt: skip
    settling.await_settlement(tx, transaction_id, terms["magic"])
    return transaction_id


def _take_cash_order(tx: Tx, quote: Row, terms: dict[str, Any], references: dict[str, Any]) -> str:
    """A cash-in: a code is made; money moves when it is paid at the counter, on the terms of the quote."""
    order = cash_orders.Order(
        customer_id=quote["customer_id"], wallet_id=terms["destinationWalletId"], location_id=terms["locationId"],
        indicated=terms["minor"]["debit"], rate=terms["rates"]["exchangeRate"], magic=terms["magic"],
        metadata=references["metadata"], fixed=terms["fixedAmountSide"],
    )  # fmt: skip
    cash_in_id = tx.new_id("ci")
    parties = settling.Parties(quote["customer_id"], quote["customer_id"], None, order.wallet_id)
    doc = {**_sides(terms), **references, "rail": "cash", "subStatus": "awaitingCash"}
    beginning = settling.Beginning("fiatToCrypto", parties, doc, quote["id"], cash_in_id)
    transaction_id = settling.begin(tx, beginning)
    cash_orders.place(tx, cash_in_id, order, transaction_id)
    return transaction_id


def _sides(terms: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: terms[name]
        for name in ("source", "destination", "rates", "fixedAmountSide", "sponsorGas", "minor", "magic")
    }
    for side in (kept["source"], kept["destination"]):
        # A transaction names its wallet `walletId` where a quote says `id`.
        if "wallet" in side:
            side["wallet"] = _renamed(side["wallet"])
    if "externalAccountId" in terms:
        kept["destination"]["externalAccountId"] = terms["externalAccountId"]
    if "destinationWalletId" in terms:
        kept["destination"]["walletId"] = terms["destinationWalletId"]
    return kept


def _renamed(target: dict[str, Any]) -> dict[str, Any]:
    names = {"id": "walletId", "externalAccount": "externalAccountId"}
    return {names.get(name, name): value for name, value in target.items()}


def _play_magic(request: Request, amount: str) -> None:
    if amount == COMPLIANCE_HOLD:
        raise ApiError(422, "complianceHold", "This cannot be executed.")
    if amount == NEVER_EXECUTES:
        raise ApiError(503, "unavailable", "Try again later.")
    if amount in MISBEHAVIOUR:
        request.state.magic.append(MISBEHAVIOUR[amount])
