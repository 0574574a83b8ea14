"""Having exactly one webhook of ours at OMS, whose secret we hold (C7).

Safe to repeat at any moment, also after a crash or a lost answer: the row and its key exist before OMS is asked, and
the same key gives the same answer, secret included, for as long as OMS keeps keys.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from walletapp.oms import bodies
from walletapp.oms.client import OmsClient
from walletapp.oms.models import WebhookEndpoint
from walletapp.oms.schemas import Webhook, walk

KEY_LIFE = timedelta(hours=20)  # OMS is assumed to keep keys for 24 h


@dataclass(frozen=True, slots=True)
class Registration:
    """What was found or done."""

    webhook_id: str
    created: bool
    resumed: bool
    switched_off: tuple[str, ...]


def register(client: OmsClient, url: str) -> Registration:
    """Make sure that OMS delivers to `url` and that we can verify what it sends. Raises an OmsError."""
    found = {hook.id: hook for hook in walk(lambda cursor: client.list_webhooks(starting_after=cursor))}
    at_url = [hook for hook in found.values() if hook.url == url and not hook.compliance_only]
    WebhookEndpoint.objects.filter(active=True).exclude(oms_id__in=found).update(active=False)
    held = set(WebhookEndpoint.objects.filter(active=True, url=url).values_list("oms_id", flat=True))
    ours = next((hook for hook in at_url if hook.id in held), None)
    if ours is None and settings.OMS_WEBHOOK_SECRETS:
        ours = next((hook for hook in at_url if hook.enabled), None)  # the operator holds its secret
    created = ours is None
    if ours is None:
        ours = _create(client, url)
    resumed = not ours.enabled
    if resumed:
        client.update_webhook(ours.id, bodies.webhook_update_body(enabled=True))
    stale = tuple(hook.id for hook in at_url if hook.id != ours.id and hook.enabled)
    for webhook_id in stale:
        # Nobody can verify its deliveries; left on, it would be refused for ever.
        client.update_webhook(webhook_id, bodies.webhook_update_body(enabled=False))
    return Registration(ours.id, created, resumed, stale)


def _create(client: OmsClient, url: str) -> Webhook:
    row = WebhookEndpoint.objects.filter(
        oms_id__isnull=True, url=url, created_at__gt=timezone.now() - KEY_LIFE
    ).first() or WebhookEndpoint.objects.create(url=url)
    hook = client.create_webhook(bodies.webhook_body(url), key=f"{settings.ENVIRONMENT_NAME}-webhook-{row.pk}-0")
    row.oms_id, row.secret, row.active = hook.id, hook.secret, bool(hook.secret)
    row.save()
    return hook
