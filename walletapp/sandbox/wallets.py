"""Wallets: one asset on one chain, their balances, and the only functions that change a balance.

A balance changes together with its posting, in one transaction; the table refuses to let it fall below zero.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from walletapp.sandbox import customers, events, reviews
from walletapp.sandbox.addresses import new_address
from walletapp.sandbox.amounts import show, usd_estimate
from walletapp.sandbox.bodies import WalletCreate
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError, invalid, not_found
from walletapp.sandbox.ids import new_tx_hash
from walletapp.sandbox.networks import TOKENS
from walletapp.sandbox.paging import LimitParam, Page
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import answer, iso

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
    wallet = shown(row_of(tx, wallet_id))
    events.emit(tx, "wallet.provisioned", wallet)
    return answer(201, wallet)


@router.get("/customers/{customer_id}/wallets")
async def list_wallets(customer_id: str, tx: TxDep, limit: LimitParam = 50, startingAfter: str | None = None) -> Response:
    customers.row_of(tx, customer_id)
    page = Page("wallets", limit, startingAfter)
    page.only("customer_id = ?", customer_id)
    return answer(200, page.read(tx, shown))


@router.get("/wallets/{wallet_id}")
async def get_wallet(wallet_id: str, tx: TxDep) -> Response:
    return answer(200, shown(row_of(tx, wallet_id)))


@router.get("/wallets/{wallet_id}/balance")
async def get_wallet_balance(wallet_id: str, tx: TxDep, currency: CurrencyCode = "USD") -> Response:
    row = row_of(tx, wallet_id)
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
    total = sum(row["balance_minor"] for row in rows_of_customer(tx, customer_id))
    estimate = {"estimatedBalance": usd_estimate(total, "usdc"), "estimatedBalanceCurrencyCode": currency}
    return answer(200, {"customerId": customer_id, **estimate})


def row_of(tx: Tx, wallet_id: str) -> Row:
    row = tx.one("SELECT * FROM wallets WHERE id = ?", wallet_id)
    if row is None:
        raise not_found("wallet")
    return row


def rows_of_customer(tx: Tx, customer_id: str) -> list[Row]:
    return tx.all("SELECT * FROM wallets WHERE customer_id = ? ORDER BY created_at, id", customer_id)


def with_address(tx: Tx, address: str) -> Row | None:
    return tx.one("SELECT * FROM wallets WHERE lower(address) = ?", address.lower())


def credit(tx: Tx, wallet_id: str, minor: int, reason: str, transaction_id: str | None = None, tx_hash: str | None = None) -> None:  # fmt: skip
    _post(tx, wallet_id, minor, reason, transaction_id, tx_hash)


def debit(tx: Tx, wallet_id: str, minor: int, reason: str, transaction_id: str | None = None) -> None:
    """Take money out. Raises ApiError(422) when there is not enough, and then nothing has changed."""
    if row_of(tx, wallet_id)["balance_minor"] < minor:
        raise ApiError(422, "insufficientFunds", "The wallet does not hold enough for this.")
    _post(tx, wallet_id, -minor, reason, transaction_id, None)


def receive_from_outside(tx: Tx, wallet_id: str, minor: int, from_address: str, tx_hash: str | None = None) -> str:
    """USDC arrives on chain: the balance rises and wallet.depositDetected is told; no transaction is made. The hash."""
    tx_hash = tx_hash or new_tx_hash()
    credit(tx, wallet_id, minor, "deposit", tx_hash=tx_hash)
    row = row_of(tx, wallet_id)
    deposit = {
        "amount": show(minor, row["asset"]), "asset": row["asset"], "network": row["chain"],
        "txHash": tx_hash, "fromAddress": from_address,
    }  # fmt: skip
    events.emit(tx, "wallet.depositDetected", {**shown(row), "deposit": deposit})
    return tx_hash


def shown(row: Row) -> dict[str, Any]:
    token = TOKENS[row["asset"], row["chain"]]
    return {
        "id": row["id"],
        "object": "wallet",
        "customerId": row["customer_id"],
        "address": row["address"],
        "asset": row["asset"],
        "chain": row["chain"],
        "status": "active",
        "type": "internal",
        "createdAt": iso(row["created_at"]),
        "updatedAt": iso(row["updated_at"]),
        "assetIdentity": {"chain": row["chain"], "protocol": "EVM", "tokenIdentifier": token.contract},
    }


def summary(row: Row) -> dict[str, Any]:
    """The flat form that stands inside a customer."""
    return {
        "id": row["id"],
        "type": "custodial",
        "address": row["address"],
        "network": row["chain"],
        "asset": row["asset"],
        "balance": show(row["balance_minor"], row["asset"]),
        "estimatedValueUsd": usd_estimate(row["balance_minor"], row["asset"]),
        "createdAt": iso(row["created_at"]),
    }


def _post(tx: Tx, wallet_id: str, delta: int, reason: str, transaction_id: str | None, tx_hash: str | None) -> None:
    tx.run(
        "UPDATE wallets SET balance_minor = balance_minor + ?, updated_at = ? WHERE id = ?", delta, tx.now, wallet_id
    )
    tx.run(
        "INSERT INTO postings (wallet_id, delta_minor, reason, transaction_id, tx_hash, at) VALUES (?, ?, ?, ?, ?, ?)",
        wallet_id, delta, reason, transaction_id, tx_hash, tx.now,
    )  # fmt: skip
