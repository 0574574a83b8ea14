"""The ground of the rows with real processes: one for all of them, calmed by each row before it begins."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.ground import Ground, grounded


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with grounded(tmp_path_factory.mktemp("ground")) as ground:
        yield ground


@pytest.fixture(autouse=True)
def _as_many_prices_as_wanted(settings: Any) -> None:
    """Programs press quicker than people."""
    settings.QUOTES_A_MINUTE = 10**6
