"""Proving again, just before money moves, that it is the person who signed in.

The proof is a password given in this session within settings.REAUTHENTICATION_SECONDS, at sign-in or again. It is kept
where allauth keeps it, so that changing the password or signing out ends it.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import context, ratelimit
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from walletapp.refusals import Refusal


class WrongPassword(Refusal):
    code = "wrong_password"


class TooManyAttempts(Refusal):
    code = "too_many_attempts"


def recently_proved(request: HttpRequest) -> bool:
    """Whether the password was given in this session a moment ago."""
    latest = max((_at(entry) for entry in get_authentication_records(request, request.user)), default=0.0)
    return 0 <= time.time() - latest < settings.REAUTHENTICATION_SECONDS


def prove(request: HttpRequest, password: str) -> bool:
    """Check the password of the signed-in person and remember the proof. True, or raises WrongPassword or
    TooManyAttempts, and then nothing has changed but the count of attempts, which all processes share."""
    if not request.user.is_authenticated:
        return False
    try:
        with context.request_context(request):
            right = _may_try(request) and get_adapter(request).reauthenticate(request.user, password)
    except ValidationError:  # how the adapter says that the e-mail's or the network's attempts are used up
        right = None
    if right is None:
        raise _too_many()
    if not right:
        raise WrongPassword("That is not your password. Nothing has been sent.", field="password")
    reauthenticate_by_password(request)
    return True


def _may_try(request: HttpRequest) -> bool:
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise _too_many()
    return True


def _too_many() -> TooManyAttempts:
    return TooManyAttempts(
        "Too many wrong passwords. Nothing has been sent. Wait five minutes, then try again.", field="password"
    )


def _at(entry: dict[str, Any]) -> float:
    """When a password was given; 0 for any other way of signing in."""
    return float(entry["at"]) if entry.get("method") == "password" else 0.0
