"""What you see is what you sign: proving, for one intent and nothing else, that it is the person who wants it.

What must stay true: the proof covers a digest of exactly what the page shows, so that any change voids it; a passkey
signs a challenge made from that digest; the page is good for five minutes and for one proof; an intent has five tries,
and a person ten wrong codes an hour, because they can begin as many intents as they like. With a second factor the
password proves nothing here, and a recovery code nothing but that its owner wants a new factor.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from fido2.utils import websafe_encode

from walletapp.accounts import factors, reauthentication
from walletapp.accounts.models import User
from walletapp.accounts.proofs import TRIES, WRONG_CODES, WRONG_CODES_WITHIN, Proof
from walletapp.audit.noting import note
from walletapp.audit.trail import record
from walletapp.refusals import Refusal

_SALT = "walletapp.step_up"
TRANSFER = "transfer"  # the purpose of what sends money
NEW_FACTOR = "new_factor"  # and of what gives somebody another way to sign in
_NOT_HAPPENED = {
    TRANSFER: "Nothing was sent.",
    "data_export": "Nothing was downloaded.",
    "unpausing": "Your wallet is still paused.",
}
Method = Proof.Method


class StepUpRequired(Refusal):
    """Nobody has proved who they are for exactly this. Nothing was changed."""

    code = "step_up_required"


class StepUpExpired(Refusal):
    """The page is too old, was used already, or showed something else. Nothing was changed."""

    code = "step_up_expired"


class StepUpFailed(Refusal):
    """The proof was wrong. Nothing was changed."""

    code = "step_up_failed"


class TriesUsedUp(Refusal):
    """This intent can no longer be confirmed. Nothing was changed."""

    code = "tries_used_up"


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody is about to do: `subject` says to which thing, `digest` is over everything the page shows."""

    purpose: str
    subject: str
    digest: str


def digest_of(shown: object) -> str:
    """Over what a page shows, and keyed: it is kept, and a bank account number could be found by trying them all."""
    return salted_hmac(f"{_SALT}.shown", json.dumps(shown, sort_keys=True), algorithm="sha256").hexdigest()


def question(request: HttpRequest, intent: Intent) -> dict[str, Any]:
    """What the page needs to ask for the proof (templates/components/_step_up.html). Empty when it need not ask."""
    if needs_no_question(request):
        return {}
    ways, nonce = reauthentication.ways_of(request.user), secrets.token_bytes(16)
    asked: dict[str, Any] = {**ways, "token": signing.dumps(_content(request.user, intent, nonce), salt=_SALT)}
    asked["takes_recovery"] = _takes_recovery(request.user, intent)
    if ways["has_passkey"]:
        options, _ = webauthn.get_server().authenticate_begin(
            credentials=webauthn.get_credentials(request.user),
            user_verification=settings.MFA_WEBAUTHN_USER_VERIFICATION,
            challenge=_challenge(intent, nonce),
        )
        asked["passkey_options"] = dict(options)
    return asked


def needs_no_question(request: HttpRequest) -> bool:
    """Whether they have no second factor and typed the password a moment ago: there is nothing more to ask them for."""
    return not factors.has_factor(request.user) and reauthentication.recently_proved(request)


def is_at_field(refusal: Refusal | None) -> bool:
    """Whether it is about what was typed to prove it, so that the page says it there and not on top."""
    return refusal is not None and refusal.field in {_FIELDS[Method.APP], _FIELDS[Method.PASSWORD]}


def occasion_of(token: str) -> str:
    """The subject of an intent that is about no row of ours: that of the page that was answered, else a new one. So the
    same can be wanted again later, with tries of its own."""
    content = _opened(token)
    return content[2] if content else secrets.token_hex(16)


def prove(request: HttpRequest, intent: Intent, given: Mapping[str, str]) -> str:
    """Check what the page sent back: how it was proved. At most one proof comes of one page.

    Raises StepUpRequired when nothing was given, or StepUpExpired, StepUpFailed, TriesUsedUp or TooManyAttempts; then
    nothing has changed but the count of tries.
    """
    user = request.user
    if needs_no_question(request):
        return Method.PASSWORD.value
    method = _method(user, intent, given)
    nonce = _nonce(user, intent, given.get("token", ""))
    row = _begin(user, intent, method)
    if not _is_right(request, method, given, _challenge(intent, nonce)):
        note("step_up.failed", actor=user, purpose=intent.purpose, subject=intent.subject, method=method.value)
        raise StepUpFailed(_WRONG[method].format(nothing=_nothing(intent)), field=_FIELDS[method])
    _succeed(user, intent, row or _try(user, intent, method), nonce.hex())
    return method.value


