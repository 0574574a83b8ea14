"""Stores that take cash: an invented but real-looking set, read once from data/locations.json."""

import base64
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from walletapp.sandbox.bodies import CashReference
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError, invalid
from walletapp.sandbox.wire import answer

router = APIRouter(route_class=OmsRoute)
DATA = Path(__file__).with_name("data") / "locations.json"
PROVIDER = "greendot"
EARTH_RADIUS_MILES = 3958.8
WEEKDAYS, WEEKEND = "Mon-Fri", "Sat-Sun"


@dataclass(frozen=True)
class Location:
    number: int
    chain: str
    address: str
    city: str
    state: str
    zip_code: str
    latitude: float
    longitude: float
    hours: tuple[tuple[str, str], ...]
    """Opening and closing time: on weekdays, at the weekend."""

    @property
    def id(self) -> str:
        return f"loc_{self.number:026d}"

    @property
    def reference(self) -> str:
        text = f"GREENDOT-{self.number}:lat={self.latitude},lng={self.longitude}"
        return base64.b64encode(text.encode()).decode()

    @property
    def cash(self) -> dict[str, str]:
        """How quotes, transactions and cash-ins name this store."""
        return {"locationId": self.id, "locationReference": self.reference}

    @property
    def name(self) -> str:
        return f"{self.chain} #{self.number}"

    @property
    def full_address(self) -> str:
        return f"{self.address}, {self.city}, {self.state} {self.zip_code}"

    def miles_from(self, latitude: float, longitude: float) -> float:
        """Great-circle distance, cut to hundredths of a mile."""
        here, there = math.radians(latitude), math.radians(self.latitude)
        d_lat, d_lng = there - here, math.radians(self.longitude - longitude)
        chord = math.sin(d_lat / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(d_lng / 2) ** 2
        return int(2 * EARTH_RADIUS_MILES * math.asin(min(1.0, math.sqrt(chord))) * 100) / 100

    def shown(self, distance: float) -> dict[str, Any]:
        return {
            "id": self.id,
            "locationReference": self.reference,
            "provider": PROVIDER,
            "name": self.name,
            "chain": self.chain,
            "address": self.address,
            "city": self.city,
            "state": self.state,
            "zipCode": self.zip_code,
            "country": "US",
            "coordinates": {"latitude": self.latitude, "longitude": self.longitude},
            "hours": [
                {"days": days, "opens": opens, "closes": closes}
                for days, (opens, closes) in zip((WEEKDAYS, WEEKEND), self.hours, strict=True)
            ],
            "distance": distance,
        }


def _read() -> dict[str, Location]:
    stores = [
        Location(
            entry["number"], entry["chain"], entry["address"], entry["city"], entry["state"], entry["zipCode"],
            entry["latitude"], entry["longitude"], tuple(tuple(day) for day in entry["hours"]),
        )
        for entry in json.loads(DATA.read_text())
    ]  # fmt: skip
    return {store.id: store for store in stores}


LOCATIONS = _read()


class LocationQuery(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False, frozen=True)

    provider: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    flow: Literal["cashIn", "cashOut"] = "cashIn"
    radius: Annotated[float, Field(gt=0)] = 25
    """Miles."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("/cash-locations")
async def list_locations(query: Annotated[LocationQuery, Query()], tx: TxDep) -> Response:
    """The nearest first. Nobody hands cash out here: that flow has no location."""
    if query.provider != PROVIDER:
        raise invalid("provider", f"only {PROVIDER} is supported")
    stores = LOCATIONS.values() if query.flow == "cashIn" else ()
    near = sorted(
        ((store.miles_from(query.latitude, query.longitude), store.number, store) for store in stores),
        key=lambda entry: entry[:2],
    )
    found = [store.shown(miles) for miles, _, store in near if miles <= query.radius]
    return answer(200, {"data": found[: query.limit]})


def chosen(cash: CashReference) -> Location:
    """The location a quote or cash-in names. Raises ApiError unless id and reference belong together."""
    store = LOCATIONS.get(cash.location or "")
    if store is None:
        raise ApiError(404, "notFound", "There is no such cash location.")
    if cash.reference != store.reference:
        raise invalid("cash.locationReference", "does not belong to this location")
    return store
