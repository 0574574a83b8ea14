"""What workers do for wallets. Every task is safe to repeat; the rows in the database are the queue."""

from celery import shared_task

from walletapp.later import ring
from walletapp.wallet import balance, provisioning
from walletapp.wallet.models import Wallet

SWEEP = 100  # rows of one sweep; the next one is seconds away


@shared_task
def provision(wallet_id: str) -> None:
    provisioning.provision(wallet_id)


@shared_task
def sweep_wallets() -> None:
    """Find what no bell was heard for: wallets to be opened or asked about, and customers who should
    have one."""
    for customer in provisioning.customers_without_wallet()[:SWEEP]:
        provisioning.open_wallet(customer.pk)
    for wallet in Wallet.due()[:SWEEP]:
        ring(provision, wallet.pk)


@shared_task(priority=6)
def refresh_balance(wallet_id: str) -> None:
    balance.refresh(wallet_id)


@shared_task
def refresh_balances() -> None:
    """One small task each: a slow OMS delays one balance, not all of them."""
    for wallet in balance.worth_refreshing():
        ring(refresh_balance, wallet.pk)