def nonce_of(token: str) -> str:
    """What the proof that came of this page is kept under."""
    return (_opened(token) or [""])[-1]


def unused(user: Any, purpose: str, digest: str, nonce: str) -> QuerySet[Proof]:
    """The proof of this page, for what is done afterwards, while that is still to be done and the proof is fresh.

    A password proves nothing any more once there is a second factor. use() takes what is found here.
    """
    fresh = timezone.now() - timedelta(seconds=settings.STEP_UP_SECONDS)
    rows = Proof.objects.filter(user_id=user.pk, purpose=purpose, digest=digest, nonce=nonce, at__gt=fresh)
    rows = rows.filter(succeeded=True, used_at__isnull=True)
    return rows.exclude(method=Method.PASSWORD) if factors.has_factor(user) else rows


def use(proof: QuerySet[Proof]) -> bool:
    """True for one call, of as many as come at once."""
    return proof.update(used_at=timezone.now()) == 1


_FIELDS = {
    Method.PASSKEY: "credential",
    Method.APP: "code",
    Method.RECOVERY: "code",
    Method.PASSWORD: "password",
}
_CODES = (Method.APP, Method.RECOVERY)  # what can be guessed; guesses at either count together
_WRONG_CODE = "That code did not work. {nothing} Check it, or wait for the next code: each works only once."
_WRONG = {
    Method.PASSKEY: "That passkey was not accepted. {nothing} Try again.",
    Method.APP: _WRONG_CODE,
    Method.RECOVERY: _WRONG_CODE,
    Method.PASSWORD: "That is not your password. {nothing}",
}
_ASKED = {
    Method.PASSKEY: "Please confirm with your passkey that it is you. {nothing}",
    Method.APP: "Please enter a code from your app to confirm that it is you. {nothing}",
    Method.PASSWORD: "Please enter your password to confirm that it is you. {nothing}",
}


def _nothing(intent: Intent) -> str:
    """What has not happened, of what they wanted."""
    return _NOT_HAPPENED.get(intent.purpose, "Nothing was changed.")


def _method(user: Any, intent: Intent, given: Mapping[str, str]) -> Method:
    """What they chose among what they have. Raises StepUpRequired when they gave nothing of it."""
    ways = reauthentication.ways_of(user)
    has = [Method.PASSKEY] * ways["has_passkey"] + [Method.APP] * ways["has_app"]
    has = has or [Method.PASSWORD]
    if _takes_recovery(user, intent) and _is_long(given.get("code", "")):
        has.insert(0, Method.RECOVERY)
    chosen = [method for method in has if given.get(_FIELDS[method], "").strip()]
    if not chosen:
        raise StepUpRequired(_ASKED[has[0]].format(nothing=_nothing(intent)), field=_FIELDS[has[0]])
    return chosen[0]


def _takes_recovery(user: Any, intent: Intent) -> bool:
    """Only who has lost the factors needs this, and then for another one; money is held back for it."""
    return intent.purpose == NEW_FACTOR and factors.has_factor(user, factors.RECOVERY)


def _is_long(code: str) -> bool:
    """Whether it has the length of a recovery code, which no code of an app has."""
    return sum(map(str.isdigit, code)) == settings.MFA_RECOVERY_CODE_DIGITS


def _nonce(user: Any, intent: Intent, token: str) -> bytes:
    """The random part of the page that was answered. Raises StepUpExpired unless it showed exactly this, lately."""
    content = _opened(token)
    nonce = bytes.fromhex(content[-1]) if content else b""
    expected = _content(user, intent, nonce)
    if not constant_time_compare(json.dumps(content), json.dumps(expected)):
        raise StepUpExpired(f"This page is no longer up to date. {_nothing(intent)} Please look again and confirm.")
    return nonce


def _opened(token: str) -> list[str]:
    """What _content() put into the token of a page. Empty when it is too old, or none of ours."""
    try:
        return list(signing.loads(token, salt=_SALT, max_age=settings.STEP_UP_SECONDS))
    except signing.BadSignature:
        return []


