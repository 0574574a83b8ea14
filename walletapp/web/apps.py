"""What every page shares: the frame, error pages, security headers, the landing page, template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "walletapp.web"

    def ready(self) -> None:
        from walletapp.web import checks  # noqa: F401  (registers the system checks)
