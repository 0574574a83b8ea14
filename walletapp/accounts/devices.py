"""Where a person is signed in, in words they recognise."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from walletapp.audit.reasons import require_reason
from walletapp.audit.trail import record

END_SESSIONS = "accounts.end_sessions"
_SALT = "walletapp.device"
_REMEMBERED = 365 * 86_400
_ACCOUNTS = 5  # of one browser: a family at one computer
# The first that is found counts, so whoever pretends to be another comes first.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Device:
    """One browser that is signed in."""

    id: int
    name: str
    ip: str
    since: datetime
    seen_at: datetime
    is_this_one: bool


def device_name(user_agent: str) -> str:
    """Browser and system, as far as the browser says. Never the text itself: anybody can put anything into it."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return " on ".join(part for part in (browser, system) if part) or "A browser we do not know"


def is_known_device(request: HttpRequest, user: Any) -> bool:
    """Whether this browser has been signed in to this account before."""
    return _mark(user) in _marks(request)


def remember_device(request: HttpRequest, response: HttpResponseBase, user: Any) -> None:
    """So that the next sign-in is none with a new device. The mark names nobody and lets nobody in."""
    marks = [_mark(user), *(mark for mark in _marks(request) if mark != _mark(user))][:_ACCOUNTS]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, signing.dumps(marks, salt=_SALT), max_age=_REMEMBERED, httponly=True,
        secure=settings.SECURE, samesite="Lax",
    )  # fmt: skip


def _marks(request: HttpRequest) -> list[str]:
    try:
        return list(
            signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=_REMEMBERED)
        )
    except signing.BadSignature:
        return []


def _mark(user: Any) -> str:
    return salted_hmac(_SALT, str(user.public_id), algorithm="sha256").hexdigest()[:16]


def devices_of(user: Any, here: str | None) -> list[Device]:
    """This one first, then the one seen last."""
    found = [
        Device(row.pk, device_name(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == here)
        for row in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda one: (not one.is_this_one, -one.seen_at.timestamp()))


def end_others(user: Any, here: str | None, only: str = "") -> int:
    """Sign this person out everywhere else, or at one device. How many were ended. Safe to repeat."""
    others = UserSession.objects.filter(user_id=user.pk).exclude(session_key=here or "")
    if only:
        others = others.filter(pk=int(only)) if only.isdecimal() else others.none()
    ended = list(others)
    for row in ended:
        row.end()
    return len(ended)


@transaction.atomic
def end_for(user: Any, *, by: Any, here: str | None, words: str, only: str = "") -> int:
    """The same by somebody of the staff, on record with their reason. Safe to repeat: what ended nothing is not
    recorded. Raises NoReason, and then nothing has changed."""
    why = require_reason(words)
    ended = end_others(user, here, only=only)
    if ended:
        record(by, "session.ended", user, why, sessions=ended)
    return ended
