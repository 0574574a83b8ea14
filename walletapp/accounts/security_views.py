"""The security page, and what it leads to that leaves as it is how one signs in: the pause, devices, proving who it is.

What must stay true: somebody with a second factor cannot pass with the password alone. What changes how somebody signs
in is in sign_in_changes.py.
"""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from walletapp.accounts import factors, pausing, reauthentication
from walletapp.accounts.access import View, signed_in
from walletapp.accounts.devices import devices_of, end_others
from walletapp.accounts.step_up_page import step_up
from walletapp.refusals import Refusal

_APP = "walletapp.accounts"
_PAGE_AND_FORM = ["GET", "HEAD", "POST"]
_AFTER_THE_PAUSE = {"From then on": "Money can be sent and withdrawn again"}


def wants_fresh_proof(view: View) -> View:
    """Only for somebody who has just proved who they are; others are asked to and come back."""
    return signed_in(reauthentication_required(app=_APP)(view))


@require_safe
@signed_in
def security(request: HttpRequest) -> HttpResponse:
    """Everything that protects the account, on one page."""
    held = pausing.hold_of(request.user)
    rows = list(factors.rows_of(request.user, *factors.SECOND_FACTORS, factors.RECOVERY).order_by("created_at"))
    codes = next((row.wrap() for row in rows if row.type == factors.RECOVERY), None)
    passkeys = [row for row in rows if row.type == factors.PASSKEY]
    app = next((row for row in rows if row.type == factors.APP), None)
    context = {
        "passkeys": passkeys,
        "app": app,
        "codes_left": len(codes.get_unused_codes()) if codes else None,
        "devices": devices_of(request.user, request.session.session_key),
        "hold": held,
        "held_because": pausing.in_words(held) if held else "",
        "is_protected": bool(passkeys or app),
    }
    return render(request, "mfa/index.html", context)


@require_safe
@signed_in
def protect(request: HttpRequest) -> HttpResponseBase:
    """A second factor before money can move: which one. Whoever has one goes on to where they wanted to be."""
    if onward := get_next_redirect_url(request):
        request.session[factors.ONWARD] = onward
    if factors.has_factor(request.user):
        return protected(request)
    return render(request, "mfa/protect.html")


@require_safe
@signed_in
def protected(request: HttpRequest) -> HttpResponse:
    """On to what wanted the factor."""
    return redirect(request.session.pop(factors.ONWARD, None) or "wallet:dashboard")


@require_http_methods(_PAGE_AND_FORM)
def freeze(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a security mail: shows a button, and the button pauses. No sign-in, so nothing of the person here."""
    user = pausing.user_of(token)
    if user and request.method == "POST":
        pausing.pause(user)
    is_paused = user is not None and request.method == "POST"
    context = {"is_known": user is not None, "is_paused": is_paused}
    return render(request, "account/freeze.html", context, status=200 if user else 404)


@require_POST
@signed_in
def pause(request: HttpRequest) -> HttpResponse:
    """The same by hand. Signs out everywhere, here too."""
    pausing.pause(request.user)
    return render(request, "account/freeze.html", {"is_known": True, "is_paused": True})


@require_http_methods(_PAGE_AND_FORM)
@signed_in
def resume(request: HttpRequest) -> HttpResponseBase:
    """Ending one's own pause wants a proof for exactly this, also of somebody who signed in a minute ago."""
    held = pausing.hold_of(request.user)
    if request.method != "POST" or held is None or held.cause != pausing.Cause.OWN:
        return redirect("mfa_index")
    if page := step_up(request, "unpausing", "End the pause", _AFTER_THE_PAUSE):
        return page
    if pausing.resume(request.user):
        messages.success(request, "The pause is over. You can send and withdraw again.")
    return redirect("mfa_index")


@require_http_methods(_PAGE_AND_FORM)
@signed_in
def devices(request: HttpRequest) -> HttpResponseBase:
    """Sign out elsewhere: everywhere, or at one device."""
    return _end_devices(request) if request.method == "POST" else redirect("mfa_index")


@wants_fresh_proof
@require_POST
def _end_devices(request: HttpRequest) -> HttpResponse:
    ended = end_others(request.user, request.session.session_key, only=request.POST.get("device", ""))
    if ended:
        messages.success(request, "Signed out there. Only the devices listed here are still signed in.")
    return redirect("mfa_index")


@sensitive_post_parameters("password", "code", "credential")
@require_http_methods(_PAGE_AND_FORM)
@signed_in
def confirm_it_is_you(request: HttpRequest) -> HttpResponse:
    """A fresh proof of who it is, then on to where the person was."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            reauthentication.prove_again(request, request.POST)
        except Refusal as no:
            refusal = no
        else:
            return resume_request(request) or redirect("mfa_index")
    context: dict[str, Any] = {"refusal": refusal, "next": get_next_redirect_url(request) or ""}
    context |= reauthentication.ways_of(request.user)
    if context["has_passkey"]:
        context["passkey_options"] = webauthn.begin_authentication(request.user)
    return render(request, "account/reauthenticate.html", context, status=422 if refusal else 200)


class LoginByPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """allauth's, which forgets where the person wanted to go."""

    def form_valid(self, form: Any) -> HttpResponse:
        row = form.cleaned_data["credential"]
        login = Login(user=row.user, redirect_url=get_next_redirect_url(self.request))
        return perform_passwordless_login(self.request, row, login)  # type: ignore[no-any-return]

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "This passkey does not open an account here. Try another, or use your password.")
        return redirect(resolve_url("account_login"))


login_by_passkey = LoginByPasskey.as_view()
