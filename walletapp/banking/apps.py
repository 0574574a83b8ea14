"""The app `banking`."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "walletapp.banking"
    verbose_name = "Bank transfers"
