"""The pages that change how somebody signs in: e-mail address, password, passkeys, authenticator app, recovery codes.

What must stay true: each change wants a proof of its own, for exactly what a page showed, used once; having signed in
or proved something else a moment ago counts for nothing, but for the first factor of somebody who has none. What is
changed, and how, is allauth's; a page of allauth's that changes something and is not here wants a proof that is minutes
old at most.
"""

import time
from typing import Any, ClassVar

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.views import EmailView, PasswordChangeView, PasswordSetView
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView, SignupWebAuthnView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse_lazy
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from walletapp.accounts import factors, reauthentication
from walletapp.accounts.access import signed_in
from walletapp.accounts.step_up_page import Change, may_go_on, step_up, step_up_first, use_proof

_APP = "walletapp.accounts"
_CODES_MADE = "recovery_codes_made"


class _AsksItself:
    """In front of a page of allauth's, which then asks for nothing besides."""

    purpose: str
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.STEP_UP[self.purpose]:
            request.asks_itself = True  # type: ignore[attr-defined]  # for the adapter
        elif is_reauthentication_required(request, app=_APP):  # what was typed is not kept: it may be a password
            return redirect(f"{resolve_url('account_reauthenticate')}?{urlencode({'next': request.path})}")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def act(self, form: Any) -> HttpResponse:
        """What allauth does with a form that is right, now that it is proved."""
        return super().form_valid(form)  # type: ignore[misc,no-any-return]


class _ProvedWithTheForm(_AsksItself):
    """The form is shown to be looked at again, and sent with the proof."""

    title: str

    def form_valid(self, form: Any) -> HttpResponse:
        return step_up(self.request, self.purpose, self.title, self.shown(form)) or self.act(form)

    def shown(self, form: Any) -> dict[str, str]:
        """What the page says besides its title."""
        return {}


class _ProvedBefore(_AsksItself):
    """The proof comes first, because the form takes a password, or asks the browser for a passkey of its own."""

    change: Change

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.asked_first() or super().get(request, *args, **kwargs)  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.asked_first() or super().post(request, *args, **kwargs)  # type: ignore[misc]

    def asked_first(self) -> HttpResponse | None:
        return step_up_first(self.request, self.change, cancel=resolve_url("mfa_index"))

    def form_valid(self, form: Any) -> HttpResponse:
        return self.act(form) if use_proof(self.request, self.change) else redirect(self.request.path)


class ChangeEmail(_ProvedWithTheForm, EmailView):  # type: ignore[misc]
    purpose, title = "email", "Change your e-mail address"
    others: ClassVar = {
        "action_send": ("Send the code again", "To"),
        "action_remove": ("Remove this e-mail address", "E-mail address"),
        "action_primary": (title, "New address"),
    }

    def shown(self, form: Any) -> dict[str, str]:
        return {"Address now": self.request.user.email, "New address": form.cleaned_data["email"]}  # type: ignore[union-attr]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What allauth does without a form of its own is asked for here."""
        found = next((said for name, said in self.others.items() if name in request.POST), None)
        if found and "action_add" not in request.POST:
            title, label = found
            if page := step_up(request, self.purpose, title, {label: request.POST.get("email", "")}):
                return page
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]


change_email = signed_in(ChangeEmail.as_view())


class ChangePassword(_ProvedBefore, PasswordChangeView):  # type: ignore[misc]
    purpose = "password"
    change = Change(purpose, "Change your password", {"Afterwards": "You sign in again, here and everywhere else"})


change_password = signed_in(ChangePassword.as_view())


class SetPassword(_ProvedBefore, PasswordSetView):  # type: ignore[misc]
    purpose = "password"
    change = Change(purpose, "Set a password", {"Afterwards": "You sign in again, here and everywhere else"})


set_password = signed_in(SetPassword.as_view())


class AddPasskey(_ProvedBefore, AddWebAuthnView):  # type: ignore[misc]
    """A passkey that can sign in by itself: the browser must keep it and ask who holds it."""

    purpose = "new_factor"
    change = Change(purpose, "Add a passkey", {"It can": "Sign in to your account, and confirm what you send"})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super(AddWebAuthnView, self).get_context_data(**kwargs)
        return {**context, "passkey_options": webauthn.begin_registration(self.request.user, passwordless=True)}

    def act(self, form: Any) -> HttpResponse:
        response = super().act(form)
        reauthentication.note_new_factor(self.request, factors.PASSKEY)
        if self.did_generate_recovery_codes:
            _note_codes(self.request)
        return response


add_passkey = signed_in(AddPasskey.as_view())


