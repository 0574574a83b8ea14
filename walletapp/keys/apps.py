"""The app `keys`."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "walletapp.keys"
