"""The real pages of walletapp.web and allauth, with stand-ins for the apps that the frame links to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path

from walletapp.oms.errors import OmsUnavailable


def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "web/contact.html")


def bounce(request: HttpRequest) -> HttpResponse:
    return redirect("/elsewhere/?a=1")


def private(request: HttpRequest) -> HttpResponse:
    return redirect("/account/login/?next=/private/")


def away(request: HttpRequest) -> HttpResponse:
    raise OmsUnavailable("nobody answers", retry_after=7.2)


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


def app(name: str, *pages: str) -> object:
    return include(([path(f"{name}-{page}/", empty, name=page) for page in pages], name))


urlpatterns = [
    path("", include("walletapp.web.urls")),
    path("account/", include("allauth.account.urls")),
    path("", app("wallet", "dashboard", "receive", "activity")),
    path("", app("transfers", "send", "add_cash")),
    path("", app("accounts", "identity")),
    path("", app("banking", "interest")),
    path("", app("demo", "mail")),
    path("bounce/", bounce),
    path("private/", private),
    path("away/", away),
    path("broken/", broken),
]
handler400 = "walletapp.web.errors.bad_request"
handler403 = "walletapp.web.errors.forbidden"
handler404 = "walletapp.web.errors.not_found"
handler500 = "walletapp.web.errors.server_error"
