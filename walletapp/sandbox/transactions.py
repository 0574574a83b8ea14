"""Transactions: what they look like, and how they are read and listed.

Executing a quote is in executing.py; settling in settling.py. Nothing here changes a transaction.
"""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from walletapp.sandbox import cash_orders, customers, ledger
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import not_found
from walletapp.sandbox.paging import Listing, Page
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import answer, iso, present

router = APIRouter(route_class=OmsRoute)
Type = Literal["cryptoToCrypto", "fiatToCrypto", "cryptoToFiat"]
Status = Literal["processing", "cashPickupReady", "completed", "failed"]


class Views(BaseModel):
    """Whose perspective `role` reports."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    sender_customer_id: str | None = None
    recipient_customer_id: str | None = None


class TransactionListing(Listing, Views):
    type: Type | None = None
    status: Status | None = None


@router.get("/transactions")
async def list_transactions(query: Annotated[TransactionListing, Query()], tx: TxDep) -> Response:
    page = Page("transactions", query)
    sender, recipient = query.sender_customer_id, query.recipient_customer_id
    page.matching(type=query.type, status=query.status, sender_customer_id=sender, recipient_customer_id=recipient)
    return answer(200, page.read(tx, lambda row: shown(tx, row, sender, recipient)))


@router.get("/transactions/{transaction_id}")
async def get_transaction(transaction_id: str, views: Annotated[Views, Query()], tx: TxDep) -> Response:
    row = row_of(tx, transaction_id)
    return answer(200, shown(tx, row, views.sender_customer_id, views.recipient_customer_id))


@router.get("/customers/{customer_id}/transactions")
async def list_customer_transactions(customer_id: str, query: Annotated[Listing, Query()], tx: TxDep) -> Response:
    customers.row_of(tx, customer_id)
    page = Page("transactions", query)
    page.only("? IN (sender_customer_id, recipient_customer_id)", customer_id)
    return answer(200, page.read(tx, lambda row: shown(tx, row, customer_id, customer_id)))


@router.get("/accounts/{wallet_id}/transactions")
async def list_wallet_transactions(
    wallet_id: str, query: Annotated[TransactionListing, Query()], tx: TxDep
) -> Response:
    ledger.row_of(tx, wallet_id)
    page = Page("transactions", query)
    page.only("? IN (source_wallet_id, destination_wallet_id)", wallet_id)
    page.matching(type=query.type)
    return answer(200, page.read(tx, lambda row: shown(tx, row)))


def row_of(tx: Tx, transaction_id: str) -> Row:
    row = tx.one("SELECT * FROM transactions WHERE id = ?", transaction_id)
    if row is None:
        raise not_found("transaction")
    return row


def doc_of(row: Row) -> dict[str, Any]:
    doc: dict[str, Any] = json.loads(row["doc"])
    return doc


def shown(tx: Tx, row: Row, sender_view: str | None = None, recipient_view: str | None = None) -> dict[str, Any]:
    """The transaction as it is answered and delivered. The two views are the customers `role` is told for."""
    doc = doc_of(row)
    cash_in = cash_orders.row_of(tx, row["cash_in_id"]) if row["cash_in_id"] else None
    resource = {
        "id": row["id"],
        "object": "transaction",
        "type": row["type"],
        "status": row["status"],
        **present(
            subStatus=doc.get("subStatus"),
            quoteId=row["quote_id"],
            cashInId=row["cash_in_id"],
            depositAddressId=doc.get("depositAddressId"),
            virtualAccountId=doc.get("virtualAccountId"),
            senderCustomerId=row["sender_customer_id"],
            recipientCustomerId=row["recipient_customer_id"],
            role=_role(row, sender_view, recipient_view),
            rail=doc.get("rail"),
        ),
        "source": doc["source"],
        "destination": doc["destination"],
        "rates": doc["rates"],
        "fixedAmountSide": doc["fixedAmountSide"],
        "sponsorGas": doc.get("sponsorGas", False),
        "sponsorGasCost": "0",
        "metadata": doc.get("metadata") or {},
        **present(
            partnerTransactionId=doc.get("partnerTransactionId"),
            depositInstructions=cash_orders.instructions(cash_in) if cash_in is not None else None,
            error=doc.get("error"),
        ),
        "createdAt": iso(row["created_at"]),
        "updatedAt": iso(row["updated_at"]),
        **present(completedAt=doc.get("completedAt")),
    }
    return {name: value for name, value in resource.items() if name not in tx.settings.hidden_fields}


def _role(row: Row, sender_view: str | None, recipient_view: str | None) -> str | None:
    sends = sender_view is not None and row["sender_customer_id"] == sender_view
    receives = recipient_view is not None and row["recipient_customer_id"] == recipient_view
    if sends and receives:
        return "both"
    return "sender" if sends else "recipient" if receives else None
