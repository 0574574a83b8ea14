"""Time that this machine really had. What its host gave to others meanwhile does not count against a promise.

On a shared machine a host may take the processors away for seconds ("steal" in /proc/stat). A promise like "up again
within five seconds" is about the product, so a test measures it with `clock` instead of time.monotonic.
"""

import time
from pathlib import Path

_LEAST_SHARE = 1 / 20  # a promise of five seconds waits for a hundred at most
_STAT = Path("/proc/stat")
_WORKING, _STOLEN = (0, 1, 2, 5, 6), 7  # columns: user, nice, system, irq, softirq; steal


def share(before: list[int], after: list[int]) -> float:
    """How much of the time that programs here wanted they were given, between two readings of /proc/stat."""
    took = [max(0, later - earlier) for earlier, later in zip(before, after, strict=True)]
    given = sum(took[column] for column in _WORKING)
    wanted = given + took[_STOLEN]
    return max(given / wanted, _LEAST_SHARE) if wanted else 1.0


def _read() -> list[int]:
    if not _STAT.exists():
        return [0] * 8  # no Linux: nobody says what was taken
    return [int(count) for count in _STAT.read_text().partition("\n")[0].split()[1:9]]


_had, _read_at, _last = 0.0, time.monotonic(), _read()


def clock() -> float:
    """Seconds this machine had since the tests began. Never goes back, never faster than a clock on the wall."""
    global _had, _read_at, _last  # noqa: PLW0603 - a clock is one thing for the whole process
    now, counted = time.monotonic(), _read()
    _had += (now - _read_at) * share(_last, counted)
    _read_at, _last = now, counted
    return _had
