"""The landing page, the terms, how we contact people, what is open and what is stopped, the colours, the icon, where to
report a weakness, and whether this process is well."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from walletapp import features
from walletapp.web import theme

_FOREVER = "public, max-age=31536000, immutable"


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("wallet:dashboard")
    return render(request, "web/landing.html")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "web/contact.html")


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in plain words, and where the operator's legal texts are."""
    return render(request, "web/terms.html")


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What is open and what is stopped, for anybody: from where the refusals are from."""
    return render(request, "web/status.html", {"standings": features.standings().values(), "now": timezone.now()})


@require_safe
def status_json(request: HttpRequest) -> JsonResponse:
    """The same for programs."""
    rails = [
        {
            "rail": standing.rail.key,
            "title": standing.rail.title,
            "status": standing.word,
            "since": standing.since.isoformat(timespec="seconds") if standing.since else None,
        }
        for standing in features.standings().values()
    ]
    found = {"status": "stopped" if any(one["status"] == "stopped" for one in rails) else "open", "rails": rails}
    return JsonResponse({**found, "as_of": timezone.now().isoformat(timespec="seconds")})


@require_safe
def theme_css(request: HttpRequest) -> HttpResponse:
    """The accent from settings. A style sheet of its own because the policy allows no inline style."""
    return HttpResponse(
        theme.style_sheet(), content_type="text/css; charset=utf-8", headers={"Cache-Control": _FOREVER}
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    colour = theme.accent("THEME_ACCENT")
    response = render(
        request,
        "web/favicon.svg",
        {"colour": colour, "mark": theme.readable_on(colour)},
        content_type="image/svg+xml",
    )
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116)."""
    until = (timezone.now() + timedelta(days=90)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{settings.SECURITY_EMAIL}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{request.path}",
    )
    return HttpResponse("\n".join((*lines, "")), content_type="text/plain; charset=utf-8")


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when this process reaches its database and its cache, else 503. Says which, and nothing more."""
    found = {"database": _has_database(), "cache": _has_cache()}
    answer = {name: "ok" if is_well else "away" for name, is_well in found.items()}
    return JsonResponse(answer, status=200 if all(found.values()) else 503)


def _has_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def _has_cache() -> bool:
    probe = secrets.token_hex(8)
    try:
        cache.set(f"healthz:{probe}", probe, 10)
        return bool(cache.get(f"healthz:{probe}") == probe)
    except Exception:  # noqa: BLE001  each cache backend raises its own kind
        return False
