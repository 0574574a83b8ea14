"""What workers do with bank accounts. Every task is safe to repeat; the rows in the database are the queue."""

from celery import shared_task

from walletapp.banking.models import ExternalAccount, InterestEntry, VirtualAccount
from walletapp.later import ring

BATCH = 100


@shared_task
def provision_virtual(account_id: str) -> None:
    from walletapp.banking import opening  # it rings for this task

    opening.provision(account_id)


@shared_task
def provision_external(account_id: str) -> None:
    from walletapp.banking import accounts  # it rings for this task

    accounts.provision(account_id)


@shared_task
def sweep_bank_accounts() -> None:
    """Ring for every account that is due, whoever forgot it."""
    for pk in VirtualAccount.due().values_list("pk", flat=True)[:BATCH]:
        ring(provision_virtual, pk)
    for pk in ExternalAccount.due().values_list("pk", flat=True)[:BATCH]:
        ring(provision_external, pk)


@shared_task
def tell_whose_access_opened() -> None:
    """Write to everybody on the list for whom bank transfers have opened."""
    from walletapp.banking import interest

    for pk in InterestEntry.objects.standing().values_list("pk", flat=True):
        interest.tell_what_opened(pk)
