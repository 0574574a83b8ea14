"""What happens to an account is put on record, in the words of OWASP's logging vocabulary.

Where somebody came in by the way for the lost, money is held back. Connected to allauth's
signals; nothing here decides who gets in.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_login_failed
from django.db import transaction

from walletapp.accounts import factors, pausing
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.audit.trail import record


@transaction.atomic
def _note(actor: Any, action: str, user: Any = None, **detail: str) -> None:
    record(actor, action, user, **detail)


def signed_in(request: Any, user: Any, **_: Any) -> None:
    from allauth.account.authentication import get_authentication_records

    ways = [str(entry.get("type") or entry["method"]) for entry in get_authentication_records(request, user)]
    _note(user, "authn_login_success", user, ways=",".join(ways))


def sign_in_failed(credentials: dict[str, Any], **_: Any) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "")
    _note(None, "authn_login_fail", User.objects.filter(email__iexact=email).first())


def factor_failed(user: Any, authenticator: Any, **_: Any) -> None:
    _note(None, "authn_login_fail", user, factor=str(authenticator.type) if authenticator else "")


def factor_used(user: Any, authenticator: Any, **_: Any) -> None:
    if authenticator.type == factors.RECOVERY:
        pausing.hold(user, Hold.Cause.RECOVERY_CODE)


def factor_added(user: Any, authenticator: Any, **_: Any) -> None:
    _note(user, "authn_token_created", user, factor=str(authenticator.type))


def factor_removed(user: Any, authenticator: Any, **_: Any) -> None:
    _note(user, "authn_token_delete", user, factor=str(authenticator.type))


def password_changed(user: Any, **_: Any) -> None:
    _note(user, "authn_password_change", user)


def password_reset(user: Any, **_: Any) -> None:
    _note(None, "authn_password_change", user, how="reset")
    pausing.hold(user, Hold.Cause.PASSWORD_RESET)


def email_changed(user: Any, **_: Any) -> None:
    _note(user, "user_updated", user, what="email")


def watch() -> None:
    """Once, when the apps are ready."""
    account.user_logged_in.connect(signed_in)
    user_login_failed.connect(sign_in_failed)
    account.password_changed.connect(password_changed)
    account.password_set.connect(password_changed)
    account.password_reset.connect(password_reset)
    account.email_changed.connect(email_changed)
    mfa.authenticator_added.connect(factor_added)
    mfa.authenticator_reset.connect(factor_added)
    mfa.authenticator_removed.connect(factor_removed)
    mfa.authenticator_used.connect(factor_used)
    mfa.authentication_failed.connect(factor_failed)
