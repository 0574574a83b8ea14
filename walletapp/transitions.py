"""Move a row between states exactly once.

`advance()` is one conditional UPDATE. Whoever gets True made the move and does what follows from it; everybody else
gets False and does nothing. States are ranked: a move to the same or a lower rank is refused by the table itself.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models


def advance(row: models.Model, *, to: str, frm: Iterable[str], **values: Any) -> bool:
    """Move `row` to state `to` if it is now in one of `frm`, setting `values` along with it.

    Safe to repeat: only one caller ever gets True for one move. Call it inside the database transaction that does
    what follows from the move. On True the instance carries the new values; on False it is left as it was.
    """
    changes: dict[str, Any] = {"state": to, **values}
    moved = type(row)._default_manager.filter(pk=row.pk, state__in=list(frm)).update(**changes)
    if not moved:
        return False
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(row, name, value)
    return True
