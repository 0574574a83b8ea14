"""The people of the transfer tests."""

import pytest

from tests.builders import make_customer, make_holder
from tests.control import Control
from tests.transfers.bank_steps import make_account, open_payouts
from walletapp.accounts.models import User
from walletapp.banking.models import ExternalAccount


@pytest.fixture
def alice(sandbox: Control, db: None) -> User:
    """Holds 100 USDC."""
    return make_holder(sandbox, "alice", "100")


@pytest.fixture
def bob(sandbox: Control, db: None) -> User:
    """Verified, empty."""
    return make_customer(sandbox, "bob")


@pytest.fixture
def account(alice: User) -> ExternalAccount:
    """Alice's bank account; both rails are open for her."""
    open_payouts(alice)
    return make_account(alice)
