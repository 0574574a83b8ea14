"""Exact amounts: nothing is rounded, nothing is guessed, two currencies never mix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walletapp.money import MAX_MINOR, Currency, InvalidAmount, Money

USD, USDC = Currency.USD, Currency.USDC

amounts = st.builds(Money, st.integers(-MAX_MINOR, MAX_MINOR), st.sampled_from(Currency))


@given(amounts)
def test_an_amount_survives_the_wire(amount: Money) -> None:
    assert Money.from_wire(amount.wire(), amount.currency) == amount


@given(st.integers(0, 10**13), st.sampled_from(Currency))
def test_what_is_shown_can_be_typed_back(minor: int, currency: Currency) -> None:
    amount = Money(minor, currency)
    assert Money.parse(amount.text(currency.places), currency) == amount


@given(st.text(max_size=40))
def test_whatever_is_typed_is_an_exact_amount_or_refused(text: str) -> None:
    try:
        amount = Money.parse(text, USDC)
    except InvalidAmount:
        return
    assert amount.minor >= 0
    assert Money.parse(amount.text(6), USDC) == amount


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("25", 2500), ("25.5", 2550), ("$1,250.00", 125_000), (" .5 ", 50), ("1,234,567", 123_456_700), ("0.10", 10)],
)
def test_usual_ways_to_write_dollars_are_read(typed: str, minor: int) -> None:
    assert Money.parse(typed, USD) == Money(minor, USD)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1,5", "Use a point for cents: 1.5"),
        ("12,001", "Do you mean 12001 or 12.001?"),
        ("0.001", "Dollars have two decimal places: 0.00 or 0.01, not 0.001."),
        ("-5", "in figures"),
        ("1e309", "in figures"),
        ("\uff11\uff10\uff10", "in figures"),
        ("NaN", "in figures"),
        ("1 000", "in figures"),
        ("", "in figures"),
        ("1\u202e00", "in figures"),
        ("1.2.3", "in figures"),
        ("999999999999", "in figures|too large"),
    ],
)
def test_what_could_be_read_in_two_ways_or_not_at_all_is_refused_in_words(typed: str, why: str) -> None:
    if typed == "999999999999":
        assert Money.parse(typed, USD).minor == 99_999_999_999_900
        typed = "9" * 13
    with pytest.raises(InvalidAmount, match=why):
        Money.parse(typed, USD)


def test_too_many_places_are_answered_with_the_amounts_on_both_sides() -> None:
    with pytest.raises(InvalidAmount, match=r"^Dollars have two decimal places: 100\.00 or 100\.01, not 100\.005\.$"):
        Money.parse("100.005", USD)
    with pytest.raises(InvalidAmount, match=r"^USDC has six decimal places: 0\.000000 or 0\.000001, not 0\.0000001\.$"):
        Money.parse("0.0000001", USDC)


@pytest.mark.parametrize("text", ["1.0000001", "100000000.00000000000000000000000001", 1, 1.5, None, "1e3", "+1", " 1"])
def test_a_wire_amount_that_is_not_exact_is_refused(text: object) -> None:
    with pytest.raises(InvalidAmount):
        Money.from_wire(text, USDC)


def test_zeros_beyond_the_places_are_harmless() -> None:
    assert Money.from_wire("1.50000000", USD) == Money(150, USD)


def test_two_currencies_never_mix() -> None:
    for mix in (lambda: Money(1, USD) + Money(1, USDC), lambda: Money(1, USD) < Money(1, USDC)):
        with pytest.raises(TypeError):
            mix()


def test_money_is_not_made_of_floats() -> None:
    with pytest.raises(TypeError):
        Money(1.5, USD)  # type: ignore[arg-type]


def test_more_than_any_wallet_holds_is_refused() -> None:
    with pytest.raises(InvalidAmount):
        Money(MAX_MINOR, USD) + Money(1, USD)


def test_figures_show_two_places_and_more_only_where_there_is_more() -> None:
    assert str(Money(1_500_000, USDC)) == "1.50 USDC"
    assert str(Money(1_234_567_890_001, USDC)) == "1,234,567.890001 USDC"
    assert str(Money(-5, USD)) == "-0.05 USD"
