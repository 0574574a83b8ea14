"""Every setting, read from the environment once, with working local defaults.

Nothing else reads os.environ (but the supervisor of the demo, which sets it for its children). The same code runs on
SQLite with an embedded Valkey and on PostgreSQL with Redis; only DATABASE_URL and REDIS_URL differ.
"""

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import schedule
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from walletapp import sqlite
from walletapp.accounts.allauth_settings import *  # noqa: F403 - settings are a flat list of names
from walletapp.accounts.step_up_policy import STEP_UP

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The setting's value; NAME_FILE names a file that holds it (for secrets mounted as files)."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(name, default)


def env_bool(name: str, default: bool) -> bool:
    text = env(name, str(int(default))).lower()
    if text not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0")
    return text in {"1", "true"}


# --- What kind of installation this is --------------------------------------------------------------------------------

DEMO = env_bool("DEMO", False)  # the demo on one machine: mail is shown in the browser, logins are printed
DEBUG = env_bool("DEBUG", DEMO)
DATA_DIR = Path(env("WALLETAPP_DATA", str(BASE_DIR / "var")))
SITE_URL = env("SITE_URL", f"http://localhost:{env('PORT', '8000')}").rstrip("/")
LOCAL = SITE_URL.startswith("http://localhost")
SECURE = SITE_URL.startswith("https://")

_LOCAL_SECRET = "for-local-use-only-and-refused-everywhere-else"  # noqa: S105
SECRET_KEY = env("SECRET_KEY", _LOCAL_SECRET if LOCAL else "")
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",") if host]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SECURE else []

# Staff pages: below a path of their own, with ADMIN_HOST on a host of their own, and only to somebody who has signed in
# a short while ago.
ADMIN_PATH = env("ADMIN_PATH", "admin").strip("/") + "/"
ADMIN_HOST = env("ADMIN_HOST")
STAFF_FRESH_SECONDS = 900
if ADMIN_PATH == "/":
    raise ImproperlyConfigured("ADMIN_PATH must be a path")


def _field_keys() -> dict[str, str]:
    if ring := env("FIELD_KEYS"):
        return dict(json.loads(ring))
    if not LOCAL:
        raise ImproperlyConfigured('FIELD_KEYS must hold a key ring: {"2026a": "<base64 of 32 random bytes>"}')
    return {"local": base64.b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()}


# Ring of master keys. The first key seals, all of them open; each customer has a key of their own, wrapped by one.
FIELD_KEYS = _field_keys()
# Dotted names of functions `rotate(is_check: bool) -> Iterable[keys.rotation.Count]`, for sealed values that stand in
# no sealed field of ours.
SEALED_ELSEWHERE = ["walletapp.accounts.seed_rotation.rotate"]

# --- The product ------------------------------------------------------------------------------------------------------

PRODUCT_NAME = env("PRODUCT_NAME", "Harbor")
THEME_ACCENT = env("THEME_ACCENT", "#0b5d51")
THEME_ACCENT_DARK = env("THEME_ACCENT_DARK", "#5fd0b8")
SUPPORT_EMAIL = env("SUPPORT_EMAIL", "help@localhost")
SECURITY_EMAIL = env("SECURITY_EMAIL", SUPPORT_EMAIL)  # whom security.txt names
TERMS_URL = env("TERMS_URL")  # the operator's legal texts; /terms/ says it in plain words and links to them
PRIVACY_URL = env("PRIVACY_URL")

# --- OMS --------------------------------------------------------------------------------------------------------------

OMS_BASE_URL = env("OMS_BASE_URL", f"http://localhost:{env('SANDBOX_PORT', '8900')}/v0.9").rstrip("/")
OMS_API_KEY = env("OMS_API_KEY", "sk_sdbx_demo" if LOCAL else "")
OMS_API_SECRET = env("OMS_API_SECRET", "demo-secret-not-for-production" if LOCAL else "")
OMS_DEADLINE_SECONDS = float(env("OMS_DEADLINE_SECONDS", "8"))  # whole call; workers are given 20 by celery.py
OMS_WEBHOOK_PATH_TOKEN = env("OMS_WEBHOOK_PATH_TOKEN", "local" if LOCAL else "")
OMS_WEBHOOK_URL = env("OMS_WEBHOOK_URL", f"{SITE_URL}/webhooks/oms/{OMS_WEBHOOK_PATH_TOKEN}/")
OMS_WEBHOOK_SECRETS = [secret for secret in env("OMS_WEBHOOK_SECRETS").split(",") if secret]
OMS_WEBHOOK_SECRET_FORMAT = env("OMS_WEBHOOK_SECRET_FORMAT", "text")  # text | hex
OMS_CASH_FUNDING = env("OMS_CASH_FUNDING", "quote")  # quote | cash_in
EXPLORER_URL = env("EXPLORER_URL", "https://polygonscan.com")
OMS_CASH_PROVIDER = env("OMS_CASH_PROVIDER", "greendot")
# What makes a page say "our payment partner is away": named as text, because `web` may not import `oms`.
AWAY_EXCEPTIONS = ["walletapp.oms.errors.OmsUnavailable", "walletapp.oms.errors.OmsMisconfigured"]
FREEZE_LINK = "walletapp.accounts.pausing.link_for"  # likewise: `notifications` lies below `accounts`
OMS_EVENT_ROUTES = "walletapp.event_routes.EVENT_ROUTES"
SAVED_NAMES = "walletapp.transfers.naming"  # likewise: `wallet` lies below `transfers`, which knows whom a send went to

