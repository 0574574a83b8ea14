"""The list of addresses that nobody may be paid at: a local file, read again whenever it changes.

One address a line, `#` begins a comment. What must stay true: a list that is missing, empty or damaged clears nobody,
so that a broken download stops sends and does not let them through.
"""

import functools
import re
from pathlib import Path

from django.conf import settings

_OURS = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
_OF_ANOTHER_CHAIN = re.compile(r"[0-9A-Za-z]{20,120}", re.ASCII)


class ListUnreadable(Exception):
    """Whether an address is on the list cannot be told. `str()` says why, for staff."""


def is_listed(address: str) -> bool:
    """Whether nobody may be paid there. Raises ListUnreadable."""
    return address.lower() in listed()


def listed() -> frozenset[str]:
    """Every address of the list that could be on Polygon, in small letters. Raises ListUnreadable."""
    path = Path(settings.SANCTIONS_LIST)
    try:
        found = path.stat()
        return _read(path, found.st_mtime_ns, found.st_size)
    except (OSError, UnicodeDecodeError) as problem:
        raise ListUnreadable(f"{path}: {type(problem).__name__}") from problem


@functools.lru_cache(maxsize=2)
def _read(path: Path, changed_ns: int, size: int) -> frozenset[str]:
    """`changed_ns` and `size` are there so that another file under the same name is read anew."""
    addresses = {address for line in enumerate(path.read_text().splitlines(), start=1) if (address := _address(*line))}
    if not addresses:
        raise ListUnreadable(f"{path}: no address in it")
    return frozenset(addresses)


def _address(number: int, line: str) -> str:
    """The address on this line; empty for a comment, or an address of another chain."""
    text = line.split("#", 1)[0].strip()
    if _OURS.fullmatch(text):
        return text.lower()
    if text and (text[:2] in {"0x", "0X"} or not _OF_ANOTHER_CHAIN.fullmatch(text)):
        raise ListUnreadable(f"line {number} is no address")
    return ""
