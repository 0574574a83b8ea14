"""Signing in and out, and changes of what one signs in with, in the audit trail. Never what was typed.

Connected by AccountsConfig.ready(). Failures are noted rather than recorded: strangers cause them, as many
as they like.
"""

from typing import Any

from allauth.account import signals
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from walletapp.accounts.models import User
from walletapp.audit.noting import note
from walletapp.audit.trail import record


@receiver(user_login_failed)
def _failed(sender: Any, **about: Any) -> None:
    note("sign_in.failed")


@receiver(signals.user_logged_in)
@transaction.atomic
def _signed_in(request: HttpRequest, user: User, **about: Any) -> None:
    record(user, "sign_in.done")


@receiver(user_logged_out)
def _signed_out(user: User | None, **about: Any) -> None:
    if user is not None:
        with transaction.atomic():
            record(user, "sign_out.done")


@receiver(signals.password_changed)
@transaction.atomic
def _changed(user: User, **about: Any) -> None:
    record(user, "password.changed")


@receiver(signals.password_reset)
@transaction.atomic
def _reset(user: User, **about: Any) -> None:
    record(user, "password.reset")


@receiver(signals.email_changed)
@transaction.atomic
def _new_address(user: User, **about: Any) -> None:
    record(user, "email.changed")
