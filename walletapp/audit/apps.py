"""The app `audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "walletapp.audit"
