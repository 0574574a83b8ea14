"""System checks: what of OMS's settings is missing or unsafe, said before the first customer finds out."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from walletapp.oms.errors import OmsMisconfigured
from walletapp.oms.transport import LOOPBACK, Transport

_PLACEHOLDERS = ("change-me", "changeme", "example", "placeholder", "demo-secret-not-for-production", "sk_sdbx_demo")


@register()
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Anything without which no call to OMS can work."""
    needed = ("OMS_BASE_URL", "OMS_API_KEY", "OMS_API_SECRET", "OMS_WEBHOOK_PATH_TOKEN")
    found: list[CheckMessage] = [
        Error(f"{name} is not set.", id="oms.E001") for name in needed if not getattr(settings, name)
    ]
    if settings.OMS_BASE_URL:
        try:
            Transport(settings.OMS_BASE_URL, allow_http=settings.DEBUG)
        except OmsMisconfigured as error:
            found.append(Error(error.message, id="oms.E002"))
    for name, allowed in (("OMS_CASH_FUNDING", ("quote", "cash_in")), ("OMS_WEBHOOK_SECRET_FORMAT", ("text", "hex"))):
        if getattr(settings, name) not in allowed:
            found.append(Error(f"{name} must be one of {', '.join(allowed)}.", id="oms.E003"))
    return found


@register(Tags.security, deploy=True)
def check_deployment(**kwargs: Any) -> list[CheckMessage]:
    """Anything that works here and is wrong in production (`manage.py check --deploy`)."""
    away = urlsplit(settings.OMS_BASE_URL).hostname not in LOOPBACK
    complain = Error if away else checks.Warning
    found: list[CheckMessage] = [
        complain(f"{name} is a placeholder.", id="oms.E004")
        for name in ("OMS_API_KEY", "OMS_API_SECRET")
        if any(word in getattr(settings, name).lower() for word in _PLACEHOLDERS)
    ]
    if not settings.OMS_WEBHOOK_URL.startswith("https://"):
        found.append(checks.Warning("OMS delivers only to https URLs; OMS_WEBHOOK_URL is not one.", id="oms.W001"))
    if len(settings.OMS_WEBHOOK_PATH_TOKEN) < 16:
        found.append(checks.Warning("OMS_WEBHOOK_PATH_TOKEN should be 16 random characters or more.", id="oms.W002"))
    if "locmem" in settings.CACHES["default"]["BACKEND"].lower() or "dummy" in settings.CACHES["default"]["BACKEND"]:
        found.append(Error("The cache must be shared by all processes: set REDIS_URL.", id="oms.E005"))
    return found


@register(Tags.security, deploy=True)
def check_webhook(**kwargs: Any) -> list[CheckMessage]:
    """Whether any delivery could be verified at all."""
    from walletapp.oms.models import WebhookEndpoint

    try:
        if settings.OMS_WEBHOOK_SECRETS or WebhookEndpoint.objects.filter(active=True).exists():
            return []
    except DatabaseError:
        return []  # before the first migration, or without a database: others say so
    return [
        checks.Warning("No webhook secret: run `manage.py register_webhook` or set OMS_WEBHOOK_SECRETS.", id="oms.W003")
    ]
