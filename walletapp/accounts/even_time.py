"""How long an answer about an account takes: as long whether there is one or not.

Signing up for an address that is taken, or asking for a new password for one that nobody has, is less work than the
real thing; whoever measures would learn who has an account. These answers wait for the next full step of time.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

_PAGES = (
    "account_login", "account_signup", "account_signup_by_passkey", "account_reset_password",
    "account_email_verification_sent",  # another code: to an address that has an account none is sent
)  # fmt: skip


class EvenTime:
    """Rounds up how long a form about an account takes, to a multiple of EVEN_ANSWER_SECONDS. 0: as it comes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        step, began = settings.EVEN_ANSWER_SECONDS, time.monotonic()
        response = self.get_response(request)
        if step and request.method == "POST" and request.path in map(resolve_url, _PAGES):
            time.sleep(step - (time.monotonic() - began) % step)
        return response
