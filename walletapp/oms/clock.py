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

_skew = 0.0
_alerted_at = 0.0


def clock_skew_seconds() -> float:
    """OMS's clock minus ours, as this process last saw it; 0.0 before the first answer and for mere noise."""
    return _skew if abs(_skew) >= NOISE_SECONDS else 0.0


def observe(date: datetime, seconds_taken: float) -> None:
    """Take note of the Date header of an answer that took `seconds_taken` from sending to the end."""
    global _skew, _alerted_at
    _skew = date.timestamp() + 0.5 - (time.time() - seconds_taken / 2)
    if abs(_skew) > ALERT_SECONDS and time.monotonic() - _alerted_at > ALERT_EVERY:
        _alerted_at = time.monotonic()
        log.critical("ALERT our clock and OMS's differ by %d seconds", int(_skew))
