"""The app `wallet`."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "walletapp.wallet"
    verbose_name = "Wallets and ledger"
