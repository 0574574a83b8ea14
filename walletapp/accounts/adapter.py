"""How allauth behaves here: no user names, e-mail in small letters, codes that are easy to type, where to go next."""

import logging
import secrets
import uuid
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone

from walletapp import features
from walletapp.accounts.devices import device_name, is_known_device, remember_device
from walletapp.accounts.models import Customer
from walletapp.accounts.reauthentication import is_newcomer, recently_proved
from walletapp.accounts.voice import ERRORS
from walletapp.moments import written
from walletapp.notifications.tell import tell

log = logging.getLogger(__name__)

CODE_DIGITS = 8  # 3 attempts (allauth) at one of 10^8, for ten minutes


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Set as ACCOUNT_ADAPTER."""

    error_messages: ClassVar[dict[str, str]] = {**DefaultAccountAdapter.error_messages, **ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return features.is_open(features.SIGN_UPS, None)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are none."""

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).lower()

    def generate_email_verification_code(self) -> str:
        return _digits()

    def generate_password_reset_code(self) -> str:
        return _digits()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A letter with a code, or in its place. While none leaves, the page that asks for the code says so, in the
        same words whoever it was for."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # SMTPException is one
            log.warning("a letter did not leave: %s", type(error).__name__)
            messages.error(self.request, "We could not send the e-mail. Wait a minute, then ask for it again.")

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What happened to the account is told by the queue of notices: the change stands, whether or not a letter can
        leave now. The link that pauses everything is made with the letter."""
        about = {
            "what": " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split()),
            "sentence": render_to_string(f"{template_prefix}_message.txt", context).strip(),
            "when": written(timezone.now()),
            "ip": self.get_client_ip(self.request),
            "device": device_name(self.request.headers.get("User-Agent", "")),
        }
        key, page = f"account_changed:{uuid.uuid4()}", resolve_url("mfa_index")
        tell(user, "account_changed", key, link=page, address=email or "", **about)

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> Any:
        """Whoever signs in with a browser that is new to this account is told by mail."""
        response = super().post_login(request, user, **how)
        if not is_known_device(request, user) and not how.get("signup"):
            device = device_name(request.headers.get("User-Agent", ""))
            self.send_notification_mail("account/email/new_device", user, {"device": device})
        remember_device(request, response, user)
        return response

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page, which asks for the strongest thing the person has."""
        if not user.is_authenticated:
            return []
        url = resolve_url("account_reauthenticate")
        return [{"id": "reauthenticate", "description": "Confirm it is you", "url": url}]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not by a page that asks for a proof of its own change (sign_in_changes.py), and not of a newcomer."""
        asks_itself = getattr(self.request, "asks_itself", False)
        return not (asks_itself or recently_proved(self.request) or is_newcomer(self.request.user))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("accounts:identity")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home, or for those who have no wallet yet, the page that says how to get one."""
        customer = Customer.of(request.user)
        if customer is not None and customer.may_hold_money:
            return resolve_url("wallet:dashboard")
        return resolve_url("accounts:identity")


def _digits() -> str:
    """Two groups of four. allauth ignores the hyphen and spaces when the code is typed."""
    number = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    return f"{number[:4]}-{number[4:]}"
