"""The pages of one's account: allauth's, with ours in front where they do more or less than those.

The names are allauth's, because it leads people to them by name.
"""

from allauth.account.views import password_change, password_set
from django.urls import include, path
from django.views.generic import RedirectView

from walletapp.accounts import security_views as views
from walletapp.accounts.access import signed_in

_to_security = signed_in(RedirectView.as_view(pattern_name="mfa_index"))
_to_proof = signed_in(RedirectView.as_view(pattern_name="account_reauthenticate", query_string=True))

urlpatterns = [
    path("reauthenticate/", views.confirm_it_is_you, name="account_reauthenticate"),
    path("password/change/", views.new_password(password_change), name="account_change_password"),
    path("password/set/", views.new_password(password_set), name="account_set_password"),
    path("email/", views.change_email, name="account_email"),
    path("", include("allauth.account.urls")),
    path("security/", views.security, name="mfa_index"),
    path("security/protect/", views.protect, name="account_protect"),
    path("security/protected/", views.protected, name="account_protected"),
    path("freeze/<str:token>/", views.freeze, name="account_freeze"),
    path("security/pause/", views.pause, name="account_pause"),
    path("security/resume/", views.resume, name="account_resume"),
    path("security/devices/", views.devices, name="usersessions_list"),
    path("security/totp/activate/", views.activate_app, name="mfa_activate_totp"),
    path("security/totp/qr.svg", views.app_qr, name="mfa_totp_qr"),
    path("security/webauthn/", _to_security, name="mfa_list_webauthn"),
    path("security/webauthn/add/", views.add_passkey, name="mfa_add_webauthn"),
    path("security/webauthn/keys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("security/webauthn/login/", views.login_by_passkey, name="mfa_login_webauthn"),
    path("security/reauthenticate/", _to_proof, name="mfa_reauthenticate"),
    path("security/webauthn/reauthenticate/", _to_proof, name="mfa_reauthenticate_webauthn"),
    path("security/", include("allauth.mfa.urls")),
]
