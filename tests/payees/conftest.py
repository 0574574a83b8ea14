"""The people of the address book's tests."""

import pytest

from tests.builders import make_customer, make_holder
from tests.control import Control
from walletapp.accounts.models import User


@pytest.fixture
def alice(sandbox: Control, db: None) -> User:
    """Holds 100 USDC."""
    return make_holder(sandbox, "alice", "100")


@pytest.fixture
def bob(sandbox: Control, db: None) -> User:
    """Verified, empty."""
    return make_customer(sandbox, "bob")
