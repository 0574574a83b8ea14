"""Routing numbers: whether one can be real, and which bank has it.

The list is a hint for the person who types and decides nothing; SOURCE.md says where it is from.
"""

import csv
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("us_banks.csv")
_WEIGHTS = (3, 7, 1) * 3


def is_routing_number(text: str) -> bool:
    """Nine digits whose weighted sum is a multiple of ten (ABA), and not all of them zero."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()) or text == "0" * 9:
        return False
    return sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=True)) % 10 == 0


def bank_of(routing_number: str) -> str:
    """The bank's name, empty when the list does not have it."""
    return _banks().get(routing_number, "")


@cache
def _banks() -> dict[str, str]:
    with _LIST.open(newline="", encoding="utf-8") as lines:
        return {row["routing_number"]: row["bank"] for row in csv.DictReader(lines)}
