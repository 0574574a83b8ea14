"""How often the code of one session may be tried, however many try at once.

allauth counts wrong codes in the session, which requests at the same moment read before any of them has written it.
This count is in the shared store, in one step. Fails closed: with no store to count in, no code is looked at.
"""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from walletapp.web import errors

MOST = 6  # in the life of one code; allauth ends the process after three wrong ones in a row
_PAGES = ("account_email_verification_sent", "account_confirm_password_reset_code")


class CodeTries:
    """Answers 429 to what is over, before allauth sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        session = request.session.session_key or ""
        if (
            request.method == "POST"
            and session
            and request.path in map(resolve_url, _PAGES)
            and request.POST.get("code")
        ):
            name = f"code-tries:{hashlib.sha256(session.encode()).hexdigest()}"
            cache.add(name, 0, timeout=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
            if cache.incr(name) > MOST:
                return errors.too_often(request, retry_after=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
        return self.get_response(request)
