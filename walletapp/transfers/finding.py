"""From what a person typed, or where their browser says they are, to the stores near them.

What must stay true: a city name that several towns have is asked back, never guessed in silence; that nothing was
found, that OMS is away and that we do not know the place are three different sentences.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from walletapp.transfers import drawing
from walletapp.transfers.places import Place, find_places
from walletapp.transfers.stores import Nearby, Point, StoresUnknown, stores_near


@dataclass(frozen=True, slots=True)
class Choice:
    """Another place of the same name."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Search:
    """What came of a search. Without one, everything is empty. `query` is how the next page says what was searched."""

    place: str = ""
    here: Point | None = None
    found: Nearby | None = None
    picture: drawing.Map | None = None
    choices: tuple[Choice, ...] = ()
    problem: str = ""
    query: str = ""


def search(words: str, point: Point | None) -> Search:
    """Look for stores near `words`, or near `point` when nothing was typed. Never raises: problems are sentences."""
    if not words:
        return _around(point, "you", query=urlencode({"near": point.text})) if point else Search()
    places = find_places(words)
    if not places:
        return Search(
            problem=f"We do not know a place called “{words}”. Try a five-digit ZIP code, or a city with its state, "
            "like Sacramento, CA."
        )
    first = places[0]
    choices = tuple(_choice(place) for place in places[1:])
    return _around(Point(first.latitude, first.longitude), first.label, choices, query=urlencode({"q": words}))


def searched(words: str, near: str) -> Point | None:
    """Where the list lay that a store was chosen from, by what its address says: words, or the browser's location."""
    places = find_places(words) if words else []
    return Point(places[0].latitude, places[0].longitude) if places else Point.of_text(near)


def stores_url(words: str, near: str) -> str:
    """Back to the list a store was chosen from, with what was searched."""
    page = reverse("transfers:add_cash")
    if words:
        return f"{page}?{urlencode({'q': words})}"
    point = Point.of_text(near)
    return f"{page}?{urlencode({'latitude': point.latitude, 'longitude': point.longitude})}" if point else page


def _around(here: Point, label: str, choices: tuple[Choice, ...] = (), *, query: str) -> Search:
    try:
        found = stores_near(here)
    except StoresUnknown as no:
        return Search(label, here, choices=choices, problem=str(no), query=query)
    centre = (here.latitude, here.longitude)
    # Stores without coordinates stand at the end of the list: numbers on the map and in the list agree.
    points = [(near.store.point.latitude, near.store.point.longitude) for near in found.stores if near.store.point]
    return Search(label, here, found, drawing.store_map(centre, points), choices, query=query)


def _choice(place: Place) -> Choice:
    return Choice(place.label, f"{reverse('transfers:add_cash')}?{urlencode({'q': place.label})}")
