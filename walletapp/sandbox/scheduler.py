"""The passing of time: carries out due jobs, each in a transaction of its own."""

import asyncio
import logging
from collections.abc import Callable

from walletapp.sandbox import counter, customers, jobs, rails, settling
from walletapp.sandbox.store import Store, Tx

log = logging.getLogger("sandbox.scheduler")
TICK_SECONDS = 0.2
AGAIN_SECONDS = 30

CARRY_OUT: dict[jobs.Kind, Callable[[Tx, str], None]] = {
    "decideReview": customers.decide_by_itself,
    "settle": settling.settle_by_itself,
    "autoPay": counter.pay_by_itself,
    "expireCode": counter.let_code_expire,
    "failUnpaid": counter.fail_unpaid,
    "returnPayout": rails.return_by_itself,
}


async def run(store: Store) -> None:
    while True:
        await tick(store)
        await asyncio.sleep(TICK_SECONDS)


async def tick(store: Store) -> None:
    async with store.reading() as tx:
        due = jobs.due(tx)
    for kind, subject in due:
        try:
            await _carry_out(store, kind, subject)
        except Exception:
            log.exception("%s of %s failed", kind, subject)
            async with store.transaction() as tx:
                jobs.schedule(tx, kind, subject, AGAIN_SECONDS)


async def _carry_out(store: Store, kind: jobs.Kind, subject: str) -> None:
    async with store.transaction() as tx:
        # Done or moved by a request since it was listed: then it is no longer ours.
        row = tx.one("SELECT due_at FROM jobs WHERE kind = ? AND subject = ?", kind, subject)
        if row is not None and row["due_at"] <= tx.now:
            jobs.cancel(tx, kind, subject)
            CARRY_OUT[kind](tx, subject)
