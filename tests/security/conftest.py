"""What the sweeps share: the people, with real calls to the sandbox."""

from typing import Any

import pytest

from tests.control import Control
from tests.oms.deliveries import SECRET
from tests.security.cast import Cast, gather


@pytest.fixture
def cast(sandbox: Control, db: None) -> Cast:
    return gather(sandbox)


@pytest.fixture(autouse=True)
def _webhook(settings: Any) -> None:
    settings.OMS_WEBHOOK_PATH_TOKEN, settings.OMS_WEBHOOK_SECRETS = "test-path-token", [SECRET]
