"""Cash at a counter: codes, stores, cash-ins, pick-ups (api-reference/cashins/*, contract section 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from walletapp.money import Currency, Money
from walletapp.oms.schemas import reading
from walletapp.oms.schemas.shared import CashReference, Rates, Side


@dataclass(frozen=True, slots=True)
class CashInstructions:
    """What the customer shows at the counter. The barcode stands on one page only; without it the code is it (C21)."""

    code: str
    expires_at: datetime | None
    location_name: str
    location_address: str
    barcode: str

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(
            code=reading.word(json, "code", "barcode"),
            expires_at=reading.optional_when(json, "expiresAt"),
            location_name=reading.text(json, "locationName"),
            location_address=reading.text(json, "locationAddress"),
            barcode=reading.text(json, "barcode"),
        )


@dataclass(frozen=True, slots=True)
class FeeEntry:
    """One line of a fee schedule: a percentage `rate` or a fixed `amount`."""

    type: str
    rate: Decimal | None
    amount: Money | None


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """How OMS will price the cash really paid."""

    currency: str
    entries: tuple[FeeEntry, ...]

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        asset = reading.text(json, "feeCurrency").lower() or Currency.USD.asset
        unit = reading.currency(asset, "feeCurrency")
        entries = (
            FeeEntry(
                type=reading.word(entry, "type"),
                rate=reading.optional_rate(entry, "rate"),
                amount=reading.optional_money(entry, "amount", unit),
            )
            for entry in reading.objects(json, "entries")
        )
        return cls(currency=asset, entries=tuple(entries))


@dataclass(frozen=True, slots=True)
class CashIn:
    """A reserved cash deposit. Amounts are estimates until cash is taken."""

    id: str
    customer_id: str
    type: str
    status: str
    sub_status: str
    cash: CashReference
    location_name: str
    location_address: str
    source: Side
    destination: Side
    instructions: CashInstructions | None
    fee_schedule: FeeSchedule | None
    rates: Rates
    transaction_id: str
    metadata: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    completed_at: datetime | None
    raw: Mapping[str, Any]

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "cashIn")
        location = reading.optional_mapping(json, "location") or {}
        schedule = reading.optional_mapping(json, "omsFeeSchedule")
        return cls(
            id=reading.identifier(json, "id"),
            customer_id=reading.optional_identifier(json, "customerId"),
            type=reading.text(json, "type"),
            status=reading.word(json, "status"),
            sub_status=reading.text(json, "subStatus"),
            cash=CashReference.from_json(reading.optional_mapping(json, "cash") or {}),
            location_name=reading.text(location, "name"),
            location_address=reading.text(location, "address"),
            source=Side.from_json({"asset": "usd", "network": "cash", **reading.mapping(json.get("source"), "source")}),
            destination=Side.from_json(reading.mapping(json.get("destination"), "destination")),
            instructions=cash_instructions(json),
            fee_schedule=FeeSchedule.from_json(schedule) if schedule else None,
            rates=Rates.from_json(reading.optional_mapping(json, "rates") or {}),
            transaction_id=reading.optional_identifier(json, "transactionId", "transaction"),
            metadata=reading.optional_mapping(json, "metadata") or {},
            created_at=reading.optional_when(json, "createdAt"),
            updated_at=reading.optional_when(json, "updatedAt"),
            completed_at=reading.optional_when(json, "completedAt"),
            raw=json,
        )


def cash_instructions(json: Mapping[str, Any]) -> CashInstructions | None:
    """`depositInstructions`, if they are about cash. Without a code there is nothing to show at a counter: None."""
    found = reading.optional_mapping(json, "depositInstructions") or {}
    return CashInstructions.from_json(found) if reading.first(found, "code", "barcode") else None


@dataclass(frozen=True, slots=True)
class CashLocation:
    """A store near a point. Only id, reference and distance are documented; the rest is modelled on the pick-up."""

    id: str
    reference: str
    provider: str
    name: str
    address: str
    city: str
    state: str
    zip_code: str
    country: str
    latitude: Decimal | None
    longitude: Decimal | None
    distance: Decimal | None
    hours: str

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        point = reading.optional_mapping(json, "coordinates") or json
        return cls(
            id=reading.identifier(json, "id", "locationId", "cashLocationId"),
            reference=reading.text(json, "locationReference", "cashLocationReference", "reference"),
            provider=reading.text(json, "provider"),
            name=reading.text(json, "name"),
            address=reading.text(json, "address"),
            city=reading.text(json, "city"),
            state=reading.text(json, "state"),
            zip_code=reading.text(json, "zipCode", "postalCode"),
            country=reading.text(json, "country"),
            latitude=reading.number(point, "latitude"),
            longitude=reading.number(point, "longitude"),
            distance=reading.number(json, "distance"),
            hours=_hours(reading.first(json, "hours", "openingHours")),
        )


def _hours(value: Any) -> str:
    """Opening hours for display: text as it came, or the lines of a table. No page documents their shape."""
    if isinstance(value, str):
        return value
    lines = [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
    return ", ".join(
        f"{entry['days']} {entry['opens']}-{entry['closes']}"
        for entry in lines
        if all(isinstance(entry.get(name), str) for name in ("days", "opens", "closes"))
    )


@dataclass(frozen=True, slots=True)
class CashPickup:
    """How to collect a cash pay-out (planned at OMS; read so that an answer with it is never refused)."""

    code: str
    expires_at: datetime | None
    instructions: str

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(
            code=reading.text(json, "cashCode"),
            expires_at=reading.optional_when(json, "expiresAt"),
            instructions=reading.text(json, "instructions"),
        )


@dataclass(frozen=True, slots=True)
class CounterAnswer:
    """What the simulated counter says (api-reference/sandbox/*)."""

    confirmation_id: str
    response_code: str
    response_text: str
    authorized: Money

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.mapping(json, "counter")
        return cls(
            confirmation_id=reading.word(json, "confirmationId"),
            response_code=reading.word(json, "responseCode"),
            response_text=reading.text(json, "responseText"),
            authorized=reading.money(json, "authorizedAmount", Currency.USD),
        )
