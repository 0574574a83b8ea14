"""The pages of one's account: allauth's, with ours in front where they do more or less than those.

The names are allauth's, because it leads people to them by name.
"""

from django.urls import include, path
from django.views.generic import RedirectView

from walletapp.accounts import security_views as views
from walletapp.accounts import sign_in_changes as changes
from walletapp.accounts.access import signed_in

_to_security = signed_in(RedirectView.as_view(pattern_name="mfa_index"))
_to_codes = signed_in(RedirectView.as_view(pattern_name="mfa_view_recovery_codes"))
_to_proof = signed_in(RedirectView.as_view(pattern_name="account_reauthenticate", query_string=True))

urlpatterns = [
    path("reauthenticate/", views.confirm_it_is_you, name="account_reauthenticate"),
    path("password/change/", changes.change_password, name="account_change_password"),
    path("password/set/", changes.set_password, name="account_set_password"),
    path("email/", changes.change_email, name="account_email"),
    path("", include("allauth.account.urls")),
    path("security/", views.security, name="mfa_index"),
    path("security/protect/", views.protect, name="account_protect"),
    path("security/protected/", views.protected, name="account_protected"),
    path("freeze/<str:token>/", views.freeze, name="account_freeze"),
    path("security/pause/", views.pause, name="account_pause"),
    path("security/resume/", views.resume, name="account_resume"),
    path("security/devices/", views.devices, name="usersessions_list"),
    path("security/totp/activate/", changes.activate_app, name="mfa_activate_totp"),
    path("security/totp/qr.svg", changes.app_qr, name="mfa_totp_qr"),
    path("security/totp/deactivate/", changes.remove_app, name="mfa_deactivate_totp"),
    path("security/recovery-codes/", changes.show_codes, name="mfa_view_recovery_codes"),
    path("security/recovery-codes/generate/", changes.make_codes, name="mfa_generate_recovery_codes"),
    path("security/recovery-codes/download/", _to_codes, name="mfa_download_recovery_codes"),
    path("security/webauthn/", _to_security, name="mfa_list_webauthn"),
    path("security/webauthn/signup/", changes.sign_up_passkey, name="mfa_signup_webauthn"),
    path("security/webauthn/add/", changes.add_passkey, name="mfa_add_webauthn"),
    path("security/webauthn/keys/<int:pk>/edit/", changes.rename_passkey, name="mfa_edit_webauthn"),
    path("security/webauthn/keys/<int:pk>/remove/", changes.remove_passkey, name="mfa_remove_webauthn"),
    path("security/webauthn/login/", views.login_by_passkey, name="mfa_login_webauthn"),
    path("security/reauthenticate/", _to_proof, name="mfa_reauthenticate"),
    path("security/webauthn/reauthenticate/", _to_proof, name="mfa_reauthenticate_webauthn"),
    path("security/", include("allauth.mfa.urls")),
]
