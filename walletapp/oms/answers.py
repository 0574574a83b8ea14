"""Which answer means which outcome: the one table (reliability, outcome classes).

| seen                                             | read (GET)      | anything else      |
|--------------------------------------------------|-----------------|--------------------|
| no byte left (refused, DNS, TLS)                 | OmsUnavailable  | OmsUnavailable     |
| lost after the first byte, 5xx, 3xx, other codes | OmsUnavailable  | OmsOutcomeUnknown  |
| 2xx that cannot be read or does not match        | OmsUnavailable  | OmsOutcomeUnknown  |
| 400, 402, 403, 404, 409, 422                     | OmsRejected     | OmsRejected        |
| 401 again with a fresh token                     | OmsMisconfigured| OmsMisconfigured   |
| 429                                              | OmsUnavailable  | OmsUnavailable     |

The error body is not documented for v0.9; every shape that was seen anywhere is read (decisions.md, Errors).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from walletapp.oms.errors import (
    BadShape,
    OmsError,
    OmsMisconfigured,
    OmsOutcomeUnknown,
    OmsRejected,
    OmsUnavailable,
)
from walletapp.oms.strict_json import read_object
from walletapp.oms.transport import Answer

REFUSALS = frozenset({400, 402, 403, 404, 409, 422})
MAX_WAIT = 3600.0

_UNSAFE = re.compile(r"[\x00-\x1f\x7f]+")


def problem_of(answer: Answer, *, is_read: bool) -> OmsError | None:
    """The error that this answer means, or None for a success whose body is still to be read."""
    if 200 <= answer.status < 300:
        return None
    code, message, request_id = _words(answer)
    said: dict[str, Any] = {"raw": answer.body, "request_id": request_id}
    text = f"OMS answered {answer.status}" + (f": {message}" if message else "")
    if answer.status == 401:
        return OmsMisconfigured(f"OMS refuses our credentials. {text}", **said)
    if answer.status == 429:
        return OmsUnavailable(text, retry_after=retry_after(answer), **said)
    if answer.status in REFUSALS:
        return OmsRejected(message or text, status=answer.status, code=code, **said)
    return lost(text, is_read=is_read, wait=retry_after(answer), **said)


def lost(message: str, *, is_read: bool, wait: float | None = None, raw: bytes = b"", request_id: str = "") -> OmsError:
    """The request left and no usable answer came: harmless for a read, open for everything else."""
    if is_read:
        return OmsUnavailable(message, retry_after=wait, raw=raw, request_id=request_id)
    return OmsOutcomeUnknown(message, raw=raw, request_id=request_id)


def retry_after(answer: Answer) -> float | None:
    """Seconds to wait, from a number or a date; None when absent or unreadable. At most an hour."""
    value = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        return min(float(value), MAX_WAIT)
    then, now = _date(value), _date(answer.headers.get("Date", "")) or datetime.now(UTC)
    return min(max((then - now).total_seconds(), 0.0), MAX_WAIT) if then else None


def date_of(answer: Answer) -> datetime | None:
    """OMS's clock when it answered, to the second."""
    return _date(answer.headers.get("Date", ""))


def _date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return parsed.replace(tzinfo=parsed.tzinfo or UTC)


def _words(answer: Answer) -> tuple[str, str, str]:
    """Code, message and request id, from whichever of the known shapes this is."""
    request_id = _clean(answer.headers.get("X-Request-Id", ""))
    try:
        json = read_object(answer.body)
    except BadShape:
        return "", _clean(answer.body.decode("utf-8", "replace")), request_id
    inner = json.get("error")
    source: Mapping[str, Any] = inner if isinstance(inner, dict) else json
    code = source.get("code") if isinstance(inner, dict) else (inner or json.get("code") or json.get("type"))
    message = source.get("message") or source.get("detail") or source.get("title")
    return _clean(code), _clean(message), _clean(source.get("requestId") or json.get("requestId")) or request_id


def _clean(value: Any) -> str:
    """Somebody else's words, short and on one line, so that they cannot forge a log entry."""
    return _UNSAFE.sub(" ", str(value)).strip()[:300] if isinstance(value, str | int) else ""
