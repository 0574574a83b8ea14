"""Cursor pages: newest first by creation time and then id. A cursor is opaque to the caller."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import parse_iso

Position = tuple[int, str]


class Listing(BaseModel):
    """The query of a list call; a list with filters of its own adds them in a subclass."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    starting_after: str | None = None
    ending_before: str | None = None
    created_after: str | None = None
    created_before: str | None = None


class Page:
    """One page of a table that has `created_at` and `id`; conditions are SQL the caller's code wrote, never input."""

    def __init__(self, table: str, query: Listing) -> None:
        if query.starting_after is not None and query.ending_before is not None:
            raise ApiError(400, "invalidRequest", "Give startingAfter or endingBefore, not both.")
        self._table = table
        self._query = query
        self._where: list[str] = ["1"]
        self._values: list[object] = []
        if query.created_after is not None:
            self.only("created_at >= ?", parse_iso(query.created_after, "createdAfter"))
        if query.created_before is not None:
            self.only("created_at <= ?", parse_iso(query.created_before, "createdBefore"))

    def only(self, condition: str, *values: object) -> None:
        self._where.append(condition)
        self._values.extend(values)

    def matching(self, **columns: str | None) -> None:
        """Only rows whose column has the given value; None asks for nothing."""
        for column, value in columns.items():
            if value is not None:
                self.only(f"{column} = ?", value)

    def read(self, tx: Tx, show: Callable[[Row], dict[str, Any]], cursor_name: str = "nextCursor") -> dict[str, Any]:
        """The answer of a list call: data, hasMore in the direction of travel, and cursors when there are rows."""
        rows, has_more = self._rows(tx)
        found: dict[str, Any] = {"data": [show(row) for row in rows], "hasMore": has_more}
        if rows:
            found[cursor_name] = _cursor(rows[-1])
            found["previousCursor"] = _cursor(rows[0])
        return found

    def _rows(self, tx: Tx) -> tuple[list[Row], bool]:
        backwards = self._query.ending_before is not None
        cursor = self._query.ending_before if backwards else self._query.starting_after
        if cursor is not None:
            self.only(f"(created_at, id) {'>' if backwards else '<'} (?, ?)", *_position(cursor))
        order = "ASC" if backwards else "DESC"
        rows = tx.all(
            f"SELECT * FROM {self._table} WHERE {' AND '.join(self._where)} "  # noqa: S608 - see the class docstring
            f"ORDER BY created_at {order}, id {order} LIMIT ?",
            *self._values,
            self._query.limit + 1,
        )
        has_more, rows = len(rows) > self._query.limit, rows[: self._query.limit]
        return (rows[::-1] if backwards else rows), has_more


def _cursor(row: Row) -> str:
    return base64.urlsafe_b64encode(f"{row['created_at']}|{row['id']}".encode()).decode().rstrip("=")


def _position(cursor: str) -> Position:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        at, _, row_id = text.partition("|")
        if not (at.isdecimal() and len(at) < 16 and row_id):
            raise ValueError("not a cursor")
    except (ValueError, binascii.Error) as error:
        raise ApiError(400, "invalidRequest", "This is not a cursor of this list.") from error
    return int(at), row_id
