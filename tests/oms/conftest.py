"""What the tests of `oms` share: a cache of their own, a wire, and a client at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.oms.wire import Wire
from walletapp.oms.client import OmsClient

KEY = "test-operation-0001-0"


@pytest.fixture(autouse=True)
def _own_settings(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "oms"}}
    settings.OMS_WEBHOOK_PATH_TOKEN = "test-path-token"
    settings.OMS_WEBHOOK_SECRETS = []
    settings.OMS_WEBHOOK_SECRET_FORMAT = "text"
    cache.clear()


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as server:
        yield server


@pytest.fixture
def client(wire: Wire) -> OmsClient:
    """A client at the wire's end (not Django's test client, which these tests call `browser`)."""
    return make_client(wire)


def make_client(wire: Wire, **more: Any) -> OmsClient:
    return OmsClient(wire.base_url, "sk_sdbx_test", "secret", **more)
