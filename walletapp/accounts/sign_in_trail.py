"""Signing in and out, and changes of what one signs in with, in the audit trail. Never what was typed.

Connected by AccountsConfig.ready(); nothing here decides who gets in. Failures are noted rather than recorded:
strangers cause them, as many as they like. Where somebody came in by the way for the lost, money is held back.
"""

from typing import Any

from allauth.account import signals
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from walletapp.accounts import factors, pausing
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.audit.noting import note
from walletapp.audit.trail import record


@receiver(user_login_failed)
def _failed(sender: Any, **about: Any) -> None:
    note("sign_in.failed")


@receiver(mfa.authentication_failed)
def _factor_failed(sender: Any, user: User, authenticator: Authenticator | None, **about: Any) -> None:
    note("factor.failed", actor=user, factor=str(authenticator.type) if authenticator else "")


@receiver(signals.user_logged_in)
@transaction.atomic
def _signed_in(request: HttpRequest, user: User, **about: Any) -> None:
    ways = [str(entry.get("type") or entry["method"]) for entry in get_authentication_records(request, user)]
    record(user, "sign_in.done", ways=ways)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest | None, user: User | None, **about: Any) -> None:
    """One event for each end: by the person, or because nobody was there (session_limits.py)."""
    if user is not None:
        with transaction.atomic():
            record(user, "session.expired" if getattr(request, "has_expired", False) else "sign_out.done")


@receiver(mfa.authenticator_used)
@transaction.atomic
def _used(request: HttpRequest, user: User, authenticator: Authenticator, **how: Any) -> None:
    """Whoever found the codes can do this: nothing leaves for a while, and the owner is told, on a known device too."""
    if authenticator.type == factors.RECOVERY:
        held = pausing.hold(user, Hold.Cause.RECOVERY_CODE)
        left = len(factors.rows_of(user, factors.RECOVERY).get().wrap().get_unused_codes())
        about = {"held": pausing.in_words(held), "left": left}
        get_adapter(request).send_notification_mail("mfa/email/recovery_code_used", user, about)


@receiver([mfa.authenticator_added, mfa.authenticator_reset])
@transaction.atomic
def _added(user: User, authenticator: Authenticator, **about: Any) -> None:
    record(user, "factor.added", factor=str(authenticator.type))


@receiver(mfa.authenticator_removed)
@transaction.atomic
def _removed(user: User, authenticator: Authenticator, **about: Any) -> None:
    record(user, "factor.removed", factor=str(authenticator.type))


@receiver([signals.password_changed, signals.password_set])
@transaction.atomic
def _changed(user: User, **about: Any) -> None:
    record(user, "password.changed")


@receiver(signals.password_reset)
@transaction.atomic
def _reset(user: User, **about: Any) -> None:
    """Whoever reads the person's mail can do this; so nothing leaves for a while."""
    pausing.hold(user, Hold.Cause.PASSWORD_RESET)
    record(user, "password.reset")


@receiver(signals.email_changed)
@transaction.atomic
def _new_address(user: User, **about: Any) -> None:
    record(user, "email.changed")
