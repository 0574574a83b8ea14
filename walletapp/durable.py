"""One short database transaction that really commits, tried again when the database asks for it."""

import random
import time
from collections.abc import Callable
from functools import wraps

from django.db import InterfaceError, OperationalError, connection, transaction

TRIES = 3


def durable[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in an outermost transaction; run it whole again on a lock time-out, deadlock or lost connection.

    So the function must take ids rather than rows, decide inside, and be safe to repeat. Called inside somebody
    else's transaction it raises at once: a commit that an outer block may still take back is no commit.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic(durable=True):
                    return function(*args, **kwargs)
            except (OperationalError, InterfaceError):
                if attempt == TRIES or connection.in_atomic_block:
                    raise
                connection.close_if_unusable_or_obsolete()
                time.sleep(random.uniform(0.02, 0.1) * attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    return run
