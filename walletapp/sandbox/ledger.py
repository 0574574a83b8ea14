"""Wallets as rows: their balances, what they look like, and the only functions that change a balance.

A balance changes together with its posting, in one transaction; the table refuses to let it fall below zero.
"""

from typing import Any

from walletapp.sandbox import events
from walletapp.sandbox.amounts import show, usd_estimate
from walletapp.sandbox.errors import ApiError, invalid, not_found
from walletapp.sandbox.ids import new_tx_hash
from walletapp.sandbox.networks import TOKENS
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import iso


def row_of(tx: Tx, wallet_id: str) -> Row:
    row = tx.one("SELECT * FROM wallets WHERE id = ?", wallet_id)
    if row is None:
        raise not_found("wallet")
    return row


def rows_of_customer(tx: Tx, customer_id: str) -> list[Row]:
    return tx.all("SELECT * FROM wallets WHERE customer_id = ? ORDER BY created_at, id", customer_id)


def require_own(tx: Tx, customer_id: str, wallet_id: str, asset: str, network: str) -> Row:
    """The customer's own wallet that fiat goes into. Raises ApiError when it is not theirs or not of that asset."""
    wallet = row_of(tx, wallet_id)
    if wallet["customer_id"] != customer_id:
        raise ApiError(403, "walletNotOwned", "The destination wallet belongs to another customer.")
    if (asset, network) != (wallet["asset"], wallet["chain"]):
        raise invalid("destination", "asset and network are not those of the wallet")
    return wallet


def with_address(tx: Tx, address: str) -> Row | None:
    return tx.one("SELECT * FROM wallets WHERE lower(address) = ?", address.lower())


def credit(
    tx: Tx, wallet_id: str, minor: int, reason: str, *, transaction_id: str | None = None, tx_hash: str | None = None
) -> None:
    _post(tx, wallet_id, minor, reason, transaction_id=transaction_id, tx_hash=tx_hash)


def debit(tx: Tx, wallet_id: str, minor: int, reason: str, *, transaction_id: str) -> None:
    """Take money out. Raises ApiError(422) when there is not enough, and then nothing has changed."""
    if row_of(tx, wallet_id)["balance_minor"] < minor:
        raise ApiError(422, "insufficientFunds", "The wallet does not hold enough for this.")
    _post(tx, wallet_id, -minor, reason, transaction_id=transaction_id)


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


def _post(
    tx: Tx, wallet_id: str, delta: int, reason: str, *, transaction_id: str | None = None, tx_hash: str | None = None
) -> None:
    tx.run(
        "UPDATE wallets SET balance_minor = balance_minor + ?, updated_at = ? WHERE id = ?", delta, tx.now, wallet_id
    )
    tx.run(
        "INSERT INTO postings (wallet_id, delta_minor, reason, transaction_id, tx_hash, at) VALUES (?, ?, ?, ?, ?, ?)",
        wallet_id, delta, reason, transaction_id, tx_hash, tx.now,
    )  # fmt: skip
