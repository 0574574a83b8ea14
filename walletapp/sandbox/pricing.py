"""What a movement costs: fee schedules and the arithmetic of quotes, in integers of minor units.

On every price: source.net x rate = destination.gross, gross - fees = net on both sides, and the fee lines sum to the
total, exact to the minor unit. All fees stand on the source side. When the destination is the fixed side, the source is
the smallest amount that delivers it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from walletapp.sandbox.amounts import DECIMALS, MICRO_PER_CENT, ratio, show
from walletapp.sandbox.errors import ApiError

FixedSide = Literal["source", "destination"]
SEND_PERMILLE, SEND_LEAST, SEND_MOST, GAS = 5, 50_000, 5_000_000, 10_000
CASH_PERMILLE, CASH_FIXED = 15, 50
BANK_DEPOSIT_PERMILLE = 5
PAYOUT_FEES = {"ach": 250_000, "wire": 15_000_000}
RATE_SCALE = 10_000
LARGEST = {"usd": 1_000_000_00, "usdc": 1_000_000_000_000}
CASH_FEE_SCHEDULE = {
    "feeCurrency": "usd",
    "entries": [{"type": "percentage", "rate": "0.015"}, {"type": "fixed", "amount": "0.50"}],
}


@dataclass(frozen=True)
class Fees:
    oms: int = 0
    gas: int = 0

    @property
    def total(self) -> int:
        return self.oms + self.gas


FeeSchedule = Callable[[int], Fees]


@dataclass(frozen=True)
class Price:
    source_asset: str
    destination_asset: str
    gross: int
    fees: Fees
    delivered: int
    """Gross and net of the destination: no fee is taken there."""
    rate: Decimal
    fixed: FixedSide

    @property
    def net(self) -> int:
        return self.gross - self.fees.total

    def source(self) -> dict[str, Any]:
        return _side(self.source_asset, self.gross, self.net, self.fees)

    def destination(self) -> dict[str, Any]:
        return _side(self.destination_asset, self.delivered, self.delivered, Fees())

    def rates(self) -> dict[str, str]:
        per_source, per_destination = 10 ** DECIMALS[self.source_asset], 10 ** DECIMALS[self.destination_asset]
        return {
            "pair": f"{self.source_asset}/{self.destination_asset}",
            "exchangeRate": f"{self.rate:f}",
            "effectiveRate": ratio(self.delivered * per_source, self.gross * per_destination),
        }


def internal_send(gross: int) -> Fees:
    return Fees()


def external_send(gross: int) -> Fees:
    return Fees(oms=_send_fee(gross), gas=GAS)


def sponsored_send(gross: int) -> Fees:
    """The developer pays the gas; it is then no part of the breakdown."""
    return Fees(oms=_send_fee(gross))


def cash_fees(gross: int) -> Fees:
    return Fees(oms=(gross * CASH_PERMILLE + 500) // 1000 + CASH_FIXED)


def bank_deposit_fees(gross: int) -> Fees:
    return Fees(oms=(gross * BANK_DEPOSIT_PERMILLE + 500) // 1000)


def payout_fees(network: str) -> FeeSchedule:
    """Banks know whole cents, so what is left below a cent belongs to the fee."""

    def fees(gross: int) -> Fees:
        oms = PAYOUT_FEES[network]
        return Fees(oms=oms + max(gross - oms, 0) % MICRO_PER_CENT)

    return fees


def price_source(
    source: str, destination: str, gross: int, schedule: FeeSchedule, rate: Decimal, *, fixed: FixedSide = "source"
) -> Price:
    """The price when this much is given. Raises ApiError(422) when fees eat it up or it is beyond any sense."""
    fees = schedule(gross)
    if gross > LARGEST[source]:
        raise ApiError(422, "amountTooLarge", f"At most {show(LARGEST[source], source)} {source} at a time.")
    if gross <= fees.total:
        raise ApiError(422, "amountTooSmall", "The fees would eat up the whole amount.")
    return Price(
        source, destination, gross, fees, _converted(source, destination, gross - fees.total, rate), rate, fixed
    )


def price_destination(source: str, destination: str, wanted: int, schedule: FeeSchedule, rate: Decimal) -> Price:
    """The price when this much is to arrive.

    Cash has whole cents: an amount they cannot give exactly is delivered rounded up to the next one they can.
    """
    net = _net_needed(source, destination, wanted, rate)
    if net > LARGEST[source]:
        raise ApiError(422, "amountTooLarge", f"At most {show(LARGEST[source], source)} {source} at a time.")
    gross = _smallest_gross(net, schedule)
    return price_source(source, destination, gross, schedule, rate, fixed="destination")


def _smallest_gross(net: int, schedule: FeeSchedule) -> int:
    """The smallest gross whose net reaches `net`. What is left after fees never falls as the gross rises."""
    low, high = net, net * 2 + 100_000_000
    while low < high:
        middle = (low + high) // 2
        if middle - schedule(middle).total >= net:
            high = middle
        else:
            low = middle + 1
    return low


def _converted(source: str, destination: str, net: int, rate: Decimal) -> int:
    if source == destination:
        return net
    if source == "usd":
        # Rates have at most four places and a cent is ten thousand micro-USDC, so this is exact.
        return net * int(rate * RATE_SCALE)
    return net // MICRO_PER_CENT


def _net_needed(source: str, destination: str, wanted: int, rate: Decimal) -> int:
    if source == destination:
        return wanted
    if source == "usd":
        return -(-wanted // int(rate * RATE_SCALE))
    return wanted * MICRO_PER_CENT


def _send_fee(gross: int) -> int:
    return min(max(-(-gross * SEND_PERMILLE // 1000), SEND_LEAST), SEND_MOST)


def _side(asset: str, gross: int, net: int, fees: Fees) -> dict[str, Any]:
    lines = {"total": fees.total, "developer": 0, "oms": fees.oms, "gas": fees.gas}
    return {
        "amountGross": show(gross, asset),
        "amountNet": show(net, asset),
        "feesDeducted": {name: show(minor, asset) for name, minor in lines.items()},
    }