def _content(user: Any, intent: Intent, nonce: bytes) -> list[str]:
    return [str(user.public_id), intent.purpose, intent.subject, intent.digest, nonce.hex()]


def _challenge(intent: Intent, nonce: bytes) -> bytes:
    """What a passkey signs: bound to everything the page shows, and to this showing of it."""
    return salted_hmac(f"{_SALT}.challenge", intent.digest.encode() + nonce, algorithm="sha256").digest()


def _is_right(request: HttpRequest, method: Method, given: Mapping[str, str], challenge: bytes) -> bool:
    if method is Method.APP:
        return factors.check_code(request.user, given["code"], factors.APP) is not None
    if method is Method.RECOVERY:
        return _is_recovery(request, given["code"])
    if method is Method.PASSWORD:
        return _is_password(request, given["password"])
    return _is_signed(request, given["credential"], challenge)


def _is_signed(request: HttpRequest, credential: str, challenge: bytes) -> bool:
    """Whether one of the person's passkeys signed this challenge, having asked who holds it."""
    state = {"challenge": websafe_encode(challenge), "user_verification": settings.MFA_WEBAUTHN_USER_VERIFICATION}
    try:
        answer = webauthn.parse_authentication_response(json.loads(credential))
        credentials = webauthn.get_credentials(request.user)
        found = webauthn.get_server().authenticate_complete(state, credentials, answer)
        row = webauthn.get_authenticator_by_credential_id(request.user, found.credential_id)
    except (ValueError, TypeError, KeyError, AttributeError, ValidationError):  # fido2 names what is wrong by these
        return False
    row.record_usage()
    return True


def _is_recovery(request: HttpRequest, code: str) -> bool:
    """Used up with this; whoever listens holds the money back and tells the owner (sign_in_trail.py)."""
    if row := factors.check_code(request.user, code, factors.RECOVERY):
        row.user = request.user
        post_authentication(request, row)
    return row is not None


def _is_password(request: HttpRequest, password: str) -> bool:
    try:
        return reauthentication.prove(request, password)
    except reauthentication.WrongPassword:
        return False


@transaction.atomic
def _begin(user: Any, intent: Intent, method: Method) -> Proof | None:
    """Count the try before it is judged: of many at once, each has a number of its own or none.

    After too many wrong ones no code is looked at. A passkey cannot be guessed and a password has limits of its own, so
    those still are; None: it is written down when it is right. Holds the person's row, so that of many at once each
    counts those before it. Raises TooManyAttempts, or what _try does.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if _has_few_wrong(user, method):
        return _try(user, intent, method)
    if method in _CODES:
        raise reauthentication.TooManyAttempts(
            f"Too many wrong codes. {_nothing(intent)} Wait an hour, then try again.", field="code"
        )
    return None


def _has_few_wrong(user: Any, method: Method) -> bool:
    alike = _CODES if method in _CODES else (method,)
    wrong = Proof.objects.filter(user_id=user.pk, method__in=alike, succeeded=False)
    return wrong.filter(at__gt=timezone.now() - WRONG_CODES_WITHIN).count() < WRONG_CODES


@transaction.atomic
def _try(user: Any, intent: Intent, method: Method) -> Proof:
    """Write the try down. Raises TriesUsedUp or StepUpFailed."""
    which = {"user": user, "purpose": intent.purpose, "subject": intent.subject}
    number = Proof.objects.filter(**which).count() + 1
    if number > TRIES:
        raise TriesUsedUp(f"It was tried five times. {_nothing(intent)} Please start again.")
    try:
        with transaction.atomic():
            return Proof.objects.create(**which, number=number, digest=intent.digest, method=method)
    except IntegrityError:
        raise StepUpFailed(f"This was tried twice at the same time. {_nothing(intent)} Try again.") from None


@transaction.atomic
def _succeed(user: Any, intent: Intent, row: Proof, nonce: str) -> None:
    try:
        with transaction.atomic():
            Proof.objects.filter(pk=row.pk).update(succeeded=True, nonce=nonce)
    except IntegrityError:
        raise StepUpExpired(f"This page was used already. {_nothing(intent)} Please look again and confirm.") from None
    record(user, "step_up.done", row, **_about(row))


def _about(row: Proof) -> dict[str, Any]:
    return {"purpose": row.purpose, "subject": row.subject, "method": row.method, "number": row.number}
