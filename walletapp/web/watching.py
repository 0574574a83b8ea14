"""What the wallet keeps of requests that it refused: that somebody was refused, which page, and no more.

What must stay true: watching changes no answer, and the trail holds neither what was typed nor addresses.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from walletapp.audit.noting import note

# Answers that say "not yours" or "too much". A page that does not exist is nobody's; a thing on a page that does may be
# somebody else's, and its owner's 404 looks the same to whoever tries.
_EVENTS = {403: "access.refused", 404: "access.refused", 429: "limit.exceeded"}


class Watch:
    """Notes refusals in the audit trail, a limited number an hour."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        event = _EVENTS.get(response.status_code, "")
        page = request.resolver_match
        if event and page is not None and (response.status_code != 404 or _named_a_thing(request)):
            about = page.view_name or page.route
            note(event, actor=request.user, page=about, method=request.method, status=response.status_code)
        return response


def _named_a_thing(request: HttpRequest) -> bool:
    """Whether a signed-in person asked for one thing by its id."""
    page = request.resolver_match
    return page is not None and bool(page.kwargs) and request.user.is_authenticated
