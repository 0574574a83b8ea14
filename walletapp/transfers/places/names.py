"""Names of cities and states as people type them, made comparable."""

import re

STATES = {
    "AL": "alabama", "AK": "alaska", "AZ": "arizona", "AR": "arkansas", "CA": "california", "CO": "colorado",
    "CT": "connecticut", "DE": "delaware", "DC": "district of columbia", "FL": "florida", "GA": "georgia",
    "HI": "hawaii", "ID": "idaho", "IL": "illinois", "IN": "indiana", "IA": "iowa", "KS": "kansas", "KY": "kentucky",
    "LA": "louisiana", "ME": "maine", "MD": "maryland", "MA": "massachusetts", "MI": "michigan", "MN": "minnesota",
    "MS": "mississippi", "MO": "missouri", "MT": "montana", "NE": "nebraska", "NV": "nevada", "NH": "new hampshire",
    "NJ": "new jersey", "NM": "new mexico", "NY": "new york", "NC": "north carolina", "ND": "north dakota",
    "OH": "ohio", "OK": "oklahoma", "OR": "oregon", "PA": "pennsylvania", "RI": "rhode island",
    "SC": "south carolina", "SD": "south dakota", "TN": "tennessee", "TX": "texas", "UT": "utah", "VT": "vermont",
    "VA": "virginia", "WA": "washington", "WV": "west virginia", "WI": "wisconsin", "WY": "wyoming",
    "PR": "puerto rico", "VI": "us virgin islands", "GU": "guam", "AS": "american samoa",
    "MP": "northern mariana islands",
}  # fmt: skip
_CODES = {name: code for code, name in STATES.items()} | {code.lower(): code for code in STATES}
_LONG = {
    "st": "saint",
    "ste": "sainte",
    "ft": "fort",
    "mt": "mount",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}
NICKNAMES = {
    "nyc": "new york", "new york city": "new york", "manhattan": "new york", "la": "los angeles",
    "sf": "san francisco", "philly": "philadelphia", "vegas": "las vegas", "washington dc": "washington",
}  # fmt: skip


def plain(name: str) -> str:
    """ "St. Louis" and "saint louis" alike: small letters, no marks, abbreviations written out."""
    words = re.sub(r"[^a-z0-9 ]", "", re.sub(r"[-/]", " ", name.casefold())).split()
    return " ".join(_LONG.get(word, word) for word in words)


def state_code(text: str) -> str:
    """The two letters of a state given by code or name; "" when it is none."""
    words = re.sub(r"[^a-z ]", "", text.casefold()).split()
    return _CODES.get(" ".join(words), "")
