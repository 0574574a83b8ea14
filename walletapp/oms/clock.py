"""How far OMS's clock is from ours, measured on the Date header of every answer.

A quote expires by OMS's clock. Whoever compares `expires_at` with our own time adds the skew first.
"""

import logging
import time
from datetime import datetime

log = logging.getLogger(__name__)

ALERT_SECONDS = 60
ALERT_EVERY = 600
NOISE_SECONDS = 2  # the header has whole seconds and the network takes time: less than this is no skew


class _Seen:
    skew = 0.0
    alerted_at = float("-inf")


def clock_skew_seconds() -> float:
    """OMS's clock minus ours, as this process last saw it; 0.0 before the first answer and for mere noise."""
    return _Seen.skew if abs(_Seen.skew) >= NOISE_SECONDS else 0.0


def observe(date: datetime, seconds_taken: float) -> None:
    """Take note of the Date header of an answer that took `seconds_taken` from sending to the end."""
    _Seen.skew = date.timestamp() + 0.5 - (time.time() - seconds_taken / 2)
    if abs(_Seen.skew) > ALERT_SECONDS and time.monotonic() - _Seen.alerted_at > ALERT_EVERY:
        _Seen.alerted_at = time.monotonic()
        log.critical("ALERT our clock and OMS's differ by %d seconds", int(_Seen.skew))
