"""Quotes: a locked price for a send, a bank payout or a cash-in. Open until accepted or expired; each ends it for good.

Nothing is checked against balances here: anyone may ask what something would cost.
"""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from walletapp.sandbox import accounts, addresses, amounts, customers, ledger, limits, locations, pricing
from walletapp.sandbox.bodies import CashSource, QuoteCreate, QuoteDestination, WalletSource, WalletTarget
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError, invalid, not_found
from walletapp.sandbox.networks import TOKENS
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import answer, iso

router = APIRouter(route_class=OmsRoute)
ONE = Decimal("1.0")
WRONG_ARITHMETIC = "16.16"


@dataclass(frozen=True)
class Route:
    """Where the money comes from and goes to, and what that costs."""

    kind: str
    type: str
    source: dict[str, Any]
    destination: dict[str, Any]
    schedule: pricing.FeeSchedule
    rate: Decimal = ONE
    internal: dict[str, Any] = field(default_factory=dict)
    """Kept with the quote for its execution, never shown."""


@router.post("/quotes", status_code=201)
async def create_quote(body: QuoteCreate, tx: TxDep) -> Response:
    customers.able_to_pay(tx, body.customer_id)
    route = (
        _cash_route(tx, body, body.source)
        if isinstance(body.source, CashSource)
        else _wallet_route(tx, body, body.source)
    )
    price = _price(body, route)
    if isinstance(body.source, CashSource):
        limits.require_within(tx, body.customer_id, price.gross, locations.chosen(body.source.cash))
    doc = _document(body, route, price)
    quote_id = tx.new_id("qt")
    tx.run(
        "INSERT INTO quotes (id, customer_id, doc, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        quote_id, body.customer_id, json.dumps(doc), tx.now, tx.now + int(tx.settings.quote_seconds * 1000),
    )  # fmt: skip
    return answer(201, shown(tx, row_of(tx, quote_id)))


@router.get("/quotes/{quote_id}")
async def get_quote(quote_id: str, tx: TxDep) -> Response:
    return answer(200, shown(tx, row_of(tx, quote_id)))


def row_of(tx: Tx, quote_id: str) -> Row:
    row = tx.one("SELECT * FROM quotes WHERE id = ?", quote_id)
    if row is None:
        raise not_found("quote")
    return row


def status_of(tx: Tx, row: Row) -> str:
    if row["accepted"]:
        return "accepted"
    return "expired" if row["expires_at"] <= tx.now else "open"


def shown(tx: Tx, row: Row) -> dict[str, Any]:
    doc = json.loads(row["doc"])
    return {
        "id": row["id"],
        "object": "quote",
        "type": doc["type"],
        "status": status_of(tx, row),
        "customerId": row["customer_id"],
        "source": doc["source"],
        "destination": doc["destination"],
        "rates": doc["rates"],
        "fixedAmountSide": doc["fixedAmountSide"],
        "sponsorGas": doc["sponsorGas"],
        "sponsorGasCost": "0",
        "metadata": doc["metadata"],
        "createdAt": iso(row["created_at"]),
        "expiresAt": iso(row["expires_at"]),
    }


def _wallet_route(tx: Tx, body: QuoteCreate, source: WalletSource) -> Route:
    wallet = ledger.row_of(tx, source.wallet_id)
    if wallet["customer_id"] != body.customer_id:
        raise ApiError(403, "walletNotOwned", "The source wallet belongs to another customer.")
    if (source.asset, source.network) != (wallet["asset"], wallet["chain"]):
        raise invalid("source", "asset and network are not those of the wallet")
    target = body.destination.wallet or WalletTarget()
    given = [value for value in (target.wallet_id, target.blockchain_address, target.external_account) if value]
    if len(given) != 1:
        raise invalid("destination.wallet", "give exactly one of id, blockchainAddress and externalAccount")
    side = {"asset": source.asset, "network": source.network, "walletId": wallet["id"],
            "wallet": {"id": wallet["id"], "blockchainAddress": wallet["address"]}}  # fmt: skip
    if target.external_account:
        return _payout_route(tx, body, side, target.external_account)
    _require_same_token(body.destination, source)
    if target.wallet_id:
        return _internal_route(tx, wallet, side, target.wallet_id)
    return _external_route(body, wallet, side, target.blockchain_address or "")


def _internal_route(tx: Tx, wallet: Row, side: dict[str, Any], target_id: str) -> Route:
    target = ledger.row_of(tx, target_id)
    if target["id"] == wallet["id"]:
        raise ApiError(422, "sameWallet", "Source and destination are the same wallet.")
    if (target["asset"], target["chain"]) != (wallet["asset"], wallet["chain"]):
        raise ApiError(422, "routeNotSupported", "The destination wallet holds another asset or network.")
    destination = {
        "asset": target["asset"],
        "network": target["chain"],
        "wallet": {"id": target["id"], "blockchainAddress": target["address"]},
    }
    internal = {"destinationWalletId": target["id"], "recipientCustomerId": target["customer_id"]}
    return Route("send", "cryptoToCrypto", side, destination, pricing.internal_send, internal=internal)


