"""One page of a list, and walking all of them (contract section 2.2)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from walletapp.oms.errors import BadShape
from walletapp.oms.schemas import reading

MAX_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Page[T]:
    """The items, and the cursor that leads on: `nextCursor`, or `cursor` on customers (C16). "" at the end."""

    items: tuple[T, ...]
    has_more: bool
    next_cursor: str

    @classmethod
    def from_json(cls, json: Any, read: Callable[[Mapping[str, Any]], T]) -> Self:
        json = {"data": json} if isinstance(json, list) else reading.mapping(json, "page")
        if "data" not in json:
            raise BadShape("data", "missing")
        cursor = reading.text(json, "nextCursor", "cursor")
        return cls(
            items=reading.each(reading.objects(json, "data"), read),
            has_more=reading.flag(json, "hasMore", default=bool(cursor)),
            next_cursor=cursor,
        )


def walk[T](fetch: Callable[[str], Page[T]]) -> Iterator[T]:
    """Every item of a list: `fetch` is called with "" and then with each cursor.

    Items may repeat where the list moves while it is read; the caller removes duplicates by id. Stops at a cursor
    that leads nowhere new, so a wrong answer cannot make us walk for ever.
    """
    cursor, seen = "", {""}
    for _ in range(MAX_PAGES):
        page = fetch(cursor)
        yield from page.items
        cursor = page.next_cursor
        if not page.has_more or cursor in seen:
            return
        seen.add(cursor)
