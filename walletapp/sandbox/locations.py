"""Stores that take cash: an invented but real-looking set, read once from data/locations.json."""

import base64
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
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


@router.get("/cash-locations")
async def list_locations(
    tx: TxDep,
    provider: str,
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    flow: Literal["cashIn", "cashOut"] | None = None,
    radius: Annotated[float, Query(gt=0, allow_inf_nan=False)] = 25,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """The nearest first, within `radius` miles. Nobody takes cash out here: that flow has no location."""
    if provider != PROVIDER:
        raise invalid("provider", f"only {PROVIDER} is supported")
    near = sorted(
        ((store.miles_from(latitude, longitude), store.number, store) for store in LOCATIONS.values()),
        key=lambda entry: entry[:2],
    )
    found = [store.shown(miles) for miles, _, store in near if miles <= radius and flow != "cashOut"]
    return answer(200, {"data": found[:limit]})


def chosen(cash: CashReference) -> Location:
    """The location a quote or cash-in names. Raises ApiError unless id and reference belong together."""
    store = LOCATIONS.get(cash.location or "")
    if store is None:
        raise ApiError(404, "notFound", "There is no such cash location.")
    if cash.reference != store.reference:
        raise invalid("cash.locationReference", "does not belong to this location")
    return store
