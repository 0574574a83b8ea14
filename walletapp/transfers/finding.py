"""From what a person typed, or where their browser says they are, to the stores near them.

What must stay true: a city name that several towns have is asked back, never guessed in silence; that nothing was
found, that OMS is away and that we do not know the place are three different sentences.
"""

from dataclasses import dataclass

from walletapp.transfers import drawing
from walletapp.transfers.places import find_places
from walletapp.transfers.stores import Nearby, Point, StoresUnknown, stores_near


@dataclass(frozen=True, slots=True)
class Search:
    """What came of a search. Without one, everything is empty. `choices` are other places of the same name."""

    place: str = ""
    here: Point | None = None
    found: Nearby | None = None
    picture: drawing.Map | None = None
    choices: tuple[str, ...] = ()
    problem: str = ""


def search(words: str, point: Point | None) -> Search:
    """Look for stores near `words`, or near `point` when nothing was typed. Never raises: problems are sentences."""
    if not words:
        return _around(point, "you") if point else Search()
    places = find_places(words)
    if not places:
        return Search(
            problem=f"We do not know a place called “{words}”. Try a five-digit ZIP code, or a city with its state, "
            "like Sacramento, CA."
        )
    first = places[0]
    return _around(Point(first.latitude, first.longitude), first.label, tuple(place.label for place in places[1:]))


def middle_of(words: str, point: Point | None) -> Point | None:
    """Where the list of that search lies; None when nobody knows."""
    places = find_places(words) if words else []
    return Point(places[0].latitude, places[0].longitude) if places else point


def _around(here: Point, label: str, choices: tuple[str, ...] = ()) -> Search:
    try:
        found = stores_near(here)
    except StoresUnknown as no:
        return Search(label, here, choices=choices, problem=str(no))
    centre = (here.latitude, here.longitude)
    # Stores without coordinates stand at the end of the list: numbers on the map and in the list agree.
    points = [(near.store.point.latitude, near.store.point.longitude) for near in found.stores if near.store.point]
    return Search(label, here, found, drawing.store_map(centre, points), choices)
