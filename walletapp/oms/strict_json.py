"""Reading JSON that somebody else wrote, without Python's generosity.

The standard parser keeps the last of two equal keys, accepts NaN and turns 0.1 into a float. Each of these has been
used to make two readers of one document see two different documents, so all three are refused here, and with them
text that a database cannot keep. Used for OMS's answers and for webhook bodies alike.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from walletapp.oms.errors import BadShape

MAX_DEPTH = 32
MAX_DIGITS = 40


def read_json(raw: bytes) -> Any:
    """Parse, or raise BadShape. Numbers with a point become Decimal, never float; a byte order mark is refused."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_pairs,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
        _refuse_unfit(value)
        return value
    except BadShape:
        raise
    except (ValueError, RecursionError) as error:
        raise BadShape("json", "not readable JSON", type(error).__name__) from error


def read_object(raw: bytes) -> Mapping[str, Any]:
    """Parse and insist on an object at the top."""
    value = read_json(raw)
    if not isinstance(value, dict):
        raise BadShape("json", "not an object", type(value).__name__)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise BadShape("json", "the same key twice")
    return result


def _decimal(text: str) -> Decimal:
    _refuse_long(text)
    return Decimal(text)


def _integer(text: str) -> int:
    _refuse_long(text)
    return int(text)


def _refuse_long(text: str) -> None:
    if len(text) > MAX_DIGITS:
        raise BadShape("json", "a number of unreasonable length", text)


def _refuse_constant(name: str) -> Any:
    raise BadShape("json", "not a JSON number", name)


def _refuse_unfit(value: Any, left: int = MAX_DEPTH) -> None:
    """No reader of ours goes this deep, and no database of ours keeps NUL or half a character."""
    if left == 0:
        raise BadShape("json", "nested too deeply")
    if isinstance(value, str):
        _refuse_text(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_text(name)
            _refuse_unfit(inner, left - 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unfit(inner, left - 1)


def _refuse_text(text: str) -> None:
    if "\x00" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        raise BadShape("json", "text that is none")