# Idempotency keys begin with it, so that a copy of a database can never reach another installation's keys.
ENVIRONMENT_NAME = env("ENVIRONMENT_NAME", "local")
if len(ENVIRONMENT_NAME) > 15:  # with the rest of a key it must fit into 64 characters
    raise ImproperlyConfigured("ENVIRONMENT_NAME may have 15 characters at most: every idempotency key begins with it")

QUOTE_MARGIN_SECONDS = 5  # a quote counts as expired this long before OMS says so
QUOTES_A_MINUTE = int(env("QUOTES_A_MINUTE", "20"))  # that one person may ask for
SECOND_FACTOR_REQUIRED = env_bool("SECOND_FACTOR_REQUIRED", True)  # before money can move
# Staff pages open to a passkey alone; in the demo, whose people have none, to any second factor.
STAFF_PASSKEY_REQUIRED = env_bool("STAFF_PASSKEY_REQUIRED", not DEMO)
# What is confirmed each time, for exactly what its page shows: the table is accounts/step_up_policy.py.
STEP_UP_SECONDS = 300
STEP_UP = {**STEP_UP, "send_above_minor": int(env("STEP_UP_ABOVE", "50")) * 1_000_000}
CASH_UNPAID_HOURS = 24
ERASE_AFTER_DAYS = int(env("ERASE_AFTER_DAYS", "1826"))  # how long the law has us keep a closed account
# Bank accounts: how long a new one waits before more than the small amount may go out to it, and who opens them.
NEW_BANK_ACCOUNT_HOURS = int(env("NEW_BANK_ACCOUNT_HOURS", "24"))
NEW_BANK_ACCOUNT_MOST_MINOR = int(env("NEW_BANK_ACCOUNT_MOST", "500")) * 100
OMS_BANK_ACCOUNTS = env("OMS_BANK_ACCOUNTS", "api")  # api | hand
# Whom money may not go to, and how long what would make it easier to take somebody's money waits first.
SANCTIONS_SAMPLE = str(BASE_DIR / "walletapp/chain/sanctioned-sample.txt")
SANCTIONS_LIST = env("SANCTIONS_LIST", SANCTIONS_SAMPLE)
NEW_PAYEE_HOURS = int(env("NEW_PAYEE_HOURS", "24"))
ONLY_SAVED_OFF_HOURS = int(env("ONLY_SAVED_OFF_HOURS", "24"))
RAISE_LIMIT_HOURS = int(env("RAISE_LIMIT_HOURS", "24"))
# An order that may have reached OMS counts as never run only this long after its quote ran out.
OMS_ABSENCE_SECONDS = int(env("OMS_ABSENCE_SECONDS", "600"))

