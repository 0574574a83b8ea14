"""Wallets over HTTP: create, read, list, balance."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from walletapp.sandbox import customers, events, ledger, reviews
from walletapp.sandbox.addresses import new_address
from walletapp.sandbox.amounts import show, usd_estimate
from walletapp.sandbox.bodies import WalletCreate
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError, invalid
from walletapp.sandbox.networks import TOKENS
from walletapp.sandbox.paging import Listing, Page
from walletapp.sandbox.wire import answer

router = APIRouter(route_class=OmsRoute)
CurrencyCode = Annotated[Literal["USD"], Query(alias="estimatedBalanceCurrencyCode")]


@router.post("/customers/{customer_id}/wallets", status_code=201)
async def create_wallet(customer_id: str, body: WalletCreate, tx: TxDep) -> Response:
    row = customers.row_of(tx, customer_id)
    if row["status"] != "active":
        raise ApiError(403, "customerInactive", "An inactive customer gets no wallet.")
    doc = customers.doc_of(row)
    if (body.asset, body.chain) not in TOKENS:
        raise invalid("asset", f"{body.asset} on {body.chain} is not supported")
    if not any(reviews.is_given(doc, item) for item in reviews.ITEMS):
        raise ApiError(422, "accountNotProvisioned", "provider account not provisioned")
    reviews.require_active(doc, "cryptoCustody")
    wallet_id = tx.new_id("wlt")
    tx.run(
        "INSERT INTO wallets (id, customer_id, address, asset, chain, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        wallet_id, customer_id, new_address(), body.asset, body.chain, tx.now, tx.now,
    )  # fmt: skip
    wallet = ledger.shown(ledger.row_of(tx, wallet_id))
    events.emit(tx, "wallet.provisioned", wallet)
    return answer(201, wallet)


@router.get("/customers/{customer_id}/wallets")
async def list_wallets(customer_id: str, query: Annotated[Listing, Query()], tx: TxDep) -> Response:
    customers.row_of(tx, customer_id)
    page = Page("wallets", query)
    page.only("customer_id = ?", customer_id)
    return answer(200, page.read(tx, ledger.shown))


@router.get("/wallets/{wallet_id}")
async def get_wallet(wallet_id: str, tx: TxDep) -> Response:
    return answer(200, ledger.shown(ledger.row_of(tx, wallet_id)))


@router.get("/wallets/{wallet_id}/balance")
async def get_wallet_balance(wallet_id: str, tx: TxDep, currency: CurrencyCode = "USD") -> Response:
    row = ledger.row_of(tx, wallet_id)
    balance = {
        "walletId": row["id"],
        "asset": row["asset"],
        "chain": row["chain"],
        "balance": show(row["balance_minor"], row["asset"]),
        "estimatedBalance": usd_estimate(row["balance_minor"], row["asset"]),
        "estimatedBalanceCurrencyCode": currency,
    }
    return answer(200, balance)


@router.get("/customers/{customer_id}/balance")
async def get_customer_balance(customer_id: str, tx: TxDep, currency: CurrencyCode = "USD") -> Response:
    customers.row_of(tx, customer_id)
    total = sum(row["balance_minor"] for row in ledger.rows_of_customer(tx, customer_id))
    estimate = {"estimatedBalance": usd_estimate(total, "usdc"), "estimatedBalanceCurrencyCode": currency}
    return answer(200, {"customerId": customer_id, **estimate})
