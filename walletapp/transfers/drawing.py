"""Pictures drawn by us, as numbers for an SVG: the barcode of a cash code and the map of stores.

What must stay true: a barcode says the code and nothing else, black on white with the quiet zone scanners need; the map
needs no other site, and shows nothing that the list beside it does not say in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, groupby
from math import cos, radians

from barcode.charsets import code128

# --- barcode ----------------------------------------------------------------------------------------------------------

QUIET = 10  # modules of white on either side, as the standard asks
BAR_HEIGHT = 64


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Barcode:
    """Bars in modules from the left edge, the quiet zone included."""

    text: str
    bars: tuple[Bar, ...]
    width: int
    height: int = BAR_HEIGHT


def barcode(text: str) -> Barcode:
    """The Code 128 bars of `text`, which is printable ASCII."""
    values = _values(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103
    modules = "".join(code128.CODES[value] for value in [*values, check]) + code128.STOP + "11"
    bars, x = [], QUIET
    for is_black, run in groupby(modules, key=lambda module: module == "1"):
        width = len(list(run))
        if is_black:
            bars.append(Bar(x, width))
        x += width
    return Barcode(text, tuple(bars), x + QUIET)


def _values(text: str) -> list[int]:
    """The symbols of set C (two digits each) where all are digits, else of set B.

    The tables are python-barcode's; its encoder is not used because it loses a leading 99 (it takes the pair for a
    change of set, python-barcode 0.16.1).
    """
    if not text or not all(" " <= letter <= "~" for letter in text):
        raise ValueError(f"not printable ASCII: {text!r}")
    if text.isdigit() and len(text) % 2 == 0:
        return [code128.START_CODES["C"], *(int(text[at : at + 2]) for at in range(0, len(text), 2))]
    return [code128.START_CODES["B"], *(ord(letter) - ord(" ") for letter in text)]


# --- map --------------------------------------------------------------------------------------------------------------

SIZE = 400  # of the drawing, square
EDGE = 28  # so that no dot is cut off
DOT = 13
MILES_PER_DEGREE = 69
RINGS = (1, 2, 5, 10, 20, 30)


@dataclass(frozen=True, slots=True)
class Dot:
    """A store: `number` is its place in the list."""

    number: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle of so many miles around the middle."""

    miles: int
    radius: int

    @property
    def label_y(self) -> int:
        return SIZE // 2 - self.radius


@dataclass(frozen=True, slots=True)
class Map:
    dots: tuple[Dot, ...]
    rings: tuple[Ring, ...]
    size: int = SIZE
    middle: int = SIZE // 2
    dot: int = DOT


type Point = tuple[Decimal, Decimal]


def store_map(centre: Point, stores: Sequence[Point]) -> Map | None:
    """The stores around `centre` (latitude, longitude), north up. None when there is none to draw."""
    if not stores:
        return None
    # A degree of longitude shrinks towards the poles; over a few miles the map may be flat.
    shrink = Decimal(str(cos(radians(centre[0]))))
    away = [
        ((point[1] - centre[1]) * MILES_PER_DEGREE * shrink, (centre[0] - point[0]) * MILES_PER_DEGREE)
        for point in stores
    ]
    reach = max(max(abs(east), abs(south)) for east, south in away) or Decimal(1)
    scale = (SIZE // 2 - EDGE) / reach
    places = _apart([(SIZE // 2 + int(east * scale), SIZE // 2 + int(south * scale)) for east, south in away])
    dots = [Dot(number, x, y) for number, (x, y) in enumerate(places, start=1)]
    rings = [Ring(miles, int(miles * scale)) for miles in RINGS if 30 <= miles * scale <= SIZE // 2 - 4]
    # The nearest is drawn last, so that nothing covers it.
    return Map(tuple(reversed(dots)), tuple(rings[-3:]))


def _apart(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Push dots that cover each other a little apart: which store is which matters more than the exact street."""
    moved = [list(place) for place in places]
    for _ in range(12):
        for one, other in combinations(moved, 2):
            across, down = other[0] - one[0], other[1] - one[1]
            if max(abs(across), abs(down)) >= 2 * DOT:
                continue
            # Along the axis on which they are further apart already; right and left of each other where they are equal.
            axis, step = (0, 2 if across >= 0 else -2) if abs(across) >= abs(down) else (1, 2 if down >= 0 else -2)
            one[axis], other[axis] = _inside(one[axis] - step), _inside(other[axis] + step)
    return [(x, y) for x, y in moved]


def _inside(at: int) -> int:
    return min(max(at, DOT + 1), SIZE - DOT - 1)
