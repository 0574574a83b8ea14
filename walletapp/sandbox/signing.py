"""The signature of a webhook delivery: Webhook-Signature: t=<unix seconds>,v1=<hex of HMAC-SHA256 over t.body>."""

import hashlib
import hmac
from typing import Literal


def header(secret: str, body: bytes, at: int, key_form: Literal["whole", "hex"]) -> str:
    key = secret.encode() if key_form == "whole" else bytes.fromhex(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
