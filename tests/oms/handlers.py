"""Handlers for tests, named by OMS_EVENT_ROUTES: they note what they were told, or fail as a test wants."""

from collections.abc import Mapping
from typing import Any

from walletapp.oms.errors import OmsUnavailable
from walletapp.oms.inbox import NotYet

seen: list[tuple[str, str]] = []
failing: list[Exception] = []


def note(kind: str) -> Any:
    def handler(resource_id: str, data: Mapping[str, Any]) -> None:
        if failing:
            raise failing[0]
        seen.append((kind, resource_id))

    return handler


KINDS = (
    "customer",
    "wallet",
    "transaction",
    "cashIn",
    "virtualAccount",
    "externalAccount",
    "depositAddress",
    "quote",
    "webhook",
    "counterparty",
)
ROUTES = {kind: [note(kind)] for kind in KINDS}
FAILURES = {"not yet": NotYet("unknown here"), "away": OmsUnavailable("away"), "broken": RuntimeError("broken")}
