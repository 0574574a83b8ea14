"""Is this webhook really from OMS? Decided on the raw bytes, before anything parses them.

Contract section 9: header `Webhook-Signature: t=<unix seconds>,v1=<hex>`, HMAC-SHA256 over `<t>.<raw body>`, several
`v1` while a secret is being rotated. Which bytes of `whsec_...` are the key is not documented; the setting
OMS_WEBHOOK_SECRET_FORMAT chooses, in this file alone. Whatever bytes arrive, only InvalidSignature comes out.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

TOLERANCE_SECONDS = 300
MAX_SIGNATURES = 5
MAX_HEADER = 1024
SHORTEST_KEY = 16

_TIME = re.compile(r"[0-9]{1,11}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class InvalidSignature(Exception):
    """Not from OMS, not for us, or too old. The message says which, for the log, never for the sender."""


def verify(raw_body: bytes, header: str | None, secrets: Sequence[str], now: float, *, key_form: str = "text") -> int:
    """Return the index in `secrets` of the one that signed. Raises InvalidSignature and nothing else."""
    stamp, claimed = _parse(header)
    if abs(now - int(stamp)) > TOLERANCE_SECONDS:
        raise InvalidSignature("the timestamp is outside the tolerance")
    matched = None
    message = stamp.encode("ascii") + b"." + raw_body
    for index, secret in enumerate(secrets):
        key = _key(secret, key_form)
        if len(key) < SHORTEST_KEY:
            continue  # a secret that is missing or cut short could be guessed
        expected = hmac.new(key, message, hashlib.sha256).hexdigest()
        for candidate in claimed:
            # No early exit: the time taken must not tell which secret or which digit was nearly right.
            if hmac.compare_digest(expected, candidate) and matched is None:
                matched = index
    if matched is None:
        raise InvalidSignature("no signature matches any of our secrets")
    return matched


def _parse(header: str | None) -> tuple[str, list[str]]:
    """Split `t=..,v1=..`; other names (a later scheme) are passed over, a second `t` is refused."""
    if not header:
        raise InvalidSignature("no signature header")
    if len(header) > MAX_HEADER:
        raise InvalidSignature("the signature header is too long")
    parts = [part.strip(" \t").partition("=") for part in header.split(",")]
    if not all(separator for _, separator, _ in parts):
        raise InvalidSignature("the signature header is malformed")
    stamps = [value for name, _, value in parts if name == "t"]
    claimed = [value for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not _TIME.fullmatch(stamps[0]):
        raise InvalidSignature("the signature header has no single timestamp")
    if not 1 <= len(claimed) <= MAX_SIGNATURES or not all(_DIGEST.fullmatch(value) for value in claimed):
        raise InvalidSignature("the signature header has no well-formed signature")
    return stamps[0], [value.lower() for value in claimed]


def _key(secret: str, key_form: str) -> bytes:
    if key_form == "hex":
        try:
            return bytes.fromhex(secret.removeprefix("whsec_"))
        except ValueError as error:
            raise InvalidSignature("our own secret is not hexadecimal") from error
    return secret.encode("utf-8", "surrogatepass")