def _external_route(body: QuoteCreate, wallet: Row, side: dict[str, Any], address: str) -> Route:
    if not addresses.is_valid(address):
        raise ApiError(400, "invalidAddress", "destination.wallet.blockchainAddress: not a valid EIP-55 address.")
    if address.lower() in (addresses.ZERO, wallet["address"].lower()):
        raise ApiError(422, "destinationNotAllowed", "Nothing can be sent to this address.")
    destination = {"asset": wallet["asset"], "network": wallet["chain"], "wallet": {"blockchainAddress": address}}
    schedule = pricing.sponsored_send if body.sponsor_gas else pricing.external_send
    return Route("send", "cryptoToCrypto", side, destination, schedule)


def _payout_route(tx: Tx, body: QuoteCreate, side: dict[str, Any], account_id: str) -> Route:
    account = accounts.row_of(tx, account_id, "externalAccount")
    network = body.destination.network
    if body.destination.asset != "usd" or network not in pricing.PAYOUT_FEES:
        raise ApiError(422, "routeNotSupported", "A bank account takes usd over ach or wire.")
    if account["customer_id"] != body.customer_id:
        raise ApiError(403, "accountNotOwned", "The external account belongs to another customer.")
    if accounts.doc_of(account)["status"] != "verified":
        raise ApiError(422, "accountNotVerified", "The external account is not verified.")
    destination = {"asset": "usd", "network": network, "wallet": {"externalAccount": account_id}}
    internal = {"recipientCustomerId": body.customer_id, "externalAccountId": account_id}
    return Route("payout", "cryptoToFiat", side, destination, pricing.payout_fees(network), internal=internal)


def _cash_route(tx: Tx, body: QuoteCreate, source: CashSource) -> Route:
    store = locations.chosen(source.cash)
    target = body.destination.wallet
    if target is None or not target.wallet_id or target.blockchain_address or target.external_account:
        raise invalid("destination.wallet", "cash goes to a wallet, by its id")
    wallet = ledger.require_own(
        tx, body.customer_id, target.wallet_id, body.destination.asset, body.destination.network
    )
    side = {"asset": "usd", "network": "cash", "cash": store.cash}
    destination = {
        "asset": wallet["asset"],
        "network": wallet["chain"],
        "wallet": {"id": wallet["id"], "blockchainAddress": wallet["address"]},
    }
    internal = {"destinationWalletId": wallet["id"], "recipientCustomerId": body.customer_id, "locationId": store.id}
    return Route("cashIn", "fiatToCrypto", side, destination, pricing.cash_fees, tx.settings.usd_to_usdc_rate, internal)


def _require_same_token(destination: QuoteDestination, source: WalletSource) -> None:
    if (destination.asset, destination.network) not in TOKENS:
        raise ApiError(422, "routeNotSupported", f"{destination.asset} on {destination.network} is not supported.")
    if (destination.asset, destination.network) != (source.asset, source.network):
        raise ApiError(422, "routeNotSupported", "Source and destination must be the same asset on the same network.")


def _price(body: QuoteCreate, route: Route) -> pricing.Price:
    given, wanted = body.source.amount, body.destination.amount
    if (given is None) == (wanted is None):
        raise invalid("amount", "put it on exactly one of source and destination")
    source, destination = route.source["asset"], route.destination["asset"]
    if given is not None:
        minor = amounts.parse(given, source, "source.amount")
        return pricing.price_source(source, destination, minor, route.schedule, route.rate)
    minor = amounts.parse(wanted or "", destination, "destination.amount")
    return pricing.price_destination(source, destination, minor, route.schedule, route.rate)


def _document(body: QuoteCreate, route: Route, price: pricing.Price) -> dict[str, Any]:
    fixed = price.source() if price.fixed == "source" else price.destination()
    magic = fixed["amountGross"]
    source = {**route.source, **price.source()}
    destination = {**route.destination, **price.destination()}
    if magic == WRONG_ARITHMETIC and route.kind == "send":
        destination["amountGross"] = destination["amountNet"] = amounts.show(
            price.delivered + 1, price.destination_asset
        )
    return {
        "kind": route.kind,
        "type": route.type,
        "source": source,
        "destination": destination,
        "rates": price.rates(),
        "fixedAmountSide": price.fixed,
        "sponsorGas": body.sponsor_gas,
        "metadata": body.metadata or {},
        "magic": magic,
        "minor": {"debit": price.gross, "credit": price.delivered},
        **route.internal,
    }
