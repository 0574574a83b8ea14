"""Stop asking an endpoint that does not answer, for a few seconds, in this process.

Per endpoint and not for OMS as a whole: quotes may work while transactions do not. An open breaker is a call that was
not sent, so it is always safe.
"""

import threading
import time

from walletapp.oms.errors import OmsUnavailable

FAILURES = 5
SECONDS = 5.0


class Breaker:
    """Opens after FAILURES in a row; then lets one caller through every SECONDS until an answer comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._refuse_until = 0.0

    def enter(self) -> None:
        """Raise OmsUnavailable while open. The one caller let through probes; the others wait for its result."""
        with self._lock:
            wait = self._refuse_until - time.monotonic()
            if wait > 0:
                raise OmsUnavailable("OMS did not answer lately or asked us to wait", retry_after=wait)
            if self._failures >= FAILURES:
                self._refuse_until = time.monotonic() + SECONDS

    def answered(self) -> None:
        with self._lock:
            if self._failures >= FAILURES:
                self._refuse_until = 0.0
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._refuse_until = time.monotonic() + SECONDS

    def hold(self, seconds: float) -> None:
        """OMS asked us to wait (429)."""
        with self._lock:
            self._refuse_until = max(self._refuse_until, time.monotonic() + seconds)
