"""How long a sign-in lasts: settings.SESSION_IDLE_SECONDS without a page asked for by the person, and never longer than
SESSION_COOKIE_AGE. What keeps itself up to date on an open page is no sign of anybody being there.

What was typed into a form that came too late is kept for the same person's next sign-in, where settings.KEPT_DRAFTS
names its fields: never a number of an identity or of a bank account.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url

from walletapp.sqlite import could_write_at_once

_BEGAN, _SEEN, _DRAFT = "began_at", "seen_at", "kept_draft"
_NOTED_EVERY = 60  # seconds: the session is not written for each page, and no page waits for it


class SessionLimits:
    """Ends what is too old before the page is asked. Stands behind the authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now, session = time.time(), request.session
        if not request.user.is_authenticated:
            response = self.get_response(request)
            if SESSION_KEY in session:  # they have signed in: written with it, so that looking need not write
                session[_BEGAN] = session[_SEEN] = now
            return response
        began, seen = session.setdefault(_BEGAN, now), session.setdefault(_SEEN, now)
        if now - seen >= settings.SESSION_IDLE_SECONDS or now - began >= settings.SESSION_COOKIE_AGE:
            return _ended(request)
        if now - seen > _NOTED_EVERY and not _is_by_itself(request) and could_write_at_once(connection):
            session[_SEEN] = now
        return self.get_response(request)


def _is_by_itself(request: HttpRequest) -> bool:
    return request.method == "GET" and request.headers.get("HX-Request") == "true"


def kept_draft(request: HttpRequest) -> dict[str, str]:
    """What this person had typed on this page when the sign-in ended, once; else nothing."""
    draft = request.session.get(_DRAFT) or {}
    if draft.get("page") != request.path or draft.get("whose") != _whose(request):
        return {}
    del request.session[_DRAFT]
    return dict(draft["fields"])


def _draft(request: HttpRequest) -> dict[str, Any]:
    names = settings.KEPT_DRAFTS.get(request.path, ())
    fields = {name: request.POST[name] for name in names if request.POST.get(name)}
    return {"page": request.path, "whose": _whose(request), "fields": fields} if fields else {}


def _whose(request: HttpRequest) -> str:
    return str(getattr(request.user, "public_id", ""))


def _ended(request: HttpRequest) -> HttpResponseBase:
    request.has_expired = True  # type: ignore[attr-defined]  # for the trail: nobody signed out
    draft = _draft(request)
    back = request.get_full_path() if draft or (request.method == "GET" and not _is_by_itself(request)) else ""
    logout(request)
    if draft:
        request.session[_DRAFT] = draft
    messages.info(request, "You were away for a while, so we signed you out. Nothing was sent. Please sign in again.")
    login = resolve_url(settings.LOGIN_URL)
    return redirect(f"{login}?{urlencode({'next': back})}" if back else login)
