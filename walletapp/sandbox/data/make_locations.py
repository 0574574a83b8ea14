"""Makes locations.json: invented stores of real chains, at ZIP codes that truly belong to their cities.

Run by hand, never by the sandbox: `python -m venv /tmp/zips && /tmp/zips/bin/pip install zipcodes` and then
`/tmp/zips/bin/python walletapp/sandbox/data/make_locations.py`. The ZIP codes, cities and coordinates come from the
PyPI package zipcodes (MIT licence); street numbers and the choice of stores are drawn from a fixed seed.
"""

import json
import random
from decimal import Decimal
from pathlib import Path

import zipcodes  # type: ignore[import-not-found]

CITIES = {
    "AL": ["Birmingham"], "AZ": ["Phoenix", "Tucson"], "AR": ["Little Rock"],
    "CA": ["Los Angeles", "San Francisco", "San Diego", "Sacramento", "Fresno"], "CO": ["Denver"],
    "CT": ["Hartford"], "DC": ["Washington"], "FL": ["Miami", "Orlando", "Tampa", "Jacksonville"],
    "GA": ["Atlanta"], "ID": ["Boise"], "IL": ["Chicago"], "IN": ["Indianapolis"], "KS": ["Wichita"],
    "KY": ["Louisville"], "LA": ["New Orleans"], "MA": ["Boston"], "MD": ["Baltimore"],
    "MI": ["Detroit"], "MN": ["Minneapolis"], "MO": ["Kansas City", "Saint Louis"], "NC": ["Charlotte", "Raleigh"],
    "NE": ["Omaha"], "NJ": ["Newark"], "NM": ["Albuquerque"], "NV": ["Las Vegas"],
    "NY": ["New York", "Brooklyn", "Buffalo"], "OH": ["Columbus", "Cleveland", "Cincinnati"], "OK": ["Oklahoma City"],
    "OR": ["Portland"], "PA": ["Philadelphia", "Pittsburgh"], "RI": ["Providence"], "SC": ["Columbia"],
    "TN": ["Nashville", "Memphis"], "TX": ["Houston", "Dallas", "San Antonio", "Austin", "El Paso"],
    "UT": ["Salt Lake City"], "VA": ["Richmond"], "WA": ["Seattle"], "WI": ["Milwaukee"],
}  # fmt: skip
ALWAYS = [["00:00", "24:00"], ["00:00", "24:00"]]
EVERYWHERE = {
    "Walmart": [["06:00", "23:00"], ["06:00", "23:00"]],
    "7-Eleven": ALWAYS,
    "CVS Pharmacy": [["08:00", "22:00"], ["09:00", "21:00"]],
    "Walgreens": [["08:00", "22:00"], ["09:00", "21:00"]],
    "Dollar General": [["08:00", "22:00"], ["08:00", "22:00"]],
    "Family Dollar": [["08:00", "22:00"], ["09:00", "21:00"]],
    "Circle K": ALWAYS,
}
REGIONAL = {
    "Kroger": ({"GA", "IN", "KY", "MI", "OH", "TN", "TX", "VA", "AR"}, [["06:00", "23:00"], ["06:00", "23:00"]]),
    "Safeway": ({"AZ", "CA", "CO", "DC", "ID", "MD", "NV", "OR", "WA"}, [["06:00", "23:00"], ["06:00", "23:00"]]),
    "Speedway": ({"IL", "IN", "KY", "MI", "MN", "OH", "WI"}, ALWAYS),
}
STREETS = [
    "Main St",
    "Market St",
    "Broadway",
    "Washington Ave",
    "Lincoln Ave",
    "Franklin St",
    "Jefferson Ave",
    "Park Ave",
    "Oak St",
    "Jackson St",
    "Madison Ave",
    "Central Ave",
    "Church St",
    "Grand Ave",
    "Highland Ave",
    "Union St",
]
STORES_PER_CITY = 8


def main() -> None:
    draw = random.Random(2434)  # noqa: S311 - the same stores every time
    by_city: dict[tuple[str, str], list[dict[str, str]]] = {}
    for entry in zipcodes.list_all():
        if entry["zip_code_type"] == "STANDARD" and entry["active"]:
            by_city.setdefault((entry["state"], entry["city"]), []).append(entry)
    stores: list[dict[str, object]] = []
    for state, cities in CITIES.items():
        for city in cities:
            zips = by_city[state, city]
            for chain, hours in _chains(draw, state):
                stores.append(_store(draw, len(stores), chain, hours, draw.choice(zips)))
    lines = ",\n".join(json.dumps(store) for store in stores)
    Path(__file__).with_name("locations.json").write_text(f"[\n{lines}\n]\n")


def _chains(draw: random.Random, state: str) -> list[tuple[str, list[list[str]]]]:
    chains = [*EVERYWHERE.items(), *((name, hours) for name, (states, hours) in REGIONAL.items() if state in states)]
    # A Walmart in every city: it is the one with the higher limit.
    rest = [chain for chain in chains if chain[0] != "Walmart"]
    return [chains[0], *(draw.choice(rest) for _ in range(STORES_PER_CITY - 1))]


def _store(
    draw: random.Random, number: int, chain: str, hours: list[list[str]], place: dict[str, str]
) -> dict[str, object]:
    return {
        "number": 2001 + number,
        "chain": chain,
        "address": f"{draw.randrange(100, 4900)} {draw.choice(STREETS)}",
        "city": place["city"],
        "state": place["state"],
        "zipCode": place["zip_code"],
        "latitude": _near(draw, place["lat"]),
        "longitude": _near(draw, place["long"]),
        "hours": hours,
    }


def _near(draw: random.Random, degrees: str) -> object:
    """A number within about 400 metres of the middle of the ZIP code."""
    return json.loads(str(Decimal(degrees) + Decimal(draw.randrange(-4000, 4000)) / 1_000_000))


if __name__ == "__main__":
    main()
