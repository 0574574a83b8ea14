"""The people of the bank tests, and the flags they have."""

from typing import Any

from tests.builders import make_customer
from tests.control import Control
from walletapp import features
from walletapp.accounts.models import Flag, User
from walletapp.banking import accounts, opening
from walletapp.banking.models import ExternalAccount, VirtualAccount

GOOD = {
    "owner_name": "Alice Example",
    "bank_name": "Wells Fargo Bank",
    "routing_number": "121042882",
    "account_number": "000123456789",
    "account_type": "checking",
}
EVERYTHING = tuple(features.FLAGS)


def let_in(user: User, *flags: str) -> User:
    """Early access by flag per user, to everything unless named."""
    for name in flags or EVERYTHING:
        Flag.objects.get_or_create(name=name)[0].users.add(user)
    return user


def make_insider(sandbox: Control, name: str = "alice") -> User:
    """A verified person with an empty wallet and access to every bank rail."""
    return let_in(make_customer(sandbox, name))


def opened(user: User) -> VirtualAccount:
    """Their virtual account, opened by a worker."""
    account = opening.ask_for_account(user)
    opening.provision(str(account.pk))
    account.refresh_from_db()
    return account


def added(user: User, **changes: Any) -> ExternalAccount:
    """Their bank account, registered by a worker."""
    account = accounts.add(user, **{**GOOD, **changes})
    accounts.provision(str(account.pk))
    account.refresh_from_db()
    return account