class SignUpPasskey(SignupWebAuthnView):  # type: ignore[misc]
    """The passkey an account is opened with. Its recovery codes come next: there is no password to fall back on."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if not (self.request.user.is_authenticated and auto_generate_recovery_codes(self.request)):
            return response
        _note_codes(self.request)
        self.request.session[factors.ONWARD] = response.headers.get("Location")
        return redirect("mfa_view_recovery_codes")


sign_up_passkey = SignUpPasskey.as_view()


class RenamePasskey(_ProvedWithTheForm, EditWebAuthnView):  # type: ignore[misc]
    purpose, title = "factor", "Rename this passkey"
    success_url = reverse_lazy("mfa_index")

    def shown(self, form: Any) -> dict[str, str]:
        return {"Passkey": self.object.wrap().name, "New name": form.cleaned_data["name"]}


rename_passkey = signed_in(RenamePasskey.as_view())


class RemovePasskey(_ProvedWithTheForm, RemoveWebAuthnView):  # type: ignore[misc]
    """allauth's, which would take the last factor away."""

    purpose, title = "factor", "Remove this passkey"
    success_url = reverse_lazy("mfa_index")

    def shown(self, form: Any) -> dict[str, str]:
        return {"Passkey": self.object.wrap().name, "Afterwards": "It no longer opens your account"}

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = factors.FactorAdapter()
        if not adapter.can_delete_authenticator(self.object):
            form.add_error(None, adapter.error_messages["cannot_delete_authenticator"])
            return self.form_invalid(form)  # type: ignore[no-any-return]
        return super().form_valid(form)


remove_passkey = signed_in(RemovePasskey.as_view())


class ActivateApp(_ProvedBefore, ActivateTOTPView):  # type: ignore[misc]
    """The seed as a picture and as text, and the first code."""

    purpose = "new_factor"
    change = Change(purpose, "Set up an authenticator app", {"Its codes can": "Sign in, and confirm what you send"})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super(ActivateTOTPView, self).get_context_data(**kwargs)  # not allauth's: it draws the picture inline
        secret = str(context["form"].secret)
        context["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        context["totp_url"] = factors.FactorAdapter().build_totp_url(self.request.user, secret)
        if settings.DEMO:
            context["demo_code"] = factors.code_at(secret, factors.counter_now())
        return dict(context)

    def act(self, form: Any) -> HttpResponse:
        response = super().act(form)
        factors.forget_pending_secret()
        factors.check_code(self.request.user, form.cleaned_data["code"], factors.APP)  # used up with this
        reauthentication.note_new_factor(self.request, factors.APP)
        if self.did_generate_recovery_codes:
            _note_codes(self.request)
        return response


activate_app = signed_in(ActivateApp.as_view())


@require_safe
@signed_in
def app_qr(request: HttpRequest) -> HttpResponse:
    """The seed that is being set up in this session, for the app's camera."""
    if not may_go_on(request, ActivateApp.change):
        raise Http404
    return HttpResponse(factors.qr_picture(request.user), content_type="image/svg+xml")


class RemoveApp(_ProvedWithTheForm, DeactivateTOTPView):  # type: ignore[misc]
    purpose, title = "factor", "Remove the authenticator app"

    def shown(self, form: Any) -> dict[str, str]:
        return {"Afterwards": "Its codes no longer work"}


remove_app = signed_in(RemoveApp.as_view())


class MakeCodes(_ProvedWithTheForm, GenerateRecoveryCodesView):  # type: ignore[misc]
    purpose, title = "recovery_codes", "Make new recovery codes"

    def shown(self, form: Any) -> dict[str, str]:
        return {"Codes you had before": "Stop working at once"}

    def act(self, form: Any) -> HttpResponse:
        response = super().act(form)
        _note_codes(self.request)
        return response


make_codes = signed_in(MakeCodes.as_view())


class ShowCodes(_ProvedBefore, ViewRecoveryCodesView):  # type: ignore[misc]
    """The codes, once. Who has just made them in this session has proved enough for that."""

    purpose = "recovery_codes"
    change = Change(purpose, "Show your recovery codes", {"Afterwards": "We cannot show them again"})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = factors.rows_of(request.user, factors.RECOVERY).first()
        if row and not row.wrap().did_view and not _were_made_here(request, row):
            if page := self.asked_first():
                return page
            if not use_proof(request, self.change):
                return redirect(request.path)
        return super(_ProvedBefore, self).get(request, *args, **kwargs)  # type: ignore[no-any-return]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.asked_first() or redirect(request.path)


show_codes = signed_in(ShowCodes.as_view())


def _note_codes(request: HttpRequest) -> None:
    row = factors.rows_of(request.user, factors.RECOVERY).get()
    request.session[_CODES_MADE] = [row.pk, time.time()]


def _were_made_here(request: HttpRequest, row: Any) -> bool:
    made, at = request.session.get(_CODES_MADE, [None, 0.0])
    return bool(made == row.pk and 0 <= time.time() - at < settings.STEP_UP_SECONDS)
