"""What the tests about people share."""

import pytest

from walletapp.oms import client


@pytest.fixture(autouse=True)
def _new_client() -> None:
    """No token of an emptied sandbox and no open breaker: a fault counted in a test is that test's."""
    client._clients.clear()
