"""The app `transfers`."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "walletapp.transfers"
