"""Stores that take cash, near a point.

What must stay true: OMS is asked about a rounded point and never about a person; an answer is shared for a few minutes,
and an older one is shown, with its age, only while OMS is away. The reference OMS wants back comes from OMS's answer,
never from a page.
"""

import logging
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError
from walletapp.refusals import Refusal

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=10)
KEPT = timedelta(hours=24)
MOST = 20
MILES = 25
_CENT = Decimal("0.01")
_EARTH_MILES = 3958.8
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ALL_DAY = re.compile(rf"({'|'.join(_DAYS)})(?:-({'|'.join(_DAYS)}))? all day")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,8})?", re.ASCII)


class StoresUnknown(Refusal):
    """Nobody can tell right now where the stores are. Nothing was changed."""

    code = "stores_unknown"


@dataclass(frozen=True, slots=True)
class Point:
    """Somewhere on the map, in degrees, as fine as a hundred metres."""

    latitude: Decimal
    longitude: Decimal

    @classmethod
    def read(cls, latitude: object, longitude: object) -> "Point | None":
        """The point of two texts; None when they are no place on earth."""
        texts = (str(latitude), str(longitude))
        if not all(_DEGREES.fullmatch(text) for text in texts):
            return None
        point = cls(Decimal(texts[0]), Decimal(texts[1]))
        return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None

    @property
    def rounded(self) -> "Point":
        """To a kilometre: what OMS and the cache get to know."""
        return Point(self.latitude.quantize(_CENT), self.longitude.quantize(_CENT))

    @property
    def text(self) -> str:
        return f"{self.latitude},{self.longitude}"

    @classmethod
    def of_text(cls, text: str) -> "Point | None":
        latitude, _, longitude = text.partition(",")
        return cls.read(latitude, longitude)


@dataclass(frozen=True, slots=True)
class Store:
    """One counter that takes cash. `reference` is the provider's opaque name for it."""

    id: str
    reference: str
    name: str
    address: str
    city: str
    state: str
    zip_code: str
    hours: str
    latitude: Decimal | None
    longitude: Decimal | None
    distance: Decimal | None
    """As OMS said, from the rounded point."""

    @property
    def full_address(self) -> str:
        town = f"{self.city}, {self.state} {self.zip_code}".strip(" ,")
        return f"{self.address}, {town}" if town and town not in self.address else self.address

    @property
    def point(self) -> Point | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)

    def miles_from(self, here: Point) -> Decimal | None:
        """Great-circle miles from the exact point, else what OMS said; None when neither is known."""
        there = self.point
        if there is None:
            return self.distance
        south, north = radians(here.latitude), radians(there.latitude)
        wide = radians(there.longitude - here.longitude)
        chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(wide / 2) ** 2
        return Decimal(str(2 * _EARTH_MILES * asin(min(1.0, sqrt(chord)))))


@dataclass(frozen=True, slots=True)
class Near:
    """A store in a list: its number there, and how far it is."""

    number: int
    store: Store
    miles: Decimal | None


@dataclass(frozen=True, slots=True)
class Nearby:
    """Stores near a point, the nearest first. `is_old`: OMS is away and this is what it said at `as_of`."""

    here: Point
    stores: tuple[Near, ...]
    as_of: datetime
    is_old: bool


def stores_near(here: Point) -> Nearby:
    """The stores around `here`. Raises StoresUnknown when OMS is away and nothing is remembered."""
    key = f"stores:{settings.OMS_CASH_PROVIDER}:{here.rounded.text}"
    kept = _recall(key)
    if kept and timezone.now() - kept[0] < FRESH:
        return _nearby(here, *kept, is_old=False)
    try:
        found = _ask(here.rounded)
    except OmsError as error:
        log.warning("stores cannot be listed", extra={"problem": str(error)})
        if kept:
            return _nearby(here, *kept, is_old=True)
        raise StoresUnknown(
            "We cannot reach our payment partner right now, so we cannot say which stores take cash. "
            "Nothing was charged. Please try again in a minute."
        ) from error
    now = timezone.now()
    _keep(key, now, found)
    return _nearby(here, now, found, is_old=False)


def find_store(store_id: str, here: Point | None) -> Store | None:
    """One store, from what was listed a while ago, else from the list around `here`. Raises StoresUnknown."""
    if kept := _recall(_key_of(store_id)):
        return kept[1][0]
    if here is None:
        return None
    return next((near.store for near in stores_near(here).stores if near.store.id == store_id), None)


def _ask(here: Point) -> list[Store]:
    found = get_client().list_cash_locations(
        provider=settings.OMS_CASH_PROVIDER, latitude=here.latitude, longitude=here.longitude, limit=MOST, radius=MILES
    )
    # A location without its reference cannot be paid at: OMS wants both back.
    return [_store(location) for location in found if location.reference]


def _store(location: schemas.CashLocation) -> Store:
    return Store(
        id=location.id,
        reference=location.reference,
        name=location.name or "Store",
        address=location.address,
        city=location.city,
        state=location.state,
        zip_code=location.zip_code,
        hours=in_words(location.hours),
        latitude=location.latitude,
        longitude=location.longitude,
        distance=location.distance,
    )


def in_words(hours: str) -> str:
    """ "Mon-Fri 06:00-23:30" as people here write it: "Mon-Fri 6 am-11:30 pm"."""
    hours = re.sub(r"\b00:00-(24:00|23:59)\b", "all day", hours)
    if _is_always(hours):
        return "Open all day, every day"
    return re.sub(r"\b([01][0-9]|2[0-4]):([0-5][0-9])\b", _clock, hours)


def _is_always(hours: str) -> bool:
    """Whether each of its parts says "all day", and together they are the whole week."""
    parts = [_ALL_DAY.fullmatch(part.strip()) for part in hours.split(",")]
    spans = [range(_DAYS.index(part[1]), _DAYS.index(part[2] or part[1]) + 1) for part in parts if part]
    return len(spans) == len(parts) and {day for span in spans for day in span} == set(range(7))


def _clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), found[2]
    half = "pm" if 12 <= hour < 24 else "am"
    return f"{(hour - 1) % 12 + 1}{'' if minute == '00' else f':{minute}'} {half}"


def _nearby(here: Point, as_of: datetime, stores: list[Store], *, is_old: bool) -> Nearby:
    far = Decimal(10**6)
    ordered = sorted(
        ((store.miles_from(here), store) for store in stores),
        key=lambda pair: (far if pair[0] is None else pair[0], pair[1].id),
    )
    numbered = tuple(Near(number, store, miles) for number, (miles, store) in enumerate(ordered, start=1))
    return Nearby(here, numbered, as_of, is_old)


def _key_of(store_id: str) -> str:
    return f"store:{settings.OMS_CASH_PROVIDER}:{store_id}"


def _keep(key: str, now: datetime, stores: list[Store]) -> None:
    """Remember the list, and each store by itself. Without the cache each list is asked for anew: slower, not wrong."""
    entries: dict[str, Any] = {key: (now, [asdict(store) for store in stores])}
    entries |= {_key_of(store.id): (now, [asdict(store)]) for store in stores}
    try:
        cache.set_many(entries, KEPT.total_seconds())
    except RedisError as error:
        log.warning("stores not remembered", extra={"error": type(error).__name__})


def _recall(key: str) -> tuple[datetime, list[Store]] | None:
    try:
        kept = cache.get(key)
    except RedisError as error:
        log.warning("stores not recalled", extra={"error": type(error).__name__})
        return None
    return (kept[0], [Store(**fields) for fields in kept[1]]) if kept else None
