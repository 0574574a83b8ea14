"""Before any staff page: the right host, a passkey, and a proof with it a short while ago.

What must stay true: whoever is refused here has reached no code of the admin; a member of staff whose sign-in is old
proves again who they are and comes back to the page. Who may do what is decided behind the door, by roles.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url

from walletapp.accounts import factors, reauthentication
from walletapp.web import errors

_OPEN = ("login/", "logout/", "jsi18n/")  # the admin's own doors let nobody through


class StaffDoor:
    """Everything below ADMIN_PATH. Strangers and customers go on to the admin, which sends them away itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = f"/{settings.ADMIN_PATH}"
        if not f"{request.path}/".startswith(path):
            return self.get_response(request)
        if answer := _on_the_way(request, path):
            return answer
        user: Any = request.user
        if not user.is_staff or request.path.removeprefix(path) in _OPEN:
            return self.get_response(request)
        if settings.STAFF_PASSKEY_REQUIRED and not factors.has_factor(user, factors.PASSKEY):
            return render(request, "admin/no_passkey.html", status=403)
        if not _came_lately(request):
            return redirect(f"{resolve_url('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def _on_the_way(request: HttpRequest, path: str) -> HttpResponseBase | None:
    """Where these pages are served at all, and the one way to write their address."""
    if settings.ADMIN_HOST and request.get_host() != settings.ADMIN_HOST:
        return errors.not_found(request, Http404())
    return redirect(path) if request.path == path.removesuffix("/") else None


def _came_lately(request: HttpRequest) -> bool:
    """Whether a proof of this session that counts here is younger than STAFF_FRESH_SECONDS."""
    wanted = {"type": factors.PASSKEY.value} if settings.STAFF_PASSKEY_REQUIRED else {"method": "mfa"}
    return reauthentication.was_proved(request, settings.STAFF_FRESH_SECONDS, **wanted)
