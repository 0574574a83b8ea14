"""Sheets of comma-separated values, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """Gives back what is written, so that a sheet is sent line by line."""

    def write(self, text: str) -> str:
        return text


def cell(value: object) -> str:
    """Text that a spreadsheet would take for a formula gets a quote in front, which makes it text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Each row as a line of the sheet, ready to be sent."""
    sheet = csv.writer(_Echo())
    for row in rows:
        yield sheet.writerow([cell(value) for value in row])
