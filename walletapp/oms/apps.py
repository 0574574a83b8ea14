"""The app `oms`: everything that knows OMS's wire format."""

from django.apps import AppConfig


class OmsConfig(AppConfig):
    name = "walletapp.oms"
    verbose_name = "OMS"

    def ready(self) -> None:
        from walletapp.oms import checks  # noqa: F401  registers the checks
