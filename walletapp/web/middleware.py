"""What is done to every response: headers that browsers obey, redirects htmx can follow, errors in plain words.

What must stay true: no page of a signed-in person is ever stored by a browser or proxy; a fragment never has a login
page or a whole error page swapped into it; a partner that is away is told as such, with a 503.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import BadRequest
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from walletapp import features, logs
from walletapp.audit.noting import note
from walletapp.web import errors
from walletapp.web.pace import TooOften, Uncounted

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Off unless named: what a wallet never asks a browser for cannot be asked for by something that got in.
_PERMISSIONS = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "serial=(), usb=(), xr-spatial-tracking=(), clipboard-read=(), clipboard-write=(self), geolocation=(self), "
    "screen-wake-lock=(self), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


class RequestId:
    """Gives each request an id of ours, which every line of the log about it carries, and the answer too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = logs.begin_request()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response


class SecurityHeaders:
    """Sets what Django's own middleware does not. A view that sets one of these itself has the last word."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        # Every page, not only those behind the login: a page that asks for a password is no better in a cache.
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code == 429:  # allauth says it without: its limits of this kind are by the minute
            response.headers.setdefault("Retry-After", "60")
        if getattr(request, "has_signed_out", False):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


@receiver(user_logged_out)
def _note_sign_out(request: HttpRequest | None, **kwargs: Any) -> None:
    """Whatever the sign-out was, its answer tells the browser to forget what it has stored of these pages."""
    if request is not None:
        request.has_signed_out = True  # type: ignore[attr-defined]


class PlainRequests:
    """Refuses what two readers could read in two ways: methods nobody uses here, and a name that stands twice.

    Lists of chosen rows are many values under one name, and only staff pages have them.
    """

    METHODS = ("GET", "HEAD", "POST")  # OPTIONS is for other sites' programs, and there are none

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in self.METHODS:
            return HttpResponse(status=405, headers={"Allow": ", ".join(self.METHODS)})
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Raises BadRequest. A view that reads its body by itself is left to do so."""
        if request.path.startswith(f"/{settings.ADMIN_PATH}"):
            return
        forms = [request.GET] if getattr(view, "csrf_exempt", False) else [request.GET, request.POST]
        if any(len(values) > 1 for form in forms for _, values in form.lists()):
            raise BadRequest("a name stands twice")


class OwnPagesOnly:
    """Refuses whatever another site makes a browser send here, besides Django's token and before anything is read.

    A browser says by itself where a request comes from (Fetch Metadata). Programs do not, and prove themselves in other
    ways; a browser too old to say so is left to the token.
    """

    OURS = ("same-origin", "none")  # none: typed, a bookmark, or not a browser

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_asking = request.method in {"GET", "HEAD", "OPTIONS"}
        if is_asking or request.headers.get("Sec-Fetch-Site", "none") in self.OURS:
            return self.get_response(request)
        note("request.from_elsewhere", method=request.method)
        return errors.from_elsewhere(request)


class HtmxRedirect:
    """Makes redirects and errors mean the same to htmx as to a browser without JavaScript."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true":
            return response
        if 300 <= response.status_code < 400 and "Location" in response.headers:
            _follow(request, response)
        elif response.status_code >= 400:
            _place_error(request, response)
        return response


class ReadOnly:
    """Refuses whatever would change something while staff have switched that off. Staff pages and events go on."""

    GOES_ON = (
        f"/{settings.ADMIN_PATH}", "/webhooks/", "/policy-report/",
        "/account/login/", "/account/logout/", "/account/reauthenticate/", "/account/security/authenticate/",
        "/account/security/webauthn/login/", "/account/security/pause/", "/account/freeze/",
        "/account/security/devices/", "/activity/",
    )  # fmt: skip

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_asking = request.method in {"GET", "HEAD", "OPTIONS"}
        if is_asking or request.path.startswith(self.GOES_ON) or not features.is_read_only():
            return self.get_response(request)
        return errors.read_only(request)


class PlainErrors:
    """Turns the exceptions that mean 'a partner is away', or 'too often', into a page that says so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # Named as text: `web` lies beside `oms` and may not import it.
        names = getattr(settings, "AWAY_EXCEPTIONS", ["walletapp.oms.errors.OmsUnavailable"])
        self.away: tuple[type[Exception], ...] = tuple(import_string(name) for name in names)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooOften):
            return errors.too_often(request, str(exception), exception.retry_after)
        if isinstance(exception, Uncounted):
            return errors.busy(request, exception)
        return errors.away(request, exception) if isinstance(exception, self.away) else None


def _follow(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the page go where the redirect points. XMLHttpRequest would follow it unseen and swap in what it finds."""
    target = response.headers["Location"]
    del response.headers["Location"]
    response.status_code = 200
    if isinstance(response, HttpResponse):
        response.content = b""
    if urlsplit(target).path != resolve_url(settings.LOGIN_URL):
        response.headers["HX-Redirect"] = target
    elif request.method == "GET":
        response.headers["HX-Refresh"] = "true"  # the session ended: reloading asks for a login and comes back here
    else:
        response.headers["HX-Redirect"] = _login_url(request)


def _login_url(request: HttpRequest) -> str:
    """The login page, coming back to the page the person was on rather than to the address of its form."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = f"{page.path}?{page.query}" if page.query else page.path
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):  # no page, or a path like //elsewhere
        back = request.path
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"


def _place_error(request: HttpRequest, response: HttpResponseBase) -> None:
    """A whole error page fits only into #main. A part that updates itself stays as it was and asks again later."""
    if request.headers.get("HX-Target") == "main" or "HX-Reswap" in response.headers:
        return
    if request.method == "GET":
        response.headers["HX-Reswap"] = "none"
    elif response.status_code in errors.PAGES:
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reselect"] = "#main"
        response.headers["HX-Reswap"] = "outerHTML"
