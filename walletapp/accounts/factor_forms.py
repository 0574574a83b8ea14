"""The forms of passkeys and authenticator apps: allauth's, with our labels and our way of taking a code once."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms

from walletapp.accounts import factors

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}
_CODE_WIDGET = forms.TextInput(attrs=_CODE)


class AppCodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second half of a sign-in. Set in MFA_FORMS."""

    code = forms.CharField(label="Code from your app, or a recovery code", max_length=32, widget=_CODE_WIDGET)

    def clean_code(self) -> str:
        succeeded = check_rate_limit(self.user)
        code = str(self.cleaned_data["code"])
        row = factors.check_code(self.user, code, factors.APP, factors.RECOVERY)
        if row is None:
            main = factors.rows_of(self.user, *factors.SECOND_FACTORS, factors.RECOVERY).first()
            self._emit_authentication_failed(main)
            raise get_adapter().validation_error("incorrect_code")
        row.user, self.authenticator = self.user, row
        succeeded()
        return code


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code, which shows that the app has the seed."""

    code = forms.CharField(label="Code from the app", max_length=32, widget=_CODE_WIDGET)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)  # not allauth's: it keeps the seed in the session in the clear
        self.secret = factors.pending_secret(renew=not self.is_bound)

    def clean_code(self) -> str:
        totp_forms.validate_can_add_authenticator(self.user)
        succeeded = check_rate_limit(self.user, error_key="rate_limited")
        if not validate_totp_code(self.secret, self.cleaned_data["code"]):
            raise get_adapter().validation_error("incorrect_code")
        succeeded()
        return str(self.cleaned_data["code"])


class _NamedPasskey:
    """What its owner calls a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]  # type: ignore[attr-defined]
        name.label, name.max_length, name.required = "Name of this passkey", 40, False
        name.help_text = "So that you can tell it from others, such as “my phone”."
        name.widget.attrs["maxlength"] = 40


class AddPasskeyForm(_NamedPasskey, webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    passwordless = None  # every passkey here signs in by itself


class SignupPasskeyForm(_NamedPasskey, webauthn_forms.SignupWebAuthnForm):  # type: ignore[misc]
    pass


class RenamePasskeyForm(_NamedPasskey, webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    def clean_name(self) -> str:
        return str(self.cleaned_data["name"] or self.instance.wrap().name)[:40]
