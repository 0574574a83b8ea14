"""The app `audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "walletapp.audit"

    def ready(self) -> None:
        from walletapp.audit import checks  # noqa: F401 - registers itself
