"""Addresses made to be mistaken for one another, and where two of them differ.

People compare the two ends of an address, so "poisoners" compute addresses that agree there and send dust from them,
waiting to be copied out of somebody's history. Matching three or four characters at each end is the usual; a longer run
at one end costs them the same. By chance, two addresses are this alike once in some fifteen million pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

AT_EACH_END = 3
AT_BOTH_ENDS = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A group of characters of an address, and whether another address has others there."""

    text: str
    differs: bool


def is_alike(one: str, other: str) -> bool:
    """Whether they are two addresses that a person could take for one. An address is not like itself."""
    a, b = _body(one), _body(other)
    if a == b:
        return False
    first, last = _agreeing(a, b), _agreeing(a[::-1], b[::-1])
    return min(first, last) >= AT_EACH_END or first + last >= AT_BOTH_ENDS


def pieces(address: str, other: str) -> Iterator[Piece]:
    """`address` in groups of four after its 0x, and whether `other` differs in each. Together they are `address`."""
    yield Piece(address[:2], differs=False)
    for at in range(2, len(address), 4):
        mine, theirs = address[at : at + 4], other[at : at + 4]
        yield Piece(mine, differs=mine.lower() != theirs.lower())


def _body(address: str) -> str:
    """Without 0x, in small letters: capitals are only its checksum."""
    return address[2:].lower()


def _agreeing(one: str, other: str) -> int:
    """How many characters from the start are the same."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
