"""Which tables a block locks rows of, in which order. Two different orders are a deadlock on PostgreSQL."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

_LOCKING = re.compile(r'SELECT .*? FROM "(\w+)" .*FOR (?:NO KEY )?UPDATE|UPDATE "(\w+)"', re.DOTALL)


@contextmanager
def locks_in_order(*expected: str) -> Iterator[None]:
    """The block locks rows of these tables, and first in this order.

    SQLite knows one lock for everything, so there only the tables that are written can be told, and no order of them.
    """
    tables: list[str] = []

    def listen(execute: Any, sql: str, params: Sequence[Any], many: bool, context: Any) -> Any:
        found = _LOCKING.match(sql)
        table = found and (found[1] or found[2])
        if table and table not in tables:
            tables.append(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield
    if connection.features.has_select_for_update:
        assert tables == list(expected)
    else:
        assert set(tables) <= set(expected)
