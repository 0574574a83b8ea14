"""Everything here walks in Chromium."""

import pytest

from tests.browser.fixtures import (  # noqa: F401 - fixtures are found by their names
    bob,
    cash_in_stage,
    customers,
    has_script,
    quote_stage,
    rich,
    room,
    stage,
    walker,
    walkers,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))
