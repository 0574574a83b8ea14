"""Do a quote's numbers agree with each other? Asked of every quote before a customer sees it.

decisions.md, Arithmetic: `source.amountNet x exchangeRate = destination.amountGross`, on each side
`amountGross - feesDeducted.total = amountNet`, fee lines sum to the total. To the minor unit: the side OMS computed
may differ from the exact product by less than one of its own minor units, because it had to be written down somehow.
"""

import logging
from decimal import Decimal, localcontext

from walletapp.money import Money
from walletapp.oms.errors import QuoteDoesNotAddUp
from walletapp.oms.schemas import Quote, Side

log = logging.getLogger(__name__)


def check_quote(quote: Quote) -> None:
    """Return quietly, or raise QuoteDoesNotAddUp and alert. Nothing is changed either way."""
    try:
        _check_side(quote.source, "source")
        _check_side(quote.destination, "destination")
        _check_rate(quote)
    except QuoteDoesNotAddUp as problem:
        log.critical("ALERT a quote does not add up", extra={"quote": quote.id, "problem": problem.message})
        raise


def _check_side(side: Side, name: str) -> None:
    if side.unit is None:
        raise QuoteDoesNotAddUp(f"the {name} is in an asset we do not hold")
    if side.gross is None or side.net is None:
        raise QuoteDoesNotAddUp(f"the {name} lacks an amount")
    zero = Money.zero(side.unit)
    if side.gross <= zero or side.net <= zero:
        raise QuoteDoesNotAddUp(f"an amount of the {name} is not above zero")
    fees = side.fees
    lines = (fees.developer, fees.oms, fees.gas) if fees else ()
    if any(line < zero for line in lines):
        raise QuoteDoesNotAddUp(f"a fee of the {name} is negative")
    total = fees.total if fees else zero
    if total != sum(lines, zero):
        raise QuoteDoesNotAddUp(f"the fees of the {name} do not sum to their total")
    if side.gross - total != side.net:
        raise QuoteDoesNotAddUp(f"gross less fees is not net on the {name}")


def _check_rate(quote: Quote) -> None:
    source, destination = quote.source, quote.destination
    if source.net is None or destination.gross is None:  # excluded by _check_side
        raise QuoteDoesNotAddUp("an amount is missing")
    rate = quote.rates.exchange
    if rate is None and source.unit is not destination.unit:
        raise QuoteDoesNotAddUp("a conversion without a rate")
    with localcontext() as context:
        context.prec = 60
        rate = Decimal(1) if rate is None else rate
        product = _units(source.net) * rate
        unit_of_source, unit_of_destination = _one(source.net) * rate, _one(destination.gross)
        # C13: when OMS does not say which side is fixed, either may be the computed one.
        computed_source = quote.fixed_side != "source"
        allowed = max(unit_of_source, unit_of_destination) if computed_source else unit_of_destination
        if abs(product - _units(destination.gross)) >= allowed:
            raise QuoteDoesNotAddUp("net times rate is not what arrives")


def _units(money: Money) -> Decimal:
    return Decimal(money.minor).scaleb(-money.currency.places)


def _one(money: Money) -> Decimal:
    return Decimal(1).scaleb(-money.currency.places)
