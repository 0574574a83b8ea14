"""Everything here walks in Chromium."""

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

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

# Where tests share what takes long to start, one process takes the whole file. The marks that xdist has for this do
# nothing since pytest 9.2 (https://github.com/pytest-dev/pytest-xdist/issues/1386).
_SHARING = ("tests/browser/test_cash_in_mode.py", "tests/web/test_in_chromium.py")


class _Sharing(LoadGroupScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return next((file for file in _SHARING if nodeid.startswith(file)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Sharing | None:
    return _Sharing(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))
