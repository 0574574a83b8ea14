"""Months of an account, as people choose them for a statement. They begin and end at midnight UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from walletapp.moments import written_day


@dataclass(frozen=True, slots=True)
class Period:
    """`start` is in it, `end` no more. `name` is part of a file's name."""

    start: datetime
    end: datetime
    name: str
    title: str


def month(text: str) -> Period | None:
    """The month of a text such as 2026-05; None when it is none."""
    try:
        start = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Period(start, _next(start), f"{start:%Y-%m}", f"{start:%B %Y}")


def all_time() -> Period:
    now = timezone.now()
    return Period(datetime(2000, 1, 1, tzinfo=UTC), now, "all", f"Everything until {written_day(now)}")


def months_since(start: datetime) -> list[Period]:
    """Every month since then, the newest first."""
    found, at = [], start.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while at <= timezone.now():
        found.append(Period(at, _next(at), f"{at:%Y-%m}", f"{at:%B %Y}"))
        at = _next(at)
    return found[::-1]


def _next(start: datetime) -> datetime:
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
