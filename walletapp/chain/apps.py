"""The app `chain`."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    name = "walletapp.chain"
