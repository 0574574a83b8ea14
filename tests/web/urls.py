"""The real pages of walletapp.web and allauth, with stand-ins for the apps that the frame links to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.views.decorators.cache import cache_control

from walletapp.oms.errors import OmsUnavailable
from walletapp.web import styleguide
from walletapp.web.pace import TooOften, Uncounted


def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "web/contact.html")


def bounce(request: HttpRequest) -> HttpResponse:
    response = redirect("/elsewhere/?a=1")
    response.set_cookie("kept", "yes")
    return response


def private(request: HttpRequest) -> HttpResponse:
    return redirect("/account/login/?next=/private/")


def away(request: HttpRequest) -> HttpResponse:
    raise OmsUnavailable("nobody answers", retry_after=7.2)


def quick(request: HttpRequest) -> HttpResponse:
    raise TooOften("You pressed that very often.", 90)


def uncounted(request: HttpRequest) -> HttpResponse:
    raise Uncounted from ConnectionError("10.0.0.7 is away")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


@cache_control(public=True, max_age=60)
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


def wrong(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>wrong</p>", status=422)


def app(name: str, *pages: str) -> Any:
    return include(([path(f"{name}-{page}/", empty, name=page) for page in pages], name))


urlpatterns = [
    path("", include("walletapp.web.urls")),
    path("account/", include("walletapp.accounts.account_urls")),
    path("", app("wallet", "dashboard", "receive", "activity")),
    path("", app("transfers", "send", "add_cash", "own_limits")),
    path("", app("payees", "book")),
    path("", app("privacy", "your_data")),
    path("", app("accounts", "identity")),
    path("", app("banking", "interest")),
    path("", app("demo", "mail", "codes")),
    path("style/", styleguide.page),
    path("bounce/", bounce),
    path("quick/", quick),
    path("uncounted/", uncounted),
    path("private/", private),
    path("away/", away),
    path("broken/", broken),
    path("public/", public),
    path("wrong/", wrong),
]
handler400 = "walletapp.web.errors.bad_request"
handler403 = "walletapp.web.errors.forbidden"
handler404 = "walletapp.web.errors.not_found"
handler500 = "walletapp.web.errors.server_error"
