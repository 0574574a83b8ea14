"""Calling once to read and once to change, and looking at what came of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.oms.conftest import KEY
from tests.oms.wire import Wire
from walletapp.oms.client import OmsClient
from walletapp.oms.errors import OmsError, OmsOutcomeUnknown, OmsUnavailable

CUSTOMER = {"id": "cst_1", "object": "customer", "status": "active"}
BODY = b'{"externalId":"u1","type":"individual"}'


def read(client: OmsClient) -> Any:
    return client.get_customer("cst_1")


def change(client: OmsClient) -> Any:
    return client.create_customer(BODY, key=KEY)


def both(wire: Wire, script: Any) -> None:
    wire.on("GET /customers/cst_1", script)
    wire.on("POST /customers", script)


def outcome(call: Callable[[], Any]) -> OmsError:
    with pytest.raises(OmsError) as caught:
        call()
    return caught.value


def unknown_unless_read(client: OmsClient) -> None:
    assert type(outcome(lambda: read(client))) is OmsUnavailable
    assert type(outcome(lambda: change(client))) is OmsOutcomeUnknown
