"""Delivering webhooks as OMS does. The signature is written out again here, so that ours is not checked by itself."""

import hashlib
import hmac
import json
import time
from typing import Any

from django.test import Client
from django.urls import reverse

SECRET = "whsec_" + "ab" * 32


def sign(body: bytes, *, secret: str = SECRET, at: float | None = None, key: bytes | None = None) -> str:
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(key or secret.encode(), str(stamp).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def envelope(delivery: str = "whd_1", **more: Any) -> dict[str, Any]:
    return {
        "id": delivery,
        "event": "transaction.cryptoToCrypto.completed",
        "eventId": "evt_1",
        "createdAt": "2026-06-01T10:05:00Z",
        "sequence": 1,
        "data": {"id": "txn_1", "object": "transaction", "status": "completed"},
        **more,
    }


def deliver(
    content: Any, *, signature: str | None = None, client: Client | None = None, raw: bytes | None = None, **more: Any
) -> int:
    """POST one delivery and give back the status."""
    body = raw if raw is not None else json.dumps(content).encode()
    answer = (client or Client()).post(
        reverse("oms:webhook", args=["test-path-token"]),
        data=body,
        content_type=more.pop("content_type", "application/json"),
        headers={"Webhook-Signature": sign(body) if signature is None else signature},
        **more,
    )
    return int(answer.status_code)
