"""Writing the audit trail, and proving that nobody has changed it since."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from walletapp.audit.models import AuditEvent, AuditHead

_SALT = "walletapp.audit"


def record(actor: Any, action: str, obj: models.Model | None = None, reason: str = "", **detail: Any) -> AuditEvent:
    """Add one event inside the caller's transaction: it stands if and only if what it tells of stands.

    Writers queue on the head row until the caller commits, so call it late in the transaction. `actor` None is the
    system. `detail` takes strings, integers, booleans and lists of them, and never personal data.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit event belongs into the transaction of what it tells of")
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    event = AuditEvent(
        seq=head.seq + 1,
        at=timezone.now(),
        actor=actor if actor is not None and actor.is_authenticated else None,
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        reason=reason,
        detail=_plain(detail),
        prev_hash=head.hash,
    )
    event.hash = _hash(event, settings.SECRET_KEY)
    event.save(force_insert=True)
    head.seq, head.hash, head.seal = event.seq, event.hash, _seal(event.seq, event.hash, settings.SECRET_KEY)
    head.save()
    return event


def verify_chain() -> str:
    """Walk the whole chain. Empty when it is whole, else one sentence about the first place where it is not."""
    seq, previous = 0, ""
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        seq += 1
        if event.seq != seq:
            return f"event {seq} is missing"
        if event.prev_hash != previous:
            return f"event {seq} does not follow event {seq - 1}"
        if not _matches(event.hash, (_hash(event, key) for key in _keys())):
            return f"event {seq} is not what was written"
        previous = event.hash
    head = AuditHead.objects.filter(pk=1).first() or AuditHead(pk=1)
    if (head.seq, head.hash) != (seq, previous):
        return f"the chain should end at event {head.seq}, it ends at event {seq}"
    if seq and not _matches(head.seal, (_seal(seq, previous, key) for key in _keys())):
        return "the end of the chain is not what was written"
    return ""


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def _matches(found: str, expected: Iterable[str]) -> bool:
    return any(constant_time_compare(found, candidate) for candidate in expected)


def _hash(event: AuditEvent, key: str) -> str:
    content = [
        event.seq,
        event.at.isoformat(),
        event.actor_id,
        event.action,
        event.object_type,
        event.object_id,
        event.reason,
        event.detail,
        event.prev_hash,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return salted_hmac(_SALT, text, secret=key, algorithm="sha256").hexdigest()


def _seal(seq: int, last: str, key: str) -> str:
    return salted_hmac(_SALT + ".head", f"{seq}:{last}", secret=key, algorithm="sha256").hexdigest()


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    """What comes back from the database exactly as it went in. A float would not on every engine."""
    for name, value in detail.items():
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str | int | bool | None):
                raise TypeError(f"audit detail {name!r} must be text, whole numbers, yes or no")
    return detail
