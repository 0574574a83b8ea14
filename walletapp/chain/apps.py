"""The app `chain`."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    name = "walletapp.chain"

    def ready(self) -> None:
        from walletapp.chain import checks  # noqa: F401  registers the checks
