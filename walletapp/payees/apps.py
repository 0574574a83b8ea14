"""The app `payees`."""

from django.apps import AppConfig


class PayeesConfig(AppConfig):
    name = "walletapp.payees"
