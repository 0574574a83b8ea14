"""JSON as the API reads and writes it: strict in, deterministic out."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from walletapp.sandbox.errors import ApiError

LARGEST_BODY = 1 << 20


def answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(encode(body), status, dict(headers or {}), media_type="application/json")


def encode(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def strict_json(raw: bytes) -> Any:
    """Parse a request body. Duplicate keys, NaN, lone surrogates and bottomless nesting are a 400, not a guess."""
    try:
        parsed = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
        json.dumps(parsed, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "invalidJson", "The body is not strict JSON.") from error
    return parsed


def iso(ms: int) -> str:
    seconds, millis = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{millis:03d}Z"


def parse_iso(text: str, field: str) -> int:
    """Milliseconds of an ISO 8601 time with a zone. Raises ApiError(400)."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no zone")
        delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ApiError(400, "invalidRequest", f"{field}: an ISO 8601 time with a zone is needed.") from error
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def present(**fields: Any) -> dict[str, Any]:
    """The fields that have a value: a field that does not apply is left out of an answer, not sent as null."""
    return {name: value for name, value in fields.items() if value is not None}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
