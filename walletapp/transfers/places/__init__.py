"""Where a ZIP code or a city is, looked up in a bundled file: no request leaves the house.

What lives here: `find_places()` and the data (us_places.csv; its licence and origin in SOURCE.md, its maker in build.py).
A ZIP code we do not list is found by its first three digits, which name a postal region.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from walletapp.transfers.places.names import STATES, plain, state_code

DATA = Path(__file__).with_name("us_places.csv")
MOST_CHOICES = 8

_ZIP = re.compile(r"([0-9]{3})([0-9]{2})?(-?[0-9]{4})?", re.ASCII)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Place:
    """A point with the name people know it by."""

    label: str
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class _Atlas:
    zips: dict[str, Place]
    regions: dict[str, Place]
    cities: dict[str, list[tuple[str, Place]]]  # plain name -> (state, place), the largest first


def find_places(text: str) -> list[Place]:
    """What `text` may mean: a ZIP code, its first three digits, "City" or "City, ST". Best first, empty for unknown.

    Several mean that more than one city has this name: offer them all.
    """
    text = text.strip()[:80]
    if found := _ZIP.fullmatch(text.replace(" ", "")):
        region, rest = found[1], found[2] or ""
        place = _atlas().zips.get(region + rest) or _atlas().regions.get(region)
        return [place] if place else []
    city, state = _city_and_state(text)
    places = _atlas().cities.get(city, [])
    return [place for where, place in places if state in ("", where)][:MOST_CHOICES]


def _city_and_state(text: str) -> tuple[str, str]:
    """ "Saint Louis, Missouri", "st louis mo" and "Saint Louis" as the plain name and the state's code, "" if not said."""
    name, comma, tail = text.rpartition(",")
    if comma and (state := state_code(tail)):
        return plain(name), state
    words = plain(text).split()
    for length in (1, 2, 3):
        tail = " ".join(words[-length:])
        name = " ".join(words[:-length])
        # "Kansas City" is a name; "New York" is a city before it is a state.
        if name in _atlas().cities and plain(text) not in _atlas().cities and (state := state_code(tail)):
            return name, state
    return plain(text), ""


@cache
def _atlas() -> _Atlas:
    """Read once for each process, when it is first needed."""
    zips: dict[str, Place] = {}
    regions: dict[str, list[tuple[str, str, Decimal, Decimal]]] = {}
    cities: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] = {}
    with DATA.open(newline="") as file:
        for code, city, state, latitude, longitude in csv.reader(file):
            where = (Decimal(latitude), Decimal(longitude))
            zips[code] = Place(f"{city}, {state} {code}", *where)
            regions.setdefault(code[:3], []).append((city, state, *where))
            cities.setdefault((city, state), []).append(where)
    return _Atlas(zips, {prefix: _region(prefix, rows) for prefix, rows in regions.items()}, _by_name(cities))


def _region(prefix: str, rows: list[tuple[str, str, Decimal, Decimal]]) -> Place:
    (city, state), _ = Counter((row[0], row[1]) for row in rows).most_common(1)[0]
    return Place(f"around {city}, {state} (ZIP {prefix}..)", *_centre([row[2:] for row in rows]))


def _by_name(cities: dict[tuple[str, str], list[tuple[Decimal, Decimal]]]) -> dict[str, list[tuple[str, Place]]]:
    found: dict[str, list[tuple[str, Place]]] = {}
    # The number of ZIP codes stands for the size: "Springfield" is first of all the largest one.
    for (city, state), points in sorted(cities.items(), key=lambda item: -len(item[1])):
        if state in STATES:
            found.setdefault(plain(city), []).append((state, Place(f"{city}, {state}", *_centre(points))))
    return found


def _centre(points: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """The middle one of each coordinate: one ZIP code far out does not pull it away."""
    latitudes, longitudes = sorted(point[0] for point in points), sorted(point[1] for point in points)
    middle = len(points) // 2
    return latitudes[middle].quantize(_CENT), longitudes[middle].quantize(_CENT)
