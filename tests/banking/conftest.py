"""Alice has early access to every bank rail; bob is verified and has none."""

import pytest

from tests.banking.people import make_insider
from tests.builders import make_customer
from tests.control import Control
from walletapp.accounts.models import User


@pytest.fixture
def insider(sandbox: Control, db: None) -> User:
    return make_insider(sandbox)


@pytest.fixture
def outsider(sandbox: Control, db: None) -> User:
    return make_customer(sandbox, "bob")
