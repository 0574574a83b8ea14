"""What cash will come to, where OMS tells its price only when the code is made (OMS_CASH_FUNDING = cash_in).

What must stay true: an estimate is marked as one everywhere it is shown, locks nothing, and what arrives is always what
OMS says in the end. It rests on the fee schedule of the last cash-in OMS answered; before there was one, on the
published fees. In quote mode only `cash_needed()` is used, to say no to a far too large wish before asking OMS.
"""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from walletapp.money import Currency, Money
from walletapp.oms import schemas
from walletapp.transfers.models import Transfer
from walletapp.transfers.quoting import NoPrice

log = logging.getLogger(__name__)

GOOD_FOR = timedelta(minutes=15)
_CACHE_KEY = "cash-fee-schedule"


@dataclass(frozen=True, slots=True)
class Schedule:
    """How cash is priced: a share of it, a fixed amount in cents, and USDC for a dollar."""

    share: Decimal
    fixed: int
    rate: Decimal

    def fee(self, cash: int) -> int:
        """In cents, upwards: an estimate promises rather too little."""
        return int((cash * self.share).to_integral_value(ROUND_CEILING)) + self.fixed

    def arrives(self, cash: int) -> int:
        """In millionths of a USDC."""
        return int(((cash - self.fee(cash)) * self.rate * _per_cent()).to_integral_value(ROUND_FLOOR))

    def cash_for(self, wanted: int) -> int:
        """The least cash in cents of which at least `wanted` millionths of a USDC arrive."""
        with localcontext() as context:
            context.prec = 40
            net = Decimal(wanted) / (self.rate * _per_cent())
            cash = int(((net + self.fixed) / (1 - self.share)).to_integral_value(ROUND_FLOOR))
        while self.arrives(cash) < wanted:
            cash += 1
        return cash


# Published on payments/cash-ins: 1.5 % and 0.50.
PUBLISHED = Schedule(share=Decimal("0.015"), fixed=50, rate=Decimal(1))


def estimate(transfer: Transfer) -> dict[str, Any]:
    """The columns of an estimated quote for a cash-in draft. Raises NoPrice when fees would eat all of the cash."""
    schedule = known_schedule()
    asked = int(transfer.asked_minor or 0)
    cash = asked if transfer.asked_side == "source" else schedule.cash_for(asked)
    fee, arrives = schedule.fee(cash), schedule.arrives(cash)
    if fee >= cash or arrives <= 0:
        raise NoPrice("This amount is too small to cover its fees. Nothing was charged. Try a larger amount.")
    return {
        "oms_id": None,
        "source_asset": Currency.USD.asset,
        "source_gross_minor": cash,
        "source_net_minor": cash - fee,
        "destination_asset": Currency.USDC.asset,
        "destination_gross_minor": arrives,
        "destination_net_minor": arrives,
        "fees": [{"kind": "oms", "asset": Currency.USD.asset, "minor": fee}],
        "rate": f"{schedule.rate.normalize():f}",
        "fixed_side": transfer.asked_side,
        "is_estimate": True,
        "expires_at": timezone.now() + GOOD_FOR,
    }


def cash_needed(wanted: Money) -> Money:
    """About how much cash brings `wanted` into the wallet."""
    return Money(known_schedule().cash_for(wanted.minor), Currency.USD)


def remember_schedule(cash_in: schemas.CashIn) -> None:
    """Keep the fee schedule of an answer of OMS for the next estimate."""
    read = _read(cash_in)
    if read is None:
        return
    try:
        cache.set(_CACHE_KEY, json.dumps([str(read.share), read.fixed, str(read.rate)]), timeout=None)
    except RedisError as error:
        log.warning("fee schedule not remembered", extra={"error": type(error).__name__})


def known_schedule() -> Schedule:
    """The schedule OMS gave last, else the published one."""
    try:
        if kept := cache.get(_CACHE_KEY):
            share, fixed, rate = json.loads(kept)
            return Schedule(Decimal(share), fixed, Decimal(rate))
    except RedisError as error:
        log.warning("fee schedule not read", extra={"error": type(error).__name__})
    return PUBLISHED


def _read(cash_in: schemas.CashIn) -> Schedule | None:
    """The schedule of an answer; None when it has none, or one with entries that we cannot price."""
    found = cash_in.fee_schedule
    if found is None or found.currency != Currency.USD.asset or not found.entries:
        return None
    share, fixed = Decimal(0), 0
    for entry in found.entries:
        if entry.type == "percentage" and entry.rate is not None:
            share += entry.rate
        elif entry.type == "fixed" and entry.amount is not None:
            fixed += entry.amount.minor
        else:
            return None
    return Schedule(share, fixed, cash_in.rates.exchange or Decimal(1)) if share < 1 and fixed >= 0 else None


def _per_cent() -> Decimal:
    """Millionths of a USDC in a cent's worth."""
    return Decimal(10) ** (Currency.USDC.places - Currency.USD.places)
