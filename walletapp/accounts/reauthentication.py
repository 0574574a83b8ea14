"""Proving again, just before something changes, that it is the person who signed in.

The proof is the strongest thing the person has: a passkey or a code of their app, and the password only while there is
neither. It is kept where allauth keeps it, so that changing the password or signing out ends it.
"""

import time
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import context, ratelimit
from allauth.mfa.base.internal.flows import check_rate_limit, post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from walletapp.accounts import factors
from walletapp.refusals import Refusal

NEWCOMER_SECONDS = 900


class WrongPassword(Refusal):
    code = "wrong_password"


class WrongCode(Refusal):
    code = "wrong_code"


class PasskeyNotAccepted(Refusal):
    code = "passkey_not_accepted"


class TooManyAttempts(Refusal):
    code = "too_many_attempts"


def ways_of(user: Any) -> dict[str, bool]:
    """How this person can prove who they are, for the page that asks."""
    kinds = set(factors.rows_of(user, *factors.SECOND_FACTORS).values_list("type", flat=True))
    return {"has_passkey": factors.PASSKEY in kinds, "has_app": factors.APP in kinds, "wants_password": not kinds}


def recently_proved(request: HttpRequest) -> bool:
    """Whether the strongest thing the person has was given in this session a moment ago, at sign-in or again."""
    way = "mfa" if factors.has_factor(request.user) else "password"
    return was_proved(request, settings.REAUTHENTICATION_SECONDS, method=way)


def was_proved(request: HttpRequest, seconds: float, **how: str) -> bool:
    """Whether this session has a record with all of `how` that is younger than so many seconds."""
    records = get_authentication_records(request, request.user)
    latest = max((float(record["at"]) for record in records if how.items() <= record.items()), default=0.0)
    return 0 <= time.time() - latest < seconds


def is_newcomer(user: Any) -> bool:
    """Whether this person chose the password a moment ago, and has nothing else yet."""
    return (timezone.now() - user.date_joined).total_seconds() < NEWCOMER_SECONDS and not factors.has_factor(user)


def prove_again(request: HttpRequest, given: Mapping[str, str]) -> None:
    """Check what was given and remember the proof for a few minutes. Raises a Refusal, and then nothing has changed but
    the count of attempts."""
    user = request.user
    if factors.has_factor(user):
        row = _by_passkey(request, given) if given.get("credential") else _by_code(user, given.get("code", ""))
        row.user = user
        post_authentication(request, row, reauthenticated=True)
    else:
        prove(request, given.get("password", ""))


def note_new_factor(request: HttpRequest, kind: str) -> None:
    """Whoever has just set a factor up has it in their hands: they are not asked for it again at once."""
    row = factors.rows_of(request.user, kind).latest("created_at")
    row.user = request.user
    post_authentication(request, row, reauthenticated=True)


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
        raise WrongPassword("That is not your password. Nothing was changed.", field="password")
    reauthenticate_by_password(request)
    return True


def _by_passkey(request: HttpRequest, given: Mapping[str, str]) -> Authenticator:
    form = ReauthenticateWebAuthnForm({"credential": given["credential"]}, user=request.user)
    if not form.is_valid():
        raise PasskeyNotAccepted("That passkey was not accepted. Nothing was changed. Try again.")
    return form.cleaned_data["credential"]


def _by_code(user: Any, code: str) -> Authenticator:
    """A code of the app, or one of the recovery codes when the rest is lost."""
    try:
        succeeded = check_rate_limit(user)
    except ValidationError:
        raise TooManyAttempts(
            "Too many wrong codes. Nothing was changed. Wait five minutes, then try again.", field="code"
        ) from None
    row = factors.check_code(user, code, factors.APP, factors.RECOVERY)
    if row is None:
        wrong = "That code did not work. Check it, or wait for the next code: each works only once."
        raise WrongCode(wrong, field="code")
    succeeded()
    return row


def _may_try(request: HttpRequest) -> bool:
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise _too_many()
    return True


def _too_many() -> TooManyAttempts:
    return TooManyAttempts(
        "Too many wrong passwords. Nothing was changed. Wait five minutes, then try again.", field="password"
    )
