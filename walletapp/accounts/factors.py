"""What people sign in with besides a password: passkeys, an authenticator app, recovery codes.

What must stay true: a seed is sealed wherever it rests, the session too; a code of the app is taken once, and the row
that says so is locked while it is looked at, so that two at the same time are one; a recovery code only lets its owner
in, it never confirms a payment. The rows and the ceremonies are allauth's.
"""

import base64
import io
from typing import Any

import segno
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from walletapp.sealed import seal, unseal

PASSKEY, APP, RECOVERY = Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
SECOND_FACTORS = (PASSKEY, APP)  # recovery codes are what is left when both are lost
SEED_PLACE = "mfa_authenticator|data"  # its row is not known yet when allauth asks for a seed to be sealed
_PENDING = "totp_being_set_up"
ONWARD = "wanted_before_protecting"  # in a session: where somebody goes on to who has a second factor now


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Set as MFA_ADAPTER."""

    error_messages = {
        "add_email_blocked": _("Confirm your e-mail address first."),
        "cannot_delete_authenticator": _("This is your only second factor. Add another one before you remove it."),
        "cannot_generate_recovery_codes": _("Add a passkey or an authenticator app first."),
        "incorrect_code": _("That did not work. Check it, or wait for the next code: each works only once."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text.encode(), SEED_PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), SEED_PLACE).decode()

    def get_totp_issuer(self) -> str:
        return str(settings.PRODUCT_NAME)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": str(settings.PRODUCT_NAME)}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's own name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "My passkey" if number == 1 else f"Passkey {number}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays while there has to be one: add the new one first."""
        if not settings.SECOND_FACTOR_REQUIRED:
            return True
        return bool(rows_of(authenticator.user, *SECOND_FACTORS).exclude(pk=authenticator.pk).exists())


def rows_of(user: Any, *types: str) -> Any:
    """This person's rows, of these types only."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=types)


def has_factor(user: Any, *types: str) -> bool:
    """Whether this person has a second factor, of one of these types if any are named."""
    return bool(user.is_authenticated and rows_of(user, *(types or SECOND_FACTORS)).exists())


def is_missing(user: Any) -> bool:
    """Whether this person has to get a second factor before money can move."""
    return bool(settings.SECOND_FACTOR_REQUIRED) and not has_factor(user)


def check_code(user: Any, code: str, *types: str) -> Authenticator | None:
    """The row that this code belongs to, and from now on the code is used up. None when it is of no use.

    `types`: of which kinds a code is taken. The caller counts the tries.
    """
    if APP in types and (row := _check_app(user, code)):
        return row
    if RECOVERY in types:
        for row in rows_of(user, RECOVERY):
            if row.wrap().validate_code(code):
                return row
    return None


def current_code(row: Authenticator) -> str:
    """What the authenticator app of this row shows now: for the demo, where nobody has one at hand."""
    secret, used = FactorAdapter().decrypt(row.data["secret"]), row.data.get("last_counter", -1)
    counter = next((it for it in totp.yield_hotp_counters_from_time() if it > used and it >= counter_now()), None)
    return "" if counter is None else code_at(secret, counter)


def code_at(secret: str, counter: int) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def counter_now() -> int:
    """The counter of this moment: the middle of those that are taken."""
    counters = list(totp.yield_hotp_counters_from_time())
    return int(counters[len(counters) // 2])


def pending_secret(*, renew: bool) -> str:
    """The seed of the app that is being set up in this session, which never leaves it in the clear."""
    session, adapter = context.request.session, FactorAdapter()
    if renew or _PENDING not in session:
        session[_PENDING] = adapter.encrypt(totp.generate_totp_secret())
    return adapter.decrypt(session[_PENDING])


def pending_code(session: Any) -> str:
    """What the app that is being set up in this session shows now, or nothing. For the demo, as current_code() is."""
    sealed = session.get(_PENDING)
    return code_at(FactorAdapter().decrypt(sealed), counter_now()) if sealed else ""


def forget_pending_secret() -> None:
    context.request.session.pop(_PENDING, None)


def qr_picture(user: Any) -> bytes:
    """What an authenticator app scans, as an SVG for an <img>."""
    url, out = FactorAdapter().build_totp_url(user, pending_secret(renew=False)), io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(out, kind="svg", border=4, dark="#000000", light="#ffffff", omitsize=True, svgclass=None, lineclass=None)
    return out.getvalue()


@transaction.atomic
def _check_app(user: Any, code: str) -> Authenticator | None:
    """Only a later code than the last one counts, so that none is taken twice, whatever became of the cache."""
    row = rows_of(user, APP).select_for_update().first()
    if row is None:
        return None
    secret, used = FactorAdapter().decrypt(row.data["secret"]), row.data.get("last_counter", -1)
    for counter in totp.yield_hotp_counters_from_time():
        if counter > used and compare_user_code(actual=code, expected=code_at(secret, counter)):
            row.data["last_counter"] = counter
            row.save(update_fields=["data"])
            return row
    return None