# --- Django -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "walletapp.staff.apps.WalletAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "waffle",
    "phonenumber_field",
    "django_countries",
    "walletapp.keys",
    "walletapp.audit",
    "walletapp.web",
    "walletapp.notifications",
    "walletapp.chain",
    "walletapp.oms",
    "walletapp.accounts",
    "walletapp.wallet",
    "walletapp.banking",
    "walletapp.payees",
    "walletapp.transfers",
    "walletapp.privacy",
    "walletapp.staff",
    *(["walletapp.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "walletapp.web.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "walletapp.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # below the headers, so that files have them too
    "walletapp.web.middleware.PlainRequests",
    "walletapp.accounts.even_time.EvenTime",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "walletapp.web.middleware.OwnPagesOnly",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "walletapp.web.watching.Watch",
    "walletapp.staff.door.StaffDoor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "walletapp.web.middleware.HtmxRedirect",
    "walletapp.web.middleware.ReadOnly",
    "walletapp.accounts.code_tries.CodeTries",
    "walletapp.accounts.session_limits.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    "walletapp.web.middleware.PlainErrors",
]

ROOT_URLCONF = "walletapp.urls"
WSGI_APPLICATION = "walletapp.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "walletapp.web.context.product",
            ],
        },
    },
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        env("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"), conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # SQLite makes its file but not its folder
    DATABASES["default"] |= sqlite.SETTINGS
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # a file: locks behave as in production
else:
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=15s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One Redis (or Valkey) serves as shared cache and as Celery's bell. Limits and once-only marks live in it, so a cache
# of one process each would be a hole: there is no such fallback.
REDIS_URL = env("REDIS_URL", f"unix://{DATA_DIR / 'valkey.sock'}?db=0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILE_UPLOAD_HANDLERS = ["walletapp.web.uploads.NoUploads"]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LANGUAGES = [("en", "English")]
# The list behind it writes these two in ways that people do not look for.
COUNTRIES_OVERRIDE = {"BS": "The Bahamas", "NR": "Nauru"}

# --- Sign-in ----------------------------------------------------------------------------------------------------------

MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL and not SECURE  # http://localhost; elsewhere the origin is checked
# How long a code of an authenticator app is shown. Other lengths than 30 s are for tests, which do not want to wait for
# the next one: each code stays good for half a minute all the same, and none is taken twice.
MFA_TOTP_PERIOD = int(env("TOTP_SECONDS", "30"))
if MFA_TOTP_PERIOD != 30 and not LOCAL:
    raise ImproperlyConfigured("TOTP_SECONDS is for tests on this machine: elsewhere a code lasts 30 seconds")
MFA_TOTP_TOLERANCE = 30 // MFA_TOTP_PERIOD - 1
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "0"))

EVEN_ANSWER_SECONDS = 0.4  # longer than hashing a password and writing to the database together

SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = int(env("SESSION_IDLE_MINUTES", "15")) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "walletapp.web.passing_words.HostCookie"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
if SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
DEVICE_COOKIE_NAME = "__Host-device" if SECURE else "device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE and ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "report-uri": "/policy-report/",
}

# --- Mail -------------------------------------------------------------------------------------------------------------

_SMTP = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": env("EMAIL_HOST", "localhost"),
        "port": int(env("EMAIL_PORT", "25")),
        "username": env("EMAIL_HOST_USER"),
        "password": env("EMAIL_HOST_PASSWORD"),
        "use_tls": env_bool("EMAIL_USE_TLS", False),
        "timeout": 10,
    },
}
MAILERS = {"default": {"BACKEND": "walletapp.demo.mailbox.Mailbox"} if DEMO else _SMTP}
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", f"{PRODUCT_NAME} <wallet@localhost>")

# --- Tasks: the database is the queue, Celery is the bell -------------------------------------------------------------

CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False  # a bell: the web request must not wait for a broker that is away
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 60
# Lower is sooner (0, 3, 6, 9). When there is more than the workers can bear, what finds the work comes first, then
# money, then balances and mail; otherwise the sweeps run out in the queue behind what they have rung for themselves.
SWEEPS_FIRST, MONEY_NEXT = 0, 3
CELERY_TASK_DEFAULT_PRIORITY = MONEY_NEXT
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": f"walletapp.{name}",
        "schedule": schedule(seconds),
        "options": {"expires": seconds, "priority": SWEEPS_FIRST},
    }
    for name, seconds in {
        "oms.tasks.sweep_events": 5,
        "accounts.tasks.sweep_onboarding": 5,
        "wallet.tasks.sweep_wallets": 5,
        "banking.tasks.sweep_bank_accounts": 5,
        "banking.tasks.tell_whose_access_opened": 600,
        "transfers.tasks.sweep_transfers": 5,
        "transfers.tasks.tidy_transfers": 60,
        "transfers.tasks.keep_mark": 5,
        "notifications.tasks.sweep_notices": 5,
        "wallet.tasks.refresh_balances": 60,
        "transfers.tasks.reconcile": 3600,
        "transfers.tasks.reconcile_week": 86_400,
        "privacy.tasks.apply_retention": 86_400,
    }.items()
}

# --- Flags ------------------------------------------------------------------------------------------------------------

WAFFLE_FLAG_MODEL = "accounts.Flag"
WAFFLE_MAX_AGE = 0

PHONENUMBER_DEFAULT_REGION = "US"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "walletapp.logs.PlainLines"}, "json": {"()": "walletapp.logs.JSONLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": env("LOG_FORMAT", "plain")}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
}

if os.environ.get("WALLETAPP_FAULTPOINTS") and not (DEBUG or LOCAL):
    raise ImproperlyConfigured("WALLETAPP_FAULTPOINTS kills processes on purpose and is refused here")
