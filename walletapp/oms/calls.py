"""One call to OMS from token to outcome: what every method of the client has in common.

Order: breaker, token, request; on 401 one fresh token and the same bytes with the same key; on 429 one short wait if
it fits into the deadline; then the outcome by `answers.py`.
"""

import logging
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings

from walletapp.oms import answers, bodies, clock
from walletapp.oms.breaker import Breaker
from walletapp.oms.errors import BadShape, OmsError, OmsMisconfigured, OmsRejected, OmsUnavailable
from walletapp.oms.schemas import AccessToken
from walletapp.oms.schemas.reading import check_id
from walletapp.oms.strict_json import read_json
from walletapp.oms.token import Tokens
from walletapp.oms.transport import Answer, Lost, NotSent, Transport

log = logging.getLogger(__name__)

LONGEST_WAIT = 3.0
_KEY = re.compile(r"[A-Za-z0-9._:-]{8,255}", re.ASCII)


class Caller:
    """Makes calls with one API key. Safe to share between threads."""

    def __init__(self, transport: Transport, api_key: str, api_secret: str) -> None:
        if not api_key or not api_secret:
            raise OmsMisconfigured("OMS_API_KEY and OMS_API_SECRET must be set")
        self._transport = transport
        self._login = bodies.frozen({"apiKey": api_key, "apiSecret": api_secret})
        self._tokens = Tokens(f"{transport.base_url} {api_key}", self._exchange)
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
        self._lock = threading.Lock()

    def call[T](
        self,
        method: str,
        route: str,
        *ids: str,
        read: Callable[[Any], T],
        query: Mapping[str, object] | None = None,
        body: bytes | None = None,
        key: str = "",
    ) -> T:
        """Call `route` (its `{}` filled with `ids`) and read the answer with `read`. Raises an OmsError."""
        ends_at = time.monotonic() + settings.OMS_DEADLINE_SECONDS
        answer = self._authorized(
            method,
            route,
            ends_at=ends_at,
            path=route.format(*(quote(check_id(one, route), safe="") for one in ids)),
            query={name: str(value) for name, value in (query or {}).items() if value not in (None, "")},
            headers=_headers(method, body, key),
            body=body,
        )
        if problem := answers.problem_of(answer, is_read=method == "GET"):
            raise problem
        return _read(answer, read, f"{method} {route}", is_read=method == "GET")

    def _authorized(self, method: str, route: str, *, ends_at: float, headers: dict[str, str], **rest: Any) -> Answer:
        def with_token(token: str) -> Answer:
            return self._once(
                method, route, ends_at=ends_at, headers={**headers, "Authorization": f"Bearer {token}"}, **rest
            )

        token = self._tokens.current(ends_at)
        answer = with_token(token)
        if answer.status == 401:
            token = self._tokens.after_refusal(token, ends_at)
            answer = with_token(token)
        if answer.status == 429 and self._waited(answer, ends_at):
            answer = with_token(token)
        if answer.status == 429:
            self._breaker(method, route).hold(answers.retry_after(answer) or 1.0)
        return answer

    def _waited(self, answer: Answer, ends_at: float) -> bool:
        """Sleep as OMS asks, if that is short and leaves time for the call itself."""
        wait = answers.retry_after(answer)
        if wait is None or wait > LONGEST_WAIT or time.monotonic() + wait + 1 > ends_at:
            return False
        time.sleep(wait)
        return True

    def _once(self, method: str, route: str, *, ends_at: float, path: str, **request: Any) -> Answer:
        """One request through the breaker. Raises OmsUnavailable or, when it may have arrived, OmsOutcomeUnknown."""
        breaker = self._breaker(method, route)
        breaker.enter()
        began = time.monotonic()
        try:
            answer = self._transport.send(method, path, ends_at=ends_at, **request)
        except NotSent as error:
            breaker.failed()
            log.warning("OMS %s %s not sent: %s", method, route, error)
            raise OmsUnavailable(f"not sent: {error}") from error
        except Lost as error:
            breaker.failed()
            log.warning("OMS %s %s lost after %.1f s: %s", method, route, time.monotonic() - began, error)
            raise answers.lost(f"no whole answer: {error}", is_read=method == "GET") from error
        if answer.status >= 500:
            breaker.failed()
        else:
            breaker.answered()
        log.log(
            logging.INFO if answer.status < 400 else logging.WARNING,
            "OMS %s %s %d in %d ms",
            method,
            route,
            answer.status,
            int(answer.seconds * 1000),
        )
        if date := answers.date_of(answer):
            clock.observe(date, answer.seconds)
        return answer

    def _exchange(self, ends_at: float) -> AccessToken:
        """POST /auth/token: the only POST without an idempotency key. Changes nothing, so it is never 'unknown'."""
        route = "/auth/token"
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._once("POST", route, ends_at=ends_at, path=route, headers=headers, body=self._login)
            problem = answers.problem_of(answer, is_read=True)
            if problem is None:
                return _read(answer, AccessToken.from_json, route, is_read=True)
        except OmsUnavailable:
            raise
        except OmsError as error:
            raise OmsUnavailable(f"no token: {error.message}") from error
        if isinstance(problem, OmsRejected):
            raise OmsMisconfigured(f"OMS refuses our key: {problem}", request_id=problem.request_id)
        raise problem

    def _breaker(self, method: str, route: str) -> Breaker:
        with self._lock:
            return self._breakers[f"{method} {route}"]


def _headers(method: str, body: bytes | None, key: str) -> dict[str, str]:
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if method == "POST":
        headers["Idempotency-Key"] = check_key(key)
    return headers


def check_key(key: str) -> str:
    """An idempotency key as we make them. A malformed one is our bug and must never reach the wire."""
    if not _KEY.fullmatch(key):
        raise ValueError("an idempotency key is 8 to 255 letters, digits, dots, colons, dashes or underscores")
    return key


def _read[T](answer: Answer, read: Callable[[Any], T], what: str, *, is_read: bool) -> T:
    try:
        return read(read_json(answer.body) if answer.body else None)
    except BadShape as error:
        # Without the traceback, which would quote the answer.
        log.error("ALERT OMS %s answered %d, not as documented: %s", what, answer.status, error)  # noqa: TRY400
        raise answers.lost(f"unreadable answer: {error}", is_read=is_read, raw=answer.body) from error
