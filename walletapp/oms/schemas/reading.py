"""Strict readers of single fields: what every schema is made of.

Strict where a mistake costs money or opens a door (amounts, ids, times), tolerant where OMS's own pages disagree
(missing optionals, several names for one thing, words we do not know yet). All failures are BadShape.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from walletapp.money import Currency, InvalidAmount, Money
from walletapp.oms.errors import BadShape

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,127}", re.ASCII)
# The largest amount of Money, with room for a chain's 18 places. Not longer, because Decimal rounds beyond 28 digits.
_AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,18})?", re.ASCII)
_RATE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,40})?", re.ASCII)
MAX_TEXT = 4096


def mapping(value: Any, where: str) -> Mapping[str, Any]:
    """An object, or BadShape."""
    if not isinstance(value, Mapping):
        raise BadShape(where, "not an object", type(value).__name__)
    return value


def optional_mapping(json: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The object at `name`; None when missing, null or empty."""
    value = json.get(name)
    return mapping(value, name) if value not in (None, {}) else None


def objects(json: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list of objects at `name`; empty when missing or null."""
    return [mapping(item, name) for item in _list(json.get(name), name)]


def anything(json: Mapping[str, Any], name: str) -> list[Any]:
    """The list at `name`, whatever is in it; empty when missing or null."""
    return _list(json.get(name), name)


def texts(json: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The list of words at `name`; empty when missing or null."""
    return tuple(_text(item, name) for item in _list(json.get(name), name))


def first(json: Mapping[str, Any], *names: str) -> Any:
    """The first of several names that has a value: OMS's pages give some fields two names."""
    for name in names:
        if json.get(name) not in (None, ""):
            return json[name]
    return None


def identifier(json: Mapping[str, Any], *names: str) -> str:
    """A required id, safe to put in a path."""
    value = first(json, *names)
    if value is None:
        raise BadShape(names[0], "missing")
    return check_id(value, names[0])


def optional_identifier(json: Mapping[str, Any], *names: str) -> str:
    """An id, or "" when it is not there."""
    value = first(json, *names)
    return "" if value is None else check_id(value, names[0])


def check_id(value: Any, where: str) -> str:
    """The id itself, if it is one."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadShape(where, "not an id", value)
    return value


def word(json: Mapping[str, Any], *names: str) -> str:
    """A required word: a status, a name. Any text; we never refuse a word only because we do not know it."""
    value = first(json, *names)
    if value is None:
        raise BadShape(names[0], "missing")
    return _text(value, names[0])


def text(json: Mapping[str, Any], *names: str) -> str:
    """Optional text; "" when missing or null."""
    value = first(json, *names)
    return "" if value is None else _text(value, names[0])


def flag(json: Mapping[str, Any], name: str, default: bool = False) -> bool:
    """Optional true or false, as JSON has it and not as words."""
    value = json.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise BadShape(name, "not true or false", value)
    return value


def whole(json: Mapping[str, Any], name: str) -> int | None:
    """Optional whole number."""
    value = json.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadShape(name, "not a whole number", value)
    return value


def when(json: Mapping[str, Any], name: str) -> datetime:
    """A required instant."""
    value = optional_when(json, name)
    if value is None:
        raise BadShape(name, "missing")
    return value


def optional_when(json: Mapping[str, Any], name: str) -> datetime | None:
    """An ISO 8601 instant in UTC; None when missing. One without a zone is refused, as it could be any instant."""
    value = json.get(name)
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise BadShape(name, "not a time", value)
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadShape(name, "not a time", value) from error
    if parsed.tzinfo is None:
        raise BadShape(name, "a time without a zone", value)
    return parsed.astimezone(UTC)


def currency(asset: str, where: str) -> Currency:
    """The currency OMS calls `asset`, which must be one we hold."""
    try:
        return Currency.of_asset(asset)
    except InvalidAmount as error:
        raise BadShape(where, "an asset we do not hold", asset) from error


def money(json: Mapping[str, Any], name: str, unit: Currency) -> Money:
    """A required amount, exact."""
    value = optional_money(json, name, unit)
    if value is None:
        raise BadShape(name, "missing")
    return value


def optional_money(json: Mapping[str, Any], *names_and_unit: Any) -> Money | None:
    """An amount, or None when missing. A JSON number is refused: only a decimal string is known to be exact."""
    *names, unit = names_and_unit
    value = first(json, *names)
    if value is None:
        return None
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise BadShape(names[0], "not a decimal string", value)
    try:
        return Money.from_wire(value, unit)
    except InvalidAmount as error:
        raise BadShape(names[0], "not an exact amount", value) from error


def optional_rate(json: Mapping[str, Any], name: str) -> Decimal | None:
    """A positive factor as a decimal string; None when missing or zero, which is no rate."""
    value = json.get(name)
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not _RATE.fullmatch(value):
        raise BadShape(name, "not a rate", value)
    return Decimal(value) or None


def number(json: Mapping[str, Any], name: str) -> Decimal | None:
    """Optional plain number that is not money (a coordinate, a distance); also accepted as text."""
    value = json.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise BadShape(name, "not a number", value)
    try:
        result = Decimal(value)
    except ArithmeticError as error:
        raise BadShape(name, "not a number", value) from error
    if not result.is_finite() or abs(result) > 10**9:
        raise BadShape(name, "not a number", value)
    return result


def expect_object(json: Any, kind: str) -> Mapping[str, Any]:
    """An object that does not claim to be something else."""
    found = mapping(json, kind)
    if found.get("object") not in (None, kind):
        raise BadShape(kind, "is another kind of thing", found["object"])
    return found


def each[T](items: list[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    """Read every item of a list."""
    return tuple(read(item) for item in items)


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadShape(where, "not text", type(value).__name__)
    result = str(value)
    if len(result) > MAX_TEXT:
        raise BadShape(where, "too long")
    return result


def _list(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadShape(where, "not a list", type(value).__name__)
    return value
