"""Where browsers report what our Content-Security-Policy forbade: the first sign of something that got in.

What must stay true: a report is a stranger's text. Only which rule, on which of our paths and which host is logged,
without line breaks; a flood of reports costs little and fills no log.
"""

import json
import logging
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from walletapp.audit.noting import note

log = logging.getLogger(__name__)

MAX_BODY = 16 * 1024
LOGGED_A_MINUTE = 30
_UNSAFE = re.compile(r"[^A-Za-z0-9_./:-]")


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """One report. 204 whatever it says, 413 when it is too large, 400 when it is none."""
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()) or request.content_type != "application/csp-report":
        return HttpResponse(status=400)
    if int(length[:12]) > MAX_BODY:
        return HttpResponse(status=413)
    report = _report_in(request.body)
    if report is None:
        return HttpResponse(status=400)
    if _is_worth_a_line():
        log.warning(
            "policy violated: %s on %s by %s",
            _plain(report.get("effective-directive") or report.get("violated-directive")),
            _plain(_parts(report.get("document-uri"))[1]),
            _plain(_parts(report.get("blocked-uri"))[0]),
        )
        note("policy.violated")
    return HttpResponse(status=204)


def _report_in(raw: bytes) -> Mapping[str, Any] | None:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    report = told.get("csp-report") if isinstance(told, dict) else None
    return report if isinstance(report, dict) else None


def _parts(address: object) -> tuple[str, str]:
    """Host and path of an address; a word such as `inline` is its own host. What follows a `?` is never kept."""
    try:
        found = urlsplit(address if isinstance(address, str) else "")
        return found.hostname or found.path or "?", found.path or "?"
    except ValueError:
        return "?", "?"


def _plain(text: object) -> str:
    return _UNSAFE.sub("?", str(text)[:120])


def _is_worth_a_line() -> bool:
    name = f"policy-reports:{int(time.time() // 60)}"
    try:
        cache.add(name, 0, timeout=120)
        return bool(cache.incr(name) <= LOGGED_A_MINUTE)
    except Exception:  # noqa: BLE001 - the cache is away; a report is not worth more
        return False
