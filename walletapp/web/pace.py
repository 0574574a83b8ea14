"""How often one person may do something in a while, counted in the shared store.

What must stay true: a count is one step there, so that many hands at once have no more than one; while the store is
away whoever counts is told so, and decides; what is kept there tells nothing about anybody but how much they did.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.crypto import salted_hmac


class TooOften(Exception):
    """Nothing was done. `str()` says what that means, `retry_after` in how many seconds it goes on."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Uncounted(Exception):
    """The store is away, so nobody knows. Nothing was done yet, and nothing is unless the caller goes on."""

    retry_after = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """At most so many in each so many seconds; `meaning` is what somebody reads who was too quick."""

    name: str
    most: int
    seconds: int
    meaning: str

    def keep(self, user: Any, thing: str = "") -> None:
        """Count one more of this person. The same `thing` counts once in that time. Raises TooOften or Uncounted."""
        now = int(time.time())
        count = f"pace:{self.name}:{self.seconds}:{user.pk}:{now // self.seconds}"
        known = f"{count}:{salted_hmac(__name__, thing.casefold(), algorithm='sha256').hexdigest()}" if thing else ""
        try:
            if known and cache.get(known):
                return
            cache.add(count, 0, timeout=2 * self.seconds)
            is_over = cache.incr(count) > self.most
            if known and not is_over:
                cache.set(known, 1, timeout=2 * self.seconds)
        except Exception as away:  # each cache backend raises its own kind
            raise Uncounted from away
        if is_over:
            raise TooOften(self.meaning, self.seconds - now % self.seconds)
