"""What strangers and mistaken customers cause: kept in the trail, but never so much that they could fill it.

What must stay true: a note carries no personal data and nothing a stranger wrote; it is no part of anybody's
transaction and can fail nobody's request. Beyond the limits below only a count goes on, and the next note carries it.
"""

import logging
import time
from typing import Any

from django.core.cache import cache
from django.db import Error, transaction

from walletapp.audit.trail import record

log = logging.getLogger(__name__)

HOURLY_OF_A_KIND = 120
HOURLY_OF_ONE = 20  # of one kind by one signed-in person, so that nobody can use up the room of the others


def note(event: str, *, actor: Any = None, **detail: Any) -> bool:
    """Record the event by itself, now. False when there was no room for it, or no database or cache to ask.

    Call it outside of transactions: what is noted stands, whatever becomes of the request.
    """
    try:
        if not _has_room(event, actor):
            return False
        left_out = int(cache.get(_left_out(event)) or 0)
        cache.delete(_left_out(event))
        if left_out:
            detail["left_out_before"] = left_out
        with transaction.atomic():
            record(actor, event, None, "", **detail)
    except Error:
        log.exception("%s could not be noted", event)
        return False
    except Exception as away:  # noqa: BLE001 - each cache backend raises its own kind
        log.warning("%s was not noted: %s", event, type(away).__name__)
        return False
    return True


def _has_room(event: str, actor: Any) -> bool:
    is_known = actor is not None and actor.is_authenticated
    of_one = not is_known or _count(f"{event}:{actor.pk}") <= HOURLY_OF_ONE
    if of_one and _count(event) <= HOURLY_OF_A_KIND:
        return True
    cache.add(_left_out(event), 0, timeout=86_400)
    cache.incr(_left_out(event))
    return False


def _count(name: str) -> int:
    key = f"noted:{name}:{int(time.time() // 3600)}"
    cache.add(key, 0, timeout=7200)
    return int(cache.incr(key))


def _left_out(event: str) -> str:
    return f"not-noted:{event}"
