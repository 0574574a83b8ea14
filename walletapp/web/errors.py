"""Error pages: what happened, what it means for the money, what to do.

What must stay true: they render when the session store or the database is away, and never show why in detail; the
reference on the page is in the log beside the reason.
"""

import logging
import math
import secrets
import sys
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

log = logging.getLogger(__name__)

PAGES = frozenset({400, 403, 404, 429, 500, 503})  # statuses that are whole pages of ours, never part of a page

_LAST_RESORT = (
    '<!doctype html><html lang="en"><title>Something broke on our side</title>'
    "<h1>Something broke on our side</h1><p>Your money is where it was. Reference {}</p></html>"
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def from_elsewhere(request: HttpRequest) -> HttpResponse:
    """Another site made this browser send something here. Nothing was done."""
    log.warning("refused %s %s, sent by another site", request.method, request.path)
    return _page(request, 403, template="from_elsewhere.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django has logged the exception already; this adds the reference that the person sees.

    A database that is away or does not let us in is no mistake of ours: 503, and trying again may do better.
    """
    reference = secrets.token_hex(4)
    is_busy = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status, template = (503, "busy.html") if is_busy else (500, "500.html")
    log.error("reference %s: %d %s %s", reference, status, request.method, request.path)
    try:
        response = _page(request, status, template=template, reference=reference)
    except Exception:  # the page itself cannot be drawn: say it without a template
        log.exception("reference %s: the error page failed", reference)
        response = HttpResponse(_LAST_RESORT.format(reference), status=status)
    if is_busy:
        response.headers["Retry-After"] = "10"
    return response


def away(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The partner that moves the money cannot be reached. Nothing was done."""
    reference = secrets.token_hex(4)
    log.warning("reference %s: %s %s: %r", reference, request.method, request.path, exception)
    response = _page(request, 503, template="oms_away.html", reference=reference)
    response.headers["Retry-After"] = str(math.ceil(getattr(exception, "retry_after", None) or 30))
    return response


def busy(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Something of ours that this needs is away. Nothing was done."""
    reference = secrets.token_hex(4)
    log.error("reference %s: %s %s: %r", reference, request.method, request.path, exception.__cause__ or exception)
    response = _page(request, 503, template="busy.html", reference=reference)
    response.headers["Retry-After"] = str(getattr(exception, "retry_after", 10))
    return response


def too_often(request: HttpRequest, why: str = "", retry_after: int = 60) -> HttpResponse:
    """Somebody was too quick. Nothing was done; `why` says what it means, and it goes on in `retry_after` seconds."""
    until = timezone.now() + timedelta(seconds=retry_after)
    response = _page(request, 429, why=why, until=until)
    response.headers["Retry-After"] = str(retry_after)
    return response


def read_only(request: HttpRequest) -> HttpResponse:
    """Staff have switched changes off for a while. Nothing was done."""
    return _page(request, 503, template="read_only.html")


def _page(request: HttpRequest, status: int, template: str = "", **context: Any) -> HttpResponse:
    # `rails` would ask the database, which may be what is away.
    text = render_to_string(template or f"{status}.html", {"rails": {}, **context}, request)
    return HttpResponse(text, status=status)
