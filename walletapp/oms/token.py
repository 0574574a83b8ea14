"""The bearer token: one for all processes, exchanged once (api-reference/auth/get-bearer-token).

It lies sealed in the shared cache and in the memory of each process. Whoever finds it missing, about to end or
refused takes a short lock in the cache and exchanges the key; everybody else goes on with the old one while it is
still good, or waits for the new one. Losing the cache costs extra exchanges and nothing more.
"""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache

from walletapp.oms.errors import OmsUnavailable
from walletapp.oms.schemas import AccessToken
from walletapp.sealed import CannotOpen, seal, unseal

log = logging.getLogger(__name__)

LOCK_SECONDS = 10
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    token: str
    renew_at: float
    ends_at: float

    def is_usable(self) -> bool:
        return time.time() < self.ends_at

    def is_fresh(self) -> bool:
        return time.time() < self.renew_at


class Tokens:
    """Gives out the token of one API key. `exchange(ends_at)` asks OMS for a new one."""

    def __init__(self, identity: str, exchange: Callable[[float], AccessToken]) -> None:
        self._name = "oms:token:" + hashlib.sha256(identity.encode()).hexdigest()[:32]
        self._exchange = exchange
        self._held: _Held | None = None
        self._lock = threading.Lock()

    def current(self, ends_at: float) -> str:
        """A token that should work. Raises what the exchange raises; nothing has been sent then."""
        held = self._held
        if held is None or not held.is_usable():
            return self._renew(ends_at, refused="").token
        if held.is_fresh() or self._lock.locked():  # locked: another thread is renewing it ahead of time
            return held.token
        try:
            return self._renew(ends_at, refused="").token
        except OmsUnavailable:
            return held.token  # renewing ahead of time may fail; the old one still works

    def after_refusal(self, refused: str, ends_at: float) -> str:
        """OMS answered 401 to `refused`: the token somebody else has fetched meanwhile, or a new one."""
        return self._renew(ends_at, refused=refused).token

    def _renew(self, ends_at: float, *, refused: str) -> _Held:
        if not self._lock.acquire(timeout=max(ends_at - time.monotonic(), 0)):
            raise OmsUnavailable("no token in time")
        try:
            while True:
                held = self._shared()
                if held and held.token != refused and held.is_fresh():
                    break
                if self._claim():
                    held = self._exchange_if_needed(refused, ends_at)
                    break
                if held and held.token != refused and held.is_usable():
                    break  # somebody is renewing it ahead of time; the old one still works
                if time.monotonic() + POLL_SECONDS >= ends_at:
                    raise OmsUnavailable("no token in time")
                time.sleep(POLL_SECONDS)
            self._held = held
            return held
        finally:
            self._lock.release()

    def _exchange_if_needed(self, refused: str, ends_at: float) -> _Held:
        """The caller holds the shared lock; it is given back here."""
        try:
            # Somebody may have exchanged, and given the lock back, between our look and our claim.
            held = self._shared()
            if held and held.token != refused and held.is_fresh():
                return held
            now = time.time()
            answer = self._exchange(ends_at)
            held = _Held(
                token=answer.token,
                renew_at=now + answer.seconds - min(60.0, answer.seconds * 0.2),
                ends_at=now + answer.seconds,
            )
            self._share(held, answer.seconds)
            return held
        finally:
            self._unclaim()

    def _shared(self) -> _Held | None:
        """The token in the cache; this process's own when the cache is away."""
        try:
            sealed = cache.get(self._name)
        except Exception as error:  # noqa: BLE001 - whatever a cache backend raises when it is away
            log.warning("the shared cache does not answer: %s", type(error).__name__)
            return self._held
        try:
            return _Held(**json.loads(unseal(sealed, self._name))) if isinstance(sealed, bytes) else None
        except (CannotOpen, TypeError, ValueError):
            return None

    def _share(self, held: _Held, seconds: int) -> None:
        clear = {"token": held.token, "renew_at": held.renew_at, "ends_at": held.ends_at}
        try:
            cache.set(self._name, seal(json.dumps(clear).encode(), self._name), timeout=seconds)
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("the shared cache does not answer: %s", type(error).__name__)

    def _claim(self) -> bool:
        try:
            return bool(cache.add(self._name + ":lock", 1, timeout=LOCK_SECONDS))
        except Exception:  # noqa: BLE001 - as above
            return True  # without a cache each process exchanges for itself

    def _unclaim(self) -> None:
        try:
            cache.delete(self._name + ":lock")
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("the shared cache does not answer: %s", type(error).__name__)
