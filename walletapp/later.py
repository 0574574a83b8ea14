"""Ring the bell for a worker, after commit.

The only place that calls Celery's `.apply_async()`. A lost ring costs seconds, never work: every task's row is due in
the database and the sweep finds it. So a broker that is away must not fail the request that rang, and a bell nobody had
time for is thrown away: the sweep does its work, and rings that pile up would cost more than the work they are for.
"""

import logging
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)

HEARD_WITHIN = 15  # seconds; three sweeps


def ring(task: Any, row_id: object) -> None:
    """Ask a worker to run `task` on the row, once the open database transaction has committed."""

    def deliver() -> None:
        try:
            task.apply_async((str(row_id),), expires=HEARD_WITHIN)
        except Exception as error:  # noqa: BLE001 - whatever keeps the bell from ringing, the sweep will do it
            log.warning("bell not heard", extra={"task": getattr(task, "name", ""), "error": type(error).__name__})

    transaction.on_commit(deliver, robust=True)
