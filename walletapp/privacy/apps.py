"""The app `privacy`."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "walletapp.privacy"
