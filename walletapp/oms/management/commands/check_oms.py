"""Ask OMS something harmless with the configured credentials and say what works."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from walletapp.oms.client import get_client
from walletapp.oms.clock import clock_skew_seconds
from walletapp.oms.errors import OmsError


class Command(BaseCommand):
    help = "Says whether OMS can be reached, takes our key, and knows our webhook."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"OMS at {settings.OMS_BASE_URL}")
        try:
            client = get_client()
            self._try("token and list of customers", lambda: client.list_customers(limit=1))
            self._try("list of transactions", lambda: client.list_transactions(limit=1))
            hooks = self._try("list of webhooks", client.list_webhooks)
        except OmsError as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error
        ours = [hook for hook in hooks.items if hook.url == settings.OMS_WEBHOOK_URL and hook.enabled]
        self.stdout.write(f"our webhook: {ours[0].id}" if ours else "our webhook: none; run register_webhook")
        self.stdout.write(f"difference of clocks: {clock_skew_seconds():.0f} s")

    def _try[T](self, what: str, call: Callable[[], T]) -> T:
        self.stdout.write(f"{what}: ", ending="")
        try:
            result = call()
        except OmsError:
            self.stdout.write("no")
            raise
        self.stdout.write("yes")
        return result
