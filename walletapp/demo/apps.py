"""The demo app: installed only with DEMO=1, and refused wherever real money could be."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class DemoConfig(AppConfig):
    """Mail that anybody may read and passwords that are printed: never beside a public address."""

    name = "walletapp.demo"
    verbose_name = "Demo"

    def ready(self) -> None:
        if not settings.LOCAL or settings.SECURE:
            raise ImproperlyConfigured(
                f"DEMO=1 shows everybody's mail and has printed passwords, so SITE_URL must be http://localhost, "
                f"not {settings.SITE_URL}"
            )
