"""The account pages in the product's voice: allauth's labels and errors.

ERRORS is the adapter's, the forms are named in ACCOUNT_FORMS.
"""

from typing import Any

from allauth.account import forms

EMAIL = "E-mail"

ERRORS = {
    "account_inactive": "This account is closed to sign-in. Write to us if you did not expect that.",
    "cannot_remove_primary_email": "This is the address you sign in with. Add another one first.",
    "duplicate_email": "This is your e-mail address already.",
    "email_password_mismatch": "This e-mail address and password do not belong together. Check both.",
    "email_taken": "This e-mail address belongs to another account.",
    "enter_current_password": "This is not your current password.",
    "incorrect_code": "This is not the code we sent last. Check it, or ask for a new one.",
    "incorrect_password": "This is not your password.",
    "invalid_or_expired_key": "This link no longer works.",
    "invalid_password_reset": "This link no longer works. Ask for a new code.",
    "max_email_addresses": "You cannot have more than %d e-mail addresses.",
    "rate_limited": "That was too often in a short time. Wait a few minutes, then try again.",
    "same_as_current": "This is the one you have now. Choose another.",
    "too_many_login_attempts": "Too many wrong passwords. Wait a few minutes, then try again.",
    "unknown_email": "No account has this e-mail address.",
    "unverified_primary_email": "Confirm your e-mail address first.",
}

_NEW_PASSWORDS = {"password1": "New password", "password2": "New password, once more"}


class _Relabelled:
    """Gives a form of allauth our labels. Its placeholders only repeat its own."""

    labels: dict[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            field = self.fields[name]  # type: ignore[attr-defined]
            field.label = label
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_Relabelled, forms.LoginForm):  # type: ignore[misc]
    labels = {"login": EMAIL}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # a link, which would stand between the address and the password


class SignupForm(_Relabelled, forms.SignupForm):  # type: ignore[misc]
    labels = {"email": EMAIL}


class AddEmailForm(_Relabelled, forms.AddEmailForm):  # type: ignore[misc]
    labels = {"email": "New e-mail"}


class ChangeEmailForm(_Relabelled, forms.ChangeEmailForm):  # type: ignore[misc]
    labels = {"email": EMAIL}


class ResetPasswordForm(_Relabelled, forms.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": EMAIL}


class ChangePasswordForm(_Relabelled, forms.ChangePasswordForm):  # type: ignore[misc]
    labels = {"oldpassword": "Current password", **_NEW_PASSWORDS}


class SetPasswordForm(_Relabelled, forms.SetPasswordForm):  # type: ignore[misc]
    labels = _NEW_PASSWORDS


class ResetPasswordKeyForm(_Relabelled, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = _NEW_PASSWORDS
