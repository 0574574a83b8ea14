"""Writes us_places.csv anew. Not run by the wallet: the file it makes is committed beside it.

The data comes from the package `zipcodes`, which is no dependency of ours, so run it in an environment of its own:

    python3 -m venv /tmp/places && /tmp/places/bin/pip install zipcodes==3.0.0
    /tmp/places/bin/python walletapp/transfers/places/build.py

One line per ZIP code: code, city, state, latitude, longitude. Two decimals of a degree are about a kilometre: enough to
find stores near a ZIP code, and all that its centre means anyway. See SOURCE.md for where the data comes from.
"""

import csv
from decimal import Decimal
from pathlib import Path

import zipcodes  # type: ignore[import-not-found]

TARGET = Path(__file__).with_name("us_places.csv")
NOWHERE = "MILITARY"  # the armed forces abroad: a code without a place in the United States
CENT = Decimal("0.01")


def rows() -> list[tuple[str, str, str, str, str]]:
    found = []
    for place in zipcodes.list_all():
        latitude, longitude = Decimal(place["lat"] or 0), Decimal(place["long"] or 0)
        if place["zip_code_type"] != NOWHERE and latitude and longitude:
            where = (str(latitude.quantize(CENT)), str(longitude.quantize(CENT)))
            found.append((place["zip_code"], place["city"], place["state"], *where))
    return sorted(found)


if __name__ == "__main__":
    with TARGET.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows())
