"""Error pages: what happened, what it means for the money, what to do.

What must stay true: they render when the session store or the database is away, and never show why in detail; the
reference on the page is in the log beside the reason.
"""

import logging
import math
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

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


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django has logged the exception already; this adds the reference that the person sees."""
    reference = secrets.token_hex(4)
    log.error("reference %s: %s %s", reference, request.method, request.path)
    try:
        return _page(request, 500, reference=reference)
    except Exception:  # the page itself cannot be drawn: say it without a template
        log.exception("reference %s: the error page failed", reference)
        return HttpResponse(_LAST_RESORT.format(reference), status=500)


def away(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The partner that moves the money cannot be reached. Nothing was done."""
    reference = secrets.token_hex(4)
    log.warning("reference %s: %s %s: %r", reference, request.method, request.path, exception)
    response = _page(request, 503, template="oms_away.html", reference=reference)
    response.headers["Retry-After"] = str(math.ceil(getattr(exception, "retry_after", None) or 30))
    return response


def read_only(request: HttpRequest) -> HttpResponse:
    """Staff have switched changes off for a while. Nothing was done."""
    return _page(request, 503, template="read_only.html")


def _page(request: HttpRequest, status: int, template: str = "", reference: str = "") -> HttpResponse:
    # `rails` would ask the database, which may be what is away.
    text = render_to_string(template or f"{status}.html", {"reference": reference, "rails": {}}, request)
    return HttpResponse(text, status=status)
