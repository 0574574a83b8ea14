"""Webhook registrations. The signing secret stands in the create answer and nowhere else."""

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import Response

from walletapp.sandbox.bodies import WebhookCreate, WebhookUpdate
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import invalid, not_found
from walletapp.sandbox.ids import new_webhook_secret
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import answer, iso

router = APIRouter(route_class=OmsRoute)


@router.post("/webhooks", status_code=201)
async def create_webhook(body: WebhookCreate, tx: TxDep) -> Response:
    _require_deliverable(body.url)
    webhook_id, secret = tx.new_id("whk"), new_webhook_secret()
    tx.run(
        "INSERT INTO webhooks (id, url, events, enabled, secret, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        webhook_id, body.url, json.dumps(body.events), body.enabled, secret, tx.now,
    )  # fmt: skip
    return answer(201, {**shown(row_of(tx, webhook_id)), "secret": secret})


@router.get("/webhooks")
async def list_webhooks(tx: TxDep) -> Response:
    rows = tx.all("SELECT * FROM webhooks ORDER BY created_at DESC, id DESC")
    return answer(200, {"data": [shown(row) for row in rows], "hasMore": False})


@router.get("/webhooks/{webhook_id}")
async def get_webhook(webhook_id: str, tx: TxDep) -> Response:
    return answer(200, shown(row_of(tx, webhook_id)))


@router.patch("/webhooks/{webhook_id}")
async def update_webhook(webhook_id: str, body: WebhookUpdate, tx: TxDep) -> Response:
    row = row_of(tx, webhook_id)
    if body.url is not None:
        _require_deliverable(body.url)
    tx.run(
        "UPDATE webhooks SET url = ?, events = ?, enabled = ? WHERE id = ?",
        body.url if body.url is not None else row["url"],
        json.dumps(body.events) if body.events is not None else row["events"],
        body.enabled if body.enabled is not None else row["enabled"],
        webhook_id,
    )
    return answer(200, shown(row_of(tx, webhook_id)))


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: str, tx: TxDep) -> Response:
    row_of(tx, webhook_id)
    tx.run("DELETE FROM webhooks WHERE id = ?", webhook_id)
    return Response(status_code=204)


def row_of(tx: Tx, webhook_id: str) -> Row:
    row = tx.one("SELECT * FROM webhooks WHERE id = ?", webhook_id)
    if row is None:
        raise not_found("webhook")
    return row


def shown(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "object": "webhook",
        "url": row["url"],
        "events": json.loads(row["events"]),
        "enabled": bool(row["enabled"]),
        "status": "active" if row["enabled"] else "disabled",
        "complianceOnly": bool(row["compliance_only"]),
        "createdAt": iso(row["created_at"]),
    }


def _require_deliverable(url: str) -> None:
    """HTTPS as documented; plain HTTP only to this machine, where the wallet under development listens."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise invalid("url", "not a URL") from error
    plain_characters = url.isascii() and url.isprintable() and " " not in url
    if not (host and plain_characters and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))):
        raise invalid("url", "must be https (http is taken for this machine only)")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
