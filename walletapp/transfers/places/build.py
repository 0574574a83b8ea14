"""Writes us_zips.csv and us_cities.csv anew. Not run by the wallet: the files are committed beside it.

The data comes from the package `zipcodes`, which is no dependency of ours, so run it in an environment of its own:

    python3 -m venv /tmp/places && /tmp/places/bin/pip install zipcodes==3.0.0
    /tmp/places/bin/python -m walletapp.transfers.places.build

Two decimals of a degree are about a kilometre: enough to find stores near a ZIP code, and all that its centre means
anyway. Both files are sorted, because they are searched by halving. See SOURCE.md for where the data comes from.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal

import zipcodes  # type: ignore[import-not-found]

from walletapp.transfers.places import CITIES, ZIPS, middle
from walletapp.transfers.places.names import STATES, plain

NOWHERE = "MILITARY"  # the armed forces abroad: a code without a place in the United States
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Row:
    """One ZIP code."""

    code: str
    city: str
    state: str
    latitude: Decimal
    longitude: Decimal
    is_delivery: bool  # boxes and single firms are often listed at the middle of their county

    @property
    def where(self) -> tuple[Decimal, Decimal]:
        return self.latitude, self.longitude


def read() -> list[Row]:
    found = []
    for place in zipcodes.list_all():
        latitude, longitude = (Decimal(place[name] or 0).quantize(CENT) for name in ("lat", "long"))
        kind = place["zip_code_type"]
        if kind != NOWHERE and latitude and longitude:
            found.append(Row(place["zip_code"], place["city"], place["state"], latitude, longitude, kind == "STANDARD"))
    return sorted(found, key=lambda row: row.code)


def zips(rows: list[Row]) -> list[tuple[object, ...]]:
    """code, city, state, latitude, longitude"""
    return [(row.code, row.city, row.state, *row.where) for row in rows]


def cities(rows: list[Row]) -> list[tuple[object, ...]]:
    """name as compared, name if written otherwise, state, latitude, longitude.

    Of one name the largest first, by its number of ZIP codes.
    """
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.state in STATES:
            found.setdefault((row.city, row.state), []).append(row)
    largest_first = sorted(found.items(), key=lambda item: (f"{plain(item[0][0])},", -len(item[1]), item[0]))
    return [
        (plain(city), "" if plain(city).title() == city else city, state, *centre(of_city))
        for (city, state), of_city in largest_first
    ]


def centre(rows: list[Row]) -> tuple[Decimal, Decimal]:
    return middle([row.where for row in rows if row.is_delivery] or [row.where for row in rows])


if __name__ == "__main__":
    everything = read()
    for target, content in ((ZIPS, zips(everything)), (CITIES, cities(everything))):
        with target.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(content)
