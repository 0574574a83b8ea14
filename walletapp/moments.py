"""A moment and a day as people read them, in letters, refusals and pages: one form, and UTC because it is said."""

from datetime import UTC, date, datetime


def written(moment: datetime) -> str:
    """Nov 23, 2026, 09:43 UTC"""
    utc = moment.astimezone(UTC)
    return f"{written_day(utc)}, {utc:%H:%M} UTC"


def written_day(day: date) -> str:
    """Nov 23, 2026. Of a moment, the day in the zone it is in."""
    return f"{day:%b} {day.day}, {day.year}"
