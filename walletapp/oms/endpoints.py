"""The secrets that deliveries may be signed with: from settings, and from the webhooks we registered ourselves."""

import hashlib
from dataclasses import dataclass

from django.conf import settings

from walletapp.oms.models import WebhookEndpoint


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """One secret. `name` says which without giving it away."""

    endpoint: str
    name: str
    value: str


def active_secrets() -> list[Secret]:
    """All of them; several are active while one replaces another."""
    given = [
        Secret("settings", "settings:" + hashlib.sha256(value.encode()).hexdigest()[:12], value)
        for value in settings.OMS_WEBHOOK_SECRETS
    ]
    registered = [
        Secret(endpoint.oms_id or "", endpoint.oms_id or "", endpoint.secret)
        for endpoint in WebhookEndpoint.objects.filter(active=True)
    ]
    return given + registered
