"""A quote that contradicts itself is refused before anybody sees it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walletapp.money import Currency, Money
from walletapp.oms.errors import BadShape, OmsError, QuoteDoesNotAddUp
from walletapp.oms.quote_check import check_quote
from walletapp.oms.schemas import Quote

# The worked sample of payments/core-concepts/quote-system.
GOOD: dict[str, Any] = {
    "id": "qt_1",
    "status": "open",
    "source": {
        "asset": "usdc",
        "network": "polygon",
        "amountGross": "100.00",
        "amountNet": "99.42",
        "feesDeducted": {"total": "0.58", "developer": "0.20", "oms": "0.35", "gas": "0.03"},
    },
    "destination": {"asset": "usd", "network": "ach", "amountGross": "99.42", "amountNet": "99.42"},
    "rates": {"exchangeRate": "1.0", "effectiveRate": "0.9942"},
    "fixedAmountSide": "source",
    "expiresAt": "2026-06-01T10:35:00Z",
}


def quote(**changes: Any) -> Quote:
    """GOOD with dotted changes: source__amountGross="1"; None takes a field away."""
    json: dict[str, Any] = {**GOOD, "source": dict(GOOD["source"]), "destination": dict(GOOD["destination"])}
    json["source"]["feesDeducted"] = dict(GOOD["source"]["feesDeducted"])
    json["rates"] = dict(GOOD["rates"])
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = json
        for parent in parents:
            place = place[parent]
        if value is None:
            place.pop(last)
        else:
            place[last] = value
    return Quote.from_json(json)


def test_the_worked_sample_adds_up() -> None:
    check_quote(quote())


@pytest.mark.parametrize(
    "changes",
    [
        {"source__amountNet": "99.43"},
        {"source__amountGross": "100.000001"},
        {"source__feesDeducted__total": "0.59"},
        {"source__feesDeducted__oms": "0.34"},
        {"source__feesDeducted__gas": "-0.03", "source__feesDeducted__oms": "0.41"},
        {"source__amountGross": "-100.00"},
        {"source__amountGross": "0", "source__amountNet": "0", "source__feesDeducted": {}},
        {"source__amountNet": "0", "source__feesDeducted": {"total": "100.00", "oms": "100.00"}},
        {"destination__amountGross": "99.43", "destination__amountNet": "99.43"},
        {"destination__amountGross": "99.41", "destination__amountNet": "99.41"},
        {"destination__amountNet": "99.41"},
        {"destination__amountNet": "0.00"},
        {"rates__exchangeRate": "1.0002"},
        {"rates__exchangeRate": "0.9"},
        {"rates__exchangeRate": "0"},
        {"source__asset": None},
        {"rates": {}},
        {"source__amountGross": None},
        {"source__amountNet": None},
        {"destination__amountGross": None},
        {"destination__amountNet": None},
        {"source__feesDeducted": None},
        {"destination__asset": "eur"},
        {"source__asset": "usdt"},
    ],
)
def test_a_quote_that_breaks_the_arithmetic_is_refused_and_alerted(
    changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(QuoteDoesNotAddUp) as refused:
        check_quote(quote(**changes))
    assert isinstance(refused.value, OmsError)
    assert any("ALERT" in record.message for record in caplog.records)


@pytest.mark.parametrize(
    "changes",
    [
        {"source__amountGross": 100.0},
        {"source__amountGross": Decimal("100.00")},
        {"source__amountGross": 100},
        {"source__amountGross": "1e2"},
        {"source__amountGross": "100.0000001"},
        {"source__amountGross": "100.000000000000000000000000000001"},
        {"source__amountGross": "\uff11\uff10\uff10"},
        {"source__amountGross": " 100"},
        {"source__amountGross": "1,000.00"},
        {"source__amountGross": "9" * 30},
        {"destination__amountGross": "99.421"},
        {"rates__exchangeRate": 1.0},
        {"rates__exchangeRate": "-1"},
        {"rates__exchangeRate": "NaN"},
        {"rates__exchangeRate": "1e5"},
        {"source": []},
        {"source": None},
        {"expiresAt": None},
        {"expiresAt": 1_780_000_000},
        {"status": None},
    ],
)
def test_a_quote_that_is_not_exact_is_not_even_read(changes: dict[str, Any]) -> None:
    with pytest.raises(BadShape):
        quote(**changes)


def test_missing_fees_are_fine_when_nothing_was_taken() -> None:
    check_quote(quote(source__feesDeducted=None, source__amountGross="99.42"))


def test_a_side_without_a_rate_is_fine_between_the_same_currency() -> None:
    check_quote(quote(rates={}, destination__asset="usdc"))


@given(net=st.integers(1, 10**12), rate=st.decimals("0.0001", "9999", places=8))
def test_what_oms_computes_to_the_minor_unit_is_accepted_and_one_unit_more_is_not(net: int, rate: Decimal) -> None:
    exact = Decimal(net) * rate  # minor units of a 6-place currency on both sides
    low = int(exact)
    if not 1 < low < 10**14:
        return
    for gross, fine in ((low, True), (low + 1, exact != low), (low + 2, False), (low - 1, False)):
        amount = Money(gross, Currency.USDC).wire() if gross > 0 else None
        if amount is None:
            continue
        made = quote(
            source__amountGross=Money(net, Currency.USDC).wire(),
            source__amountNet=Money(net, Currency.USDC).wire(),
            source__feesDeducted=None,
            destination__asset="usdc",
            destination__amountGross=amount,
            destination__amountNet=amount,
            rates={"exchangeRate": str(rate)},
        )
        if fine:
            check_quote(made)
        else:
            with pytest.raises(QuoteDoesNotAddUp):
                check_quote(made)


def test_cents_on_the_computed_source_side_may_be_rounded() -> None:
    check_quote(
        quote(
            source__asset="usd",
            source__amountGross="33.34",
            source__amountNet="33.34",
            source__feesDeducted=None,
            destination__asset="usdc",
            destination__amountGross="33.333333",
            destination__amountNet="33.333333",
            fixedAmountSide="destination",
        )
    )
