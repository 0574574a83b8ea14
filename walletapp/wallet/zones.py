"""In whose days the reader counts: the browser says its time zone in a cookie (static/js/zone.js), without it UTC.

Only headings depend on it. The name is checked, because a cookie is whatever somebody sends.
"""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest

COOKIE = "zone"


def zone_of(request: HttpRequest) -> tzinfo:
    """The reader's zone, or UTC."""
    name = request.COOKIES.get(COOKIE, "")
    try:
        return ZoneInfo(name) if 0 < len(name) <= 60 else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
