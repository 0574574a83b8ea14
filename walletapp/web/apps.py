"""What every page shares: the frame, error pages, security headers, the landing page, template tags."""

from django.apps import AppConfig
from django.core.signals import request_finished

from walletapp import logs
from walletapp.web import voice

voice.speak()  # here and not in ready(): a form takes its sentences when its module is imported


class WebConfig(AppConfig):
    name = "walletapp.web"

    def ready(self) -> None:
        from walletapp.web import checks  # noqa: F401  (registers the system checks)

        request_finished.connect(logs.end_request, dispatch_uid="walletapp.logs")
