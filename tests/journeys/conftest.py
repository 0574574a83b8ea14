"""Walks over plain HTTP against the demo's own supervisor: no browser, every process."""

import pytest

from tests.browser.fixtures import cash_in_stage, quote_stage  # noqa: F401 - fixtures are found by their names


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys/" in str(item.path):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(400))
