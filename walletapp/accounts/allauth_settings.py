"""How people sign in: what is the same in every installation. walletapp/settings.py takes all of it over.

Nothing is read from the environment here, and nothing of ours is imported: Django is not set up yet.
"""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "walletapp.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "walletapp.accounts.passwords.UnlikeTheEmail"},
    {"NAME": "walletapp.accounts.passwords.Uncommon"},
    {"NAME": "walletapp.accounts.passwords.NotOfOurWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wallet:dashboard"
ACCOUNT_ADAPTER = "walletapp.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "walletapp.accounts.voice.LoginForm",
    "signup": "walletapp.accounts.voice.SignupForm",
    "add_email": "walletapp.accounts.voice.AddEmailForm",
    "change_email": "walletapp.accounts.voice.ChangeEmailForm",
    "reset_password": "walletapp.accounts.voice.ResetPasswordForm",
    "change_password": "walletapp.accounts.voice.ChangePasswordForm",
    "set_password": "walletapp.accounts.voice.SetPasswordForm",
    "reset_password_from_key": "walletapp.accounts.voice.ResetPasswordKeyForm",
}
MFA_ADAPTER = "walletapp.accounts.factors.FactorAdapter"
MFA_FORMS = {
    "authenticate": "walletapp.accounts.factor_forms.AppCodeForm",
    "activate_totp": "walletapp.accounts.factor_forms.ActivateTOTPForm",
    "add_webauthn": "walletapp.accounts.factor_forms.AddPasskeyForm",
    "edit_webauthn": "walletapp.accounts.factor_forms.RenamePasskeyForm",
    "signup_webauthn": "walletapp.accounts.factor_forms.SignupPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey alone is two factors only when it asked who holds it
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Besides allauth's own limits. Each mail to an address brings three tries at its code.
ACCOUNT_RATE_LIMITS = {"confirm_email": "1/10s/key,5/m/key"}
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
REAUTHENTICATION_SECONDS = ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

# How long nothing leaves the wallet after somebody came in by the way for the lost, and how long the link in a security
# mail pauses everything with one press.
HOLD_HOURS = {"recovery_code": 24, "password_reset": 24, "factor_reset": 72}
FREEZE_LINK_DAYS = 30

# What is kept of a form that was sent after the sign-in had ended, by the page's address.
KEPT_DRAFTS = {"/send/": ("to", "amount", "side"), "/withdraw/": ("account", "rail", "amount", "side")}
