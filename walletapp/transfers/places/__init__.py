"""Where a ZIP code or a city is, looked up in bundled files: no request leaves the house.

What lives here: `find_places()` and the data (us_zips.csv and us_cities.csv; their licence and origin in SOURCE.md,
their maker in build.py). A ZIP code we do not list is found by its first three digits, which name a postal region.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from walletapp.transfers.places.names import NICKNAMES, plain, state_code

ZIPS = Path(__file__).with_name("us_zips.csv")
CITIES = Path(__file__).with_name("us_cities.csv")
MOST_CHOICES = 8

_ZIP = re.compile(r"([0-9]{3})([0-9]{2})?(-?[0-9]{4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A point with the name people know it by."""

    label: str
    latitude: Decimal
    longitude: Decimal


def find_places(text: str) -> list[Place]:
    """What `text` may mean: a ZIP code, its first three digits, "City" or "City, ST". Best first, empty for unknown.

    Several mean that more than one city has this name: offer them all.
    """
    text = text.strip()[:80]
    if found := _ZIP.fullmatch(text.replace(" ", "")):
        return _by_zip(found[1], found[2])
    city, state = _city_and_state(text)
    rows = [*_rows(CITIES, f"{NICKNAMES[city]},")[:1]] if city in NICKNAMES else []
    rows = [row for row in rows + _rows(CITIES, f"{city},") if state in ("", row[2])]
    return [
        Place(f"{name or key.title()}, {state}", Decimal(latitude), Decimal(longitude))
        for key, name, state, latitude, longitude in rows[:MOST_CHOICES]
    ]


def middle(points: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """The middle one of each coordinate: one point far out does not pull it away."""
    latitudes, longitudes = sorted(point[0] for point in points), sorted(point[1] for point in points)
    return latitudes[len(points) // 2], longitudes[len(points) // 2]


def _by_zip(region: str, rest: str | None) -> list[Place]:
    rows = _rows(ZIPS, region)
    for code, city, state, latitude, longitude in rows:
        if code == f"{region}{rest}":
            return [Place(f"{city}, {state} {code}", Decimal(latitude), Decimal(longitude))]
    if not rows:
        return []
    (city, state), _ = Counter((row[1], row[2]) for row in rows).most_common(1)[0]
    centre = middle([(Decimal(row[3]), Decimal(row[4])) for row in rows])
    return [Place(f"the area around {city}, {state} (ZIP codes {region}..)", *centre)]


def _city_and_state(text: str) -> tuple[str, str]:
    """ "Saint Louis, Missouri", "st louis mo" and "Saint Louis": the comparable name, and the state's code or ""."""
    name, comma, tail = text.rpartition(",")
    if comma and (state := state_code(tail)):
        return plain(name), state
    if plain(text) in NICKNAMES or _rows(CITIES, f"{plain(text)},"):
        return plain(text), ""  # "Kansas City" is a name, and "New York" a city before it is a state
    words = plain(text).split()
    for length in (1, 2, 3):
        name, tail = plain(" ".join(words[:-length])), " ".join(words[-length:])
        if name and (state := state_code(tail)):
            return name, state
    return plain(text), ""


def _rows(path: Path, beginning: str) -> list[list[str]]:
    """The rows that begin so, found by halving."""
    lines = _lines(path)
    start = bisect_left(lines, beginning)
    end = start
    while end < len(lines) and lines[end].startswith(beginning):
        end += 1
    return [line.split(",") for line in lines[start:end]]


@cache
def _lines(path: Path) -> list[str]:
    """The file, read once for each process and only when somebody searches."""
    return path.read_text().splitlines()
