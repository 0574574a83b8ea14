"""The arithmetic of prices, for any amount: exact, adding up, and the same from either side."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walletapp.sandbox import addresses, amounts, pricing
from walletapp.sandbox.errors import ApiError

SCHEDULES = {
    "send": ("usdc", "usdc", pricing.external_send),
    "sponsored": ("usdc", "usdc", pricing.sponsored_send),
    "internal": ("usdc", "usdc", pricing.internal_send),
    "cash": ("usd", "usdc", pricing.cash_fees),
    "bank": ("usd", "usdc", pricing.bank_deposit_fees),
    "ach": ("usdc", "usd", pricing.payout_fees("ach")),
    "wire": ("usdc", "usd", pricing.payout_fees("wire")),
}
ONE = Decimal("1.0")
RATES = st.integers(1, 20_000).map(lambda ten_thousandths: Decimal(ten_thousandths) / 10_000)


@pytest.mark.parametrize("name", SCHEDULES)
@given(gross=st.integers(1, 10**9))
def test_a_price_adds_up_to_the_minor_unit(name: str, gross: int) -> None:
    source, destination, schedule = SCHEDULES[name]
    try:
        price = pricing.price_source(source, destination, gross, schedule, ONE)
    except ApiError:
        assert gross <= schedule(gross).total or gross > pricing.LARGEST[source]
        return
    scale = Decimal(10) ** (amounts.DECIMALS[destination] - amounts.DECIMALS[source])
    assert price.net + price.fees.total == gross
    assert price.net * scale == price.delivered
    assert price.fees.oms >= 0


@pytest.mark.parametrize("name", SCHEDULES)
@given(wanted=st.integers(1, 10**6))
def test_fixing_what_arrives_delivers_exactly_that_for_the_least_money(name: str, wanted: int) -> None:
    source, destination, schedule = SCHEDULES[name]
    # Cash comes in whole cents, so only whole cents of USDC can be asked for exactly.
    wanted *= amounts.MICRO_PER_CENT if source == "usd" else 1
    price = pricing.price_destination(source, destination, wanted, schedule, ONE)
    assert price.delivered == wanted
    assert delivered(source, destination, price.gross - 1, schedule) < wanted


def delivered(source: str, destination: str, gross: int, schedule: pricing.FeeSchedule) -> int:
    """What arrives, nothing when the fees eat it up."""
    try:
        return pricing.price_source(source, destination, gross, schedule, ONE).delivered
    except ApiError:
        return 0


@given(wanted=st.integers(1, 10**7), rate=RATES)
def test_at_any_rate_never_less_arrives_than_was_wanted(wanted: int, rate: Decimal) -> None:
    price = pricing.price_destination("usd", "usdc", wanted, pricing.cash_fees, rate)
    assert price.delivered >= wanted
    assert Decimal(price.net) * rate * amounts.MICRO_PER_CENT == price.delivered


@given(minor=st.integers(1, 10**14 - 1), asset=st.sampled_from(["usd", "usdc"]))
def test_an_amount_that_is_shown_reads_back_the_same(minor: int, asset: str) -> None:
    shown = amounts.show(minor, asset)
    assert amounts.parse(shown, asset) == minor
    assert len(shown.partition(".")[2]) >= 2


def test_addresses_are_spelled_as_eip_55_gives_in_its_examples() -> None:
    for example in (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):
        assert addresses.checksummed(example.lower()) == example
        assert addresses.is_valid(example)
        assert addresses.is_valid(example.lower())
        assert not addresses.is_valid("0x" + example[2:].swapcase())
