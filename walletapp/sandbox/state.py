"""What the running sandbox holds in memory. Everything that must survive is in the store, not here."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from walletapp.sandbox.store import Store

if TYPE_CHECKING:
    from walletapp.sandbox.delivery import DeliveryWorker


@dataclass
class Sandbox:
    store: Store
    api_key: str
    api_secret: str
    delivery: "DeliveryWorker"
    in_flight: set[str] = field(default_factory=set)
    """Idempotency keys whose first request has not been answered yet."""
    keys_seen: set[str] = field(default_factory=set)
    """Every idempotency key that came since the start, for rules about retries."""
