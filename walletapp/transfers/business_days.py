"""The days on which US banks move money: Monday to Friday, without the holidays of the Federal Reserve.

The rules are the Federal Reserve Banks' own (frbservices.org, "Holiday Schedules"): eleven holidays; one that falls on
a Sunday is kept on the Monday after, one that falls on a Saturday is not kept on another day.
"""

from datetime import date, timedelta
from functools import cache

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6

# Month and day of: New Year, Juneteenth, Independence, Veterans, Christmas
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, weekday and which one of the month, 0 for the last: King, Washington, Memorial, Labor, Columbus, Thanksgiving
_MOVING = ((1, MONDAY, 3), (2, MONDAY, 3), (5, MONDAY, 0), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))


def is_business_day(day: date) -> bool:
    """Whether banks move money on this day."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def business_day_from(day: date) -> date:
    """The day itself if banks work on it, else the next one they do."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, count: int) -> date:
    """The `count`-th business day after `day`."""
    for _ in range(count):
        day = business_day_from(day + timedelta(days=1))
    return day


@cache
def holidays(year: int) -> frozenset[date]:
    """The days of one year on which the Federal Reserve is closed, beside its weekends."""
    fixed = [date(year, month, day) for month, day in _FIXED]
    kept = [day + timedelta(days=1) if day.weekday() == SUNDAY else day for day in fixed]
    return frozenset(kept) | {_moving(year, *rule) for rule in _MOVING}


def _moving(year: int, month: int, weekday: int, which: int) -> date:
    if which == 0:  # no moving holiday is in December
        last = date(year, month + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
