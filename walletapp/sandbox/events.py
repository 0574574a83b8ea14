"""Telling the webhooks: an event becomes one stored delivery per webhook, in the transaction that made it true.

The body is fixed here, with the whole resource as it is now; only its signature is made at each attempt.
"""

import json
from typing import Any

from walletapp.sandbox import rules
from walletapp.sandbox.store import Tx
from walletapp.sandbox.wire import encode, iso


def emit(tx: Tx, name: str, resource: dict[str, Any], *, compliance: bool = False) -> None:
    """Queue `name` (the documented v0.9 name) about `resource` for every webhook that wants it.

    A compliance event goes only to compliance webhooks, which get nothing else (no tipping off).
    """
    sequence = _next_sequence(tx, resource["id"])
    event_id = tx.new_id("evt")
    spelled = spelling(name, tx.settings.event_names)
    for webhook in tx.all("SELECT * FROM webhooks WHERE enabled AND compliance_only = ?", int(compliance)):
        if wanted(json.loads(webhook["events"]), name, next(iter(spelled.values()))):
            delivery_id = tx.new_id("whd")
            envelope = {
                "id": delivery_id, **spelled, "eventId": event_id, "createdAt": iso(tx.now),
                "occurredAt": iso(tx.now), "sequence": sequence, "data": resource,
            }  # fmt: skip
            _queue(tx, webhook["id"], name, envelope)


def spelling(name: str, style: str) -> dict[str, str]:
    """How the event is named in the envelope; the documentation spells it in four ways."""
    parts = name.split(".")
    if parts[0] == "transaction":
        match style:
            case "short":
                return {"event": ".".join(parts[1:])}
            case "bare":
                return {"event": f"transaction.{parts[-1]}"}
            case "statusChanged":
                return {"eventType": "transaction.statusChanged"}
    if style == "statusChanged" and name.startswith("customer.endorsement."):
        return {"event": "endorsement.active" if parts[-1] == "granted" else "endorsement.updated"}
    return {"event": name}


def wanted(subscribed: list[str], *names: str) -> bool:
    """An empty list is the wildcard; an entry is a full name or a family such as cashIn.*"""
    if not subscribed:
        return True
    families = tuple(entry[:-1] for entry in subscribed if entry.endswith(".*"))
    return any(name in subscribed or (families and name.startswith(families)) for name in names)


def _queue(tx: Tx, webhook_id: str, event: str, envelope: dict[str, Any]) -> None:
    status, copies, held, due_at = "pending", 1, 0, tx.now
    for rule in rules.for_event(tx, event):
        match rule.fault:
            case "dropWebhook":
                status = "dropped"
            case "duplicateWebhook":
                copies += 1
            case "delayWebhook":
                due_at += int(rule.seconds * 1000)
            case "reorderWebhook":
                # Let go as soon as a later one has been delivered, or after `seconds` if none comes.
                held, due_at = 1, due_at + int(rule.seconds * 1000)
    tx.run(
        "INSERT INTO deliveries (id, webhook_id, event, resource_id, body, status, copies_left, held, next_attempt_at,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        envelope["id"], webhook_id, event, envelope["data"]["id"], encode(envelope),
        status, copies, held, due_at, tx.now,
    )  # fmt: skip
    tx.deliveries.append(envelope["id"])


def _next_sequence(tx: Tx, resource_id: str) -> int:
    row = tx.one(
        "INSERT INTO sequences (resource_id, last) VALUES (?, 1) "
        "ON CONFLICT (resource_id) DO UPDATE SET last = last + 1 RETURNING last",
        resource_id,
    )
    assert row is not None
    return int(row["last"])
