"""On which days banks move money, and the day a withdrawal should be there."""

from datetime import date, datetime

import pytest

from walletapp.transfers.bank_rails import ACH, NEW_YORK, WIRE
from walletapp.transfers.business_days import add_business_days, holidays, is_business_day


def test_the_holidays_of_a_year_are_those_of_the_federal_reserve() -> None:
    """2027 as published: Juneteenth and Christmas fall on Saturdays and are not kept on Fridays."""
    assert sorted(holidays(2027)) == [
        date(2027, 1, 1), date(2027, 1, 18), date(2027, 2, 15), date(2027, 5, 31), date(2027, 6, 19),
        date(2027, 7, 5), date(2027, 9, 6), date(2027, 10, 11), date(2027, 11, 11), date(2027, 11, 25),
        date(2027, 12, 25),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-07-03", True),  # Independence Day is a Saturday: banks work on the Friday
        ("2027-07-05", False),  # and when it is a Sunday, they do not on the Monday
        ("2026-11-26", False),  # Thanksgiving
        ("2026-11-27", True),
        ("2026-11-28", False),
        ("2023-01-02", False),  # New Year on a Sunday
        ("2021-12-31", True),  # New Year on a Saturday
    ],
)
def test_weekends_and_holidays_are_no_business_days(day: str, works: bool) -> None:
    assert is_business_day(date.fromisoformat(day)) is works


def test_thanksgiving_and_a_weekend_are_counted_over() -> None:
    assert add_business_days(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert add_business_days(date(2026, 11, 25), 2) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("confirmed", "ach", "wire"),
    [
        ("2026-11-23 10:00", "2026-11-25", "2026-11-23"),  # a Monday morning
        ("2026-11-23 16:30", "2026-11-25", "2026-11-24"),  # too late for a wire, in time for ACH
        ("2026-11-23 17:00", "2026-11-27", "2026-11-24"),  # too late for both; Thursday is Thanksgiving
        ("2026-11-28 09:00", "2026-12-02", "2026-11-30"),  # a Saturday
    ],
)
def test_the_day_told_follows_cut_off_weekend_and_holiday(confirmed: str, ach: str, wire: str) -> None:
    now = datetime.fromisoformat(confirmed).replace(tzinfo=NEW_YORK)
    assert (ACH.arrives_on(now), WIRE.arrives_on(now)) == (date.fromisoformat(ach), date.fromisoformat(wire))


def test_the_cut_off_is_said_with_its_day() -> None:
    saturday = datetime(2026, 11, 28, 9, tzinfo=NEW_YORK)
    assert WIRE.confirm_by(saturday) == "Monday, 4 PM New York time"
