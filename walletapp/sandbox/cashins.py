"""Cash-ins over HTTP: reserve a code, read, list, get a new code."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from walletapp.sandbox import amounts, cash_orders, customers, ledger, limits, locations, pricing
from walletapp.sandbox.bodies import CashInCreate
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import invalid
from walletapp.sandbox.paging import Listing, Page
from walletapp.sandbox.wire import answer

router = APIRouter(route_class=OmsRoute)
DEFAULT_INDICATED = "100.00"


class CashInListing(Listing):
    customer_id: str | None = None
    status: Literal["pending", "processing", "completed", "failed", "expired"] | None = None


@router.post("/cash-ins", status_code=201)
async def create_cash_in(body: CashInCreate, tx: TxDep) -> Response:
    customers.able_to_pay(tx, body.customer_id)
    store = locations.chosen(body.cash)
    target = body.destination.wallet
    if target is None or not target.wallet_id:
        raise invalid("destination.wallet", "cash goes to a wallet, by its id")
    wallet = ledger.require_own(
        tx, body.customer_id, target.wallet_id, body.destination.asset, body.destination.network
    )
    indicated = amounts.parse(body.source.indicated_amount or DEFAULT_INDICATED, "usd", "source.indicated_amount")
    limits.require_within(tx, body.customer_id, indicated, store)
    rate: Decimal = tx.settings.usd_to_usdc_rate
    pricing.price_source("usd", wallet["asset"], indicated, pricing.cash_fees, rate)
    order = cash_orders.Order(
        customer_id=body.customer_id, wallet_id=wallet["id"], location_id=store.id, indicated=indicated,
        rate=f"{rate:f}",
        magic=amounts.show(indicated, "usd"), metadata=body.metadata or {},
    )  # fmt: skip
    cash_in_id = tx.new_id("ci")
    cash_orders.place(tx, cash_in_id, order, None)
    return answer(201, cash_orders.shown(cash_orders.row_of(tx, cash_in_id)))


@router.get("/cash-ins")
async def list_cash_ins(query: Annotated[CashInListing, Query()], tx: TxDep) -> Response:
    page = Page(f"({cash_orders.SELECT})", query)
    page.matching(customer_id=query.customer_id, status=query.status)
    return answer(200, page.read(tx, cash_orders.shown))


@router.get("/cash-ins/{cash_in_id}")
async def get_cash_in(cash_in_id: str, tx: TxDep) -> Response:
    return answer(200, cash_orders.shown(cash_orders.row_of(tx, cash_in_id)))


@router.post("/cash-ins/{cash_in_id}/refresh")
async def refresh_cash_in(cash_in_id: str, tx: TxDep) -> Response:
    cash_orders.renew_code(tx, cash_orders.row_of(tx, cash_in_id))
    return answer(200, cash_orders.shown(cash_orders.row_of(tx, cash_in_id)))
