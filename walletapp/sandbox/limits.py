"""How much cash a customer may bring: one table, rolling windows. What counts is cash really handed over."""

from typing import NamedTuple

from walletapp.sandbox.amounts import show
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.locations import Location
from walletapp.sandbox.store import Tx

SMALLEST = 20_00
LARGEST = 500_00
LARGEST_AT = {"Walmart": 1_000_00}
DAY_MS = 86_400_000


class Window(NamedTuple):
    name: str
    days: int
    amount: int
    times: int


WINDOWS = (Window("daily", 1, 1_500_00, 3), Window("weekly", 7, 3_500_00, 12), Window("monthly", 30, 5_000_00, 20))


def require_within(tx: Tx, customer_id: str, cents: int, store: Location) -> None:
    """Raise ApiError(422) when this much cash, handed over now at this store, would pass a limit."""
    largest = LARGEST_AT.get(store.chain, LARGEST)
    if cents < SMALLEST:
        raise ApiError(422, "amountBelowMinimum", f"The least that can be brought is {show(SMALLEST, 'usd')} USD.")
    if cents > largest:
        raise ApiError(422, "amountAboveMaximum", f"The most at {store.chain} is {show(largest, 'usd')} USD at a time.")
    for window in WINDOWS:
        brought, times = _brought_since(tx, customer_id, tx.now - window.days * DAY_MS)
        if brought + cents > window.amount or times + 1 > window.times:
            most = f"{show(window.amount, 'usd')} USD and {window.times} times"
            raise ApiError(422, f"{window.name}LimitExceeded", f"The {window.name} limit is {most}.")


def _brought_since(tx: Tx, customer_id: str, since: int) -> tuple[int, int]:
    row = tx.one(
        "SELECT coalesce(sum(paid_minor), 0) AS total, count(*) AS times FROM cash_ins"
        " WHERE customer_id = ? AND paid_at > ?",
        customer_id, since,
    )  # fmt: skip
    assert row is not None
    return row["total"], row["times"]
