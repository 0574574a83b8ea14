"""A priced, expiring offer (api-reference/quote/*, contract section 6). Its arithmetic is checked in quote_check.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from walletapp.oms.schemas import reading
from walletapp.oms.schemas.shared import Rates, Side


@dataclass(frozen=True, slots=True)
class Quote:
    """`open`, then `accepted` by a transaction or `expired` by time; both ends are final."""

    id: str
    type: str
    status: str
    customer_id: str
    source: Side
    destination: Side
    rates: Rates
    fixed_side: str
    """`source`, `destination`, or "" when OMS does not say (C13)."""
    sponsor_gas_cost: str
    created_at: datetime | None
    expires_at: datetime
    raw: Mapping[str, Any]

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "quote")
        return cls(
            id=reading.identifier(json, "id"),
            type=reading.text(json, "type"),
            status=reading.word(json, "status"),
            customer_id=reading.optional_identifier(json, "customerId"),
            source=Side.from_json(reading.mapping(json.get("source"), "source")),
            destination=Side.from_json(reading.mapping(json.get("destination"), "destination")),
            rates=Rates.from_json(reading.optional_mapping(json, "rates") or {}),
            fixed_side=reading.text(json, "fixedAmountSide"),
            sponsor_gas_cost=reading.text(json, "sponsorGasCost"),
            created_at=reading.optional_when(json, "createdAt"),
            expires_at=reading.when(json, "expiresAt"),
            raw=json,
        )
